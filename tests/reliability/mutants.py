"""Faults put into the product on purpose, each by one patch in the forked child: the rig has to notice them."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from bot.delivery.delivery import Delivery
from bot.delivery.settling import Settlement, Settling
from bot.emission import Leased
from bot.storage import inbox, leases
from bot.storage.engine import Connection, T, Work
from bot.storage.outbox import Entry
from bot.storage.sqlite import SqliteDatabase
from bot.storage.tables import outbox

NOTICED_LATE = 0.05
"""Seconds by which a commit comes after its announcement."""


def sends_before_the_commit() -> None:
    """A transaction is believed done before it is: what it leased is sent, and then perhaps never was."""
    truly = SqliteDatabase.write

    async def write(self: SqliteDatabase, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        early: asyncio.Future[T] = loop.create_future()

        def told(result: T) -> None:
            if not early.done():
                early.set_result(result)

        def slow(conn: Connection) -> T:
            result = work(conn)
            loop.call_soon_threadsafe(told, result)
            time.sleep(NOTICED_LATE)
            return result

        writing = loop.create_task(truly(self, slow))
        await asyncio.wait({writing, early}, return_when=asyncio.FIRST_COMPLETED)
        return early.result() if early.done() else await writing

    SqliteDatabase.write = write  # type: ignore[method-assign]


def sends_again_without_reading() -> None:
    """An attempt of unknown outcome counts as one that never was."""

    def at_once(self: Settling, entry: Entry, retry_at: datetime, reason: str) -> Settlement:
        del retry_at
        return Settlement(
            state="again", change=lambda conn: leases.again(conn, entry, self.wall, reason), reason=reason
        )

    Settling._unknown = at_once  # type: ignore[method-assign]


def marks_before_it_sends() -> None:
    """The row says sent, and then it is sent."""
    truly = Delivery._send

    def become(state: str, entry: Entry) -> Callable[[Connection], object]:
        return lambda conn: conn.execute(update(outbox).where(outbox.c.id == entry.id).values(state=state))

    async def send(self: Delivery, leased: Leased) -> Settlement:
        await self._database.write(become("sent", leased.entry))
        settlement = await truly(self, leased)
        await self._database.write(become("sending", leased.entry))
        return settlement

    Delivery._send = send  # type: ignore[method-assign]


def forgets_what_came() -> None:
    """No event is known again."""
    truly = inbox.claim

    def claim(conn: Connection, key: str, at: datetime) -> str | None:
        return truly(conn, f"{key}:{secrets.token_hex(4)}", at)

    inbox.claim = claim
    inbox.store = lambda conn, key, answer: None


MUTANTS: dict[str, Callable[[], None]] = {
    "early": sends_before_the_commit,
    "unread": sends_again_without_reading,
    "marked": marks_before_it_sends,
    "forgetful": forgets_what_came,
}
