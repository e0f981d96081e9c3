"""A newer program takes the data over while replicas of an older one are running."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from bot.desk import NotStored
from bot.opening import CannotRun, open_database
from bot.storage import migrate
from bot.storage.engine import Connection, Outdated, connect
from bot.storage.postgresql import ENTRANCE, PostgresqlDatabase
from tests.bot.stage import Stage, build


@pytest.fixture
def address(new_postgresql: Callable[[], str]) -> str:
    """The address of a new database with its tables."""
    address = new_postgresql()
    migrate.upgrade(address)
    return address


@pytest.fixture
async def stage(address: str) -> AsyncIterator[Stage]:
    """A replica whose loops are not running."""
    made = await build(address)
    yield made
    await made.machinery.stop()
    await made.database.close()


@pytest.fixture
async def other(address: str) -> AsyncIterator[Any]:
    """Somebody else with the database, statement by statement."""
    asyncpg = pytest.importorskip("asyncpg")
    session = await asyncpg.connect(address)
    yield session
    await session.close()


def taken_over(conn: Connection) -> None:
    """What the migration of a newer program does at its end."""
    conn.execute(text("UPDATE meta SET value = value + 1 WHERE name = 'schema_epoch'"))


async def taken_over_at(address: str) -> None:
    await asyncio.to_thread(migrate._on, address, taken_over, alone=lambda _words: None)


async def test_a_replica_of_an_older_program_stores_nothing_any_more(stage: Stage) -> None:
    await stage.writes()
    before = await stage.look(lambda conn: conn.execute(text("SELECT count(*) FROM timeline")).scalar())
    assert isinstance(stage.database, PostgresqlDatabase)
    told: list[str] = []
    stage.database.overtaken = lambda: told.append("overtaken")

    await taken_over_at(stage.url)
    with pytest.raises(NotStored, match="newer Frontdoor"):
        await stage.writes()

    assert told == ["overtaken"]
    after = await stage.look(lambda conn: conn.execute(text("SELECT count(*) FROM timeline")).scalar())
    assert after == before


async def test_what_waited_for_the_migration_sees_what_it_did(address: str, other: Any) -> None:
    """It began before the newer program's commit, and must not go on after it."""
    database = connect(address)
    await other.execute("BEGIN")
    await other.execute(f"SELECT pg_advisory_xact_lock({ENTRANCE})")
    await other.execute("UPDATE meta SET value = value + 1 WHERE name = 'schema_epoch'")
    begun = asyncio.create_task(database.write(lambda _conn: "stored"))
    await waits(other)
    await other.execute("COMMIT")

    with pytest.raises(Outdated):
        await begun
    await database.close()


async def test_a_migration_waits_for_what_replicas_have_under_way(address: str, other: Any) -> None:
    said: list[str] = []
    heard, loop = asyncio.Event(), asyncio.get_running_loop()

    def say(words: str) -> None:
        said.append(words)
        loop.call_soon_threadsafe(heard.set)

    await other.execute("BEGIN")
    await other.execute(f"SELECT pg_advisory_xact_lock_shared({ENTRANCE})")
    migration = asyncio.create_task(asyncio.to_thread(migrate._on, address, taken_over, alone=say))
    async with asyncio.timeout(20):
        await heard.wait()
    assert await other.fetchval("SELECT value FROM meta WHERE name = 'schema_epoch'") == 2
    await other.execute("COMMIT")
    await migration

    assert set(said) == {migrate.BUSY}
    assert await other.fetchval("SELECT value FROM meta WHERE name = 'schema_epoch'") == 3


async def _writes(stage: Stage, stored: set[str], refused: set[str], enough: asyncio.Event) -> None:
    """Thirty new requests, one after the other."""
    for _ in range(30):
        words = stage.key()
        try:
            assert (await stage.writes(words, thread=f"1.{words[1:]}")).accepted
            stored.add(words)
        except NotStored:
            refused.add(words)
        if len(stored) > 10:
            enough.set()


@pytest.mark.parametrize("newer", [False, True], ids=["additions", "a new epoch"])
async def test_a_migration_among_replicas_that_write_all_the_time_costs_no_message(
    address: str, other: Any, newer: bool
) -> None:
    """What was answered is there, what was refused is not: with tables that change, and for older programs to the end."""

    def change(conn: Connection) -> None:
        conn.execute(text("ALTER TABLE messages ADD COLUMN later INTEGER"))
        if newer:
            taken_over(conn)

    first = await build(address)
    second = await build(address, clock=first.clock)
    second.keys = itertools.count(1000)
    stored, refused = set[str](), set[str]()
    enough = asyncio.Event()

    async def migrating() -> None:
        await enough.wait()
        await asyncio.to_thread(migrate._on, address, change, alone=lambda _words: None)

    async with asyncio.timeout(50):
        writing = (_writes(stage, stored, refused, enough) for stage in (first, second))
        await asyncio.gather(*writing, migrating())
    for stage in (first, second):
        await stage.machinery.stop()
        await stage.database.close()

    assert {
        row["text"] for row in await other.fetch("SELECT text FROM messages WHERE later IS NULL")
    } == stored
    assert (len(stored) + len(refused), bool(refused)) == (60, newer)


async def test_of_two_migrations_at_once_one_does_it_and_the_other_waits(
    new_postgresql: Callable[[], str],
) -> None:
    address, said = new_postgresql(), list[str]()
    changed = await asyncio.gather(
        *(asyncio.to_thread(migrate.upgrade, address, said.append) for _ in range(2))
    )

    assert sorted(changed) == [False, True]
    assert set(said) <= {migrate.ANOTHER, migrate.BUSY}
    assert migrate.current(address) == migrate.newest()


async def test_a_waiting_migration_says_what_it_waits_for(address: str, other: Any) -> None:
    said: list[str] = []
    await other.execute("BEGIN")
    await other.execute(f"SELECT pg_advisory_xact_lock({ENTRANCE + 1})")
    migration = asyncio.create_task(asyncio.to_thread(migrate.upgrade, address, said.append))
    await waits(other)
    await other.execute("COMMIT")

    assert not await migration
    assert said[0] == migrate.ANOTHER


async def test_additions_of_a_newer_program_stop_no_older_one(address: str, other: Any) -> None:
    """The epoch is what counts: tables may have more than this program knows."""
    await other.execute("UPDATE alembic_version SET version_num = '9999'")
    async with open_database(address) as database:
        assert await database.write(lambda _conn: "stored") == "stored"
    assert not await asyncio.to_thread(migrate.upgrade, address)


async def test_a_program_too_old_for_the_data_does_not_start(address: str, other: Any) -> None:
    await other.execute("UPDATE alembic_version SET version_num = '9999'")
    await taken_over_at(address)
    with pytest.raises(CannotRun, match="belongs to a newer Frontdoor"):
        async with open_database(address):
            pass
    with pytest.raises(migrate.TooNew):
        await asyncio.to_thread(migrate.upgrade, address)


async def test_a_program_too_new_for_the_data_says_what_to_do(address: str, other: Any) -> None:
    await other.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(CannotRun, match="Run `frontdoor migrate` once"):
        async with open_database(address):
            pass


async def waits(other: Any) -> None:
    """Until somebody waits for a lock."""
    query = """SELECT count(*) FROM pg_sleep(0.02), pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    async with asyncio.timeout(20):
        while not await other.fetchval(query):
            pass
