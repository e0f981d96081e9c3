"""A changed frontdoor.toml: noticed, read, shown with its effect, and taken over once somebody with the right has applied it.

What is in force is what the last row of `offices` says. The process that took the button stores it; every process whose own
file says the same takes it over, and has the open requests computed anew.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog

from bot import house, roster, situation
from bot.clock import Clock
from bot.desk import NotStored
from bot.in_force import InForce
from bot.machinery import Machinery
from bot.roster import Office
from bot.settings import Misconfigured
from bot.storage import terms, tickets
from bot.storage.engine import Connection, Database, StoreFailed
from bot.storage.terms import Applied
from bot.transaction import Transaction
from policies.events import BOT
from policies.events.office import FileBroken, FileChanged, FileTaken, TermsChanged
from policies.terms_changes import differences

log = structlog.get_logger(__name__)
LOOK = 3.0
"""Machine seconds between two looks at the file, and at what was applied elsewhere."""
STILL = 0.2
"""Machine seconds for which a changed file must not change again: an editor may be in the middle of writing it."""
BATCH = 20
"""Requests that are computed anew in one transaction, so that nobody waits for it."""
US = "bot"
"""Who brings an office into force at the very first start."""


class Reloading:
    """`begin` before anything comes in, `run` beside everything else, `wake` to look at once (SIGHUP does)."""

    def __init__(
        self, path: Path, in_force: InForce, machinery: Machinery, database: Database, clock: Clock
    ) -> None:
        self._path, self._in_force, self._database, self._clock = path, in_force, database, clock
        self._desk, self._board, self._metrics = machinery.desk, machinery.board, machinery.metrics
        self._seen = in_force.office.source.encode()
        self._owed = True
        self._elsewhere = ""
        self._shown, self._turns = "", 0
        self._woken = asyncio.Event()
        self._one = asyncio.Lock()

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    async def begin(self) -> None:
        """What this start has read is in force; where that is news, it is said. Raises StoreFailed and NotStored."""
        office = self._in_force.office
        last = await self._database.read(terms.last_applied)
        changes = _since(last, office)
        if last is not None and changes:
            key = f"file:start:{last.number}:{office.id}"
            event = FileTaken(
                key=key, at=self._clock.now(), actor=BOT, office=office.id, changes=changes, since=last.at
            )
            await self._desk.handle(event)
        await self._database.write(partial(self._install, by=US if last is None else last.by))

    async def run(self) -> None:
        """Look at each beat until cancelled; whatever fails is tried again with the next one."""
        while True:
            try:
                await self.look()
            except (NotStored, StoreFailed) as error:
                log.warning("a changed file could not be looked at", reason=str(error))
            except Exception:
                log.exception("looking at frontdoor.toml failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._woken.wait()
            self._woken.clear()

    async def look(self) -> None:
        """The file once, what was applied anywhere once, and the requests that are still to be computed anew."""
        async with self._one:
            await self._read()
            await self._follow()
            if self._owed:
                await self._recompute()
                self._owed = False

    async def _read(self) -> None:
        """Whether the file says something else now than when it was last looked at."""
        found = await asyncio.to_thread(_content, self._path)
        if found == self._seen:
            return
        await asyncio.sleep(STILL)
        if await asyncio.to_thread(_content, self._path) != found:
            return
        try:
            office = await asyncio.to_thread(roster.load, self._path)
        except Misconfigured as error:
            await self._broken(found, error.problems)
        else:
            await self._changed(_here(office, self._in_force.office))
        self._seen = found

    async def _broken(self, found: bytes, problems: tuple[str, ...]) -> None:
        """Once for each state of the file, at whichever replica; the last good one stays in force."""
        log.error("frontdoor.toml cannot be used; what was in force stays in force", problems=problems)
        self._in_force.proposed = None
        now = self._clock.now()
        key = f"file:broken:{hashlib.sha256(found).hexdigest()[:12]}:{now:%Y-%m-%dT%H}"
        await self._desk.handle(FileBroken(key=key, at=now, actor=BOT, problems=problems))
        self._metrics.file(problems=len(problems), waits=False)

    async def _changed(self, office: Office) -> None:
        """Shown, in place of what was shown before: what comes back after that is shown anew."""
        changes = differences(self._in_force.office, office)
        self._in_force.proposed = office if changes else None
        former = self._shown if self._shown != office.id else ""
        if changes or former:
            now, turns = self._clock.now(), self._turns + bool(former)
            event = FileChanged(
                key=f"file:changed:{office.id}:{now:%Y-%m-%dT%H}:{turns}",
                at=now,
                actor=BOT,
                office=office.id,
                changes=changes,
                moved=await self._board.moved_by(office) if changes else (),
                instead=former,
            )
            await self._desk.handle(event)
            self._shown, self._turns = office.id if changes else "", turns
        log.info("frontdoor.toml was read", differences=len(changes))
        self._metrics.file(problems=0, waits=bool(changes))

    async def _follow(self) -> None:
        """Take over what was applied, here or at another replica, where our own file says the same."""
        last = await self._database.read(terms.last_applied)
        if last is None or last.hash == self._in_force.office.id:
            return
        office = self._in_force.proposed
        if office is None or last.hash != office.id:
            if self._elsewhere != last.hash:
                log.error("another frontdoor.toml is in force than this process has", since=str(last.at))
            self._elsewhere = last.hash
            return
        self._in_force.office, self._in_force.proposed = office, None
        self._shown = ""
        self._owed = True
        self._metrics.file(problems=0, waits=False)
        await self._database.write(partial(self._install, by=last.by))
        log.info("a changed frontdoor.toml is in force", by=last.by)

    def _install(self, conn: Connection, by: str) -> None:
        """What stands in the database for the office in force: its terms, its text, the clock of its announcements."""
        office, now = self._in_force.office, self._clock.now()
        terms.keep(conn, office.versions, now)
        terms.apply(conn, office.id, office.source, by, now)
        house.announce(conn, situation.roster(conn, office, now), now)

    async def _recompute(self) -> None:
        """Every open request that was computed with other terms than its client's, a few at a time."""
        numbers = await self._database.read(tickets.open_ids)
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            stored = await self._database.read(partial(tickets.stored_many, ids=batch))
            events = list(self._news(stored))
            if not events:
                continue
            try:
                await self._desk.transact(partial(_through, events=events), patient=True)
            except NotStored:
                raise
            except Exception:
                log.exception("requests could not be computed anew together, trying them one by one")
                for event in events:
                    await self._desk.handle(event)

    def _news(self, stored: dict[int, tickets.Stored]) -> Iterator[TermsChanged]:
        office, now = self._in_force.office, self._clock.now()
        for number, one in stored.items():
            if one.ticket.terms != office.terms_id(one.ticket.client):
                key = f"terms:{number}:{one.head.seq}"  # of this state of the request: after more facts it is another
                yield TermsChanged(key=key, at=now, actor=BOT, ticket=number)


def _through(work: Transaction, events: Sequence[TermsChanged]) -> None:
    for event in events:
        work.handle(event)


def _here(office: Office, former: Office) -> Office:
    """The office of a file with what does not stand in the file, and with what the calendars have said already."""
    return replace(
        office,
        telephone=former.telephone,
        calls_from=former.calls_from,
        calendars=former.calendars.of(office.feeds),
    )


def _content(path: Path) -> bytes:
    """What the file holds; nothing where it cannot be read, which `load` will say in words."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _since(last: Applied | None, office: Office) -> tuple[str, ...]:
    """What is different from the office that was in force last."""
    if last is None or last.hash == office.id:
        return ()
    try:
        before = roster.parse(last.source)
    except Misconfigured:
        return (
            "The file of then cannot be read by this program any more, so the difference cannot be told.",
        )
    return differences(before, office)
