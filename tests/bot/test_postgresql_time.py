"""Replicas whose machines disagree about the time: nothing is early, nothing is late, by the database's clock."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from bot import roster
from bot.clock import SystemClock
from bot.in_force import InForce
from bot.machinery import Machinery
from bot.shared_clock import SharedClock
from bot.storage import migrate
from bot.storage.engine import Connection, connect
from bot.storage.postgresql import PostgresqlDatabase
from policies.events import MessagePosted
from tests.bot.stage import CASEY, EXAMPLE, QUICK, RETAIL, FakeSender

IN_A_MOMENT = """UPDATE clocks SET due_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint + 400000
    WHERE kind = 'first_response' RETURNING due_at"""
FIRED = """SELECT fired_at, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM pg_sleep(0.01), clocks
    WHERE kind = 'first_response' AND state = 'fired'"""


class Replica:
    """Machinery whose machine's clock is wrong by `off`."""

    def __init__(self, address: str, off: timedelta) -> None:
        database = connect(address)
        assert isinstance(database, PostgresqlDatabase)
        right = SystemClock()
        self.database = database
        self.clock = database.timekeeper = SharedClock(SystemClock(wall=lambda: right.wall() + off))
        self.machinery = Machinery(database, InForce(roster.load(EXAMPLE)), self.clock, patience=QUICK)
        self.machinery.add(FakeSender(frozenset(KINDS)))

    async def start(self) -> None:
        await self.database.write(lambda _conn: None)
        await self.machinery.start()

    async def stop(self) -> None:
        await self.machinery.stop()
        await self.database.close()


KINDS = ("post", "remove", "revise", "card", "home", "call", "hang_up", "sms", "sheet", "tracker", "reminder")


async def test_an_hour_wrong_either_way_fires_nothing_early_and_nothing_late(
    new_postgresql: Callable[[], str],
) -> None:
    address = new_postgresql()
    await asyncio.to_thread(migrate.upgrade, address)
    replicas = [Replica(address, timedelta(hours=hours)) for hours in (1, -1)]
    for replica in replicas:
        await replica.start()
    first = replicas[0]
    now = first.clock.now()
    event = MessagePosted(
        key="m", at=now, actor=CASEY, channel=RETAIL, ts=f"{now.timestamp():.6f}", text="Help"
    )
    await first.machinery.desk.handle(event)

    def arm(conn: Connection) -> int:
        return int(conn.execute(text(IN_A_MOMENT)).scalar_one())

    due = await first.database.write(arm)
    async with asyncio.timeout(20):
        while (row := await first.database.read(lambda conn: conn.execute(text(FIRED)).first())) is None:
            pass
    fired_at, seen = row

    assert due <= fired_at <= seen
    assert seen - due < 3_000_000
    assert max(abs((a.clock.now() - b.clock.now()).total_seconds()) for a in replicas for b in replicas) < 1
    assert [round(replica.clock.ahead / 3600) for replica in replicas] == [-1, 1]
    for replica in replicas:
        await replica.stop()
