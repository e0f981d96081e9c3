"""Statements that go to PostgreSQL together or later: nobody can tell, and as few ways there and back as were promised."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Integer, bindparam, insert, literal_column, select, text
from sqlalchemy.exc import DataError, IntegrityError

from bot.ports import Posted
from bot.storage import addresses as address_book
from bot.storage import counters, inbox, migrate, posts, tickets
from bot.storage.counters import TICKETS
from bot.storage.dialect import upsert
from bot.storage.engine import Connection, Database, StoreFailed, connect
from bot.storage.hot import run, write
from bot.storage.prepared import Session
from bot.storage.tables import addresses
from policies.events import Actor
from tests.bot.stage import Stage, build

_POINT = insert(addresses)
_WRONG = select(literal_column("1") / bindparam("by", type_=Integer))
FOUND = text("SELECT value FROM addresses ORDER BY value")
PLACES = [{"kind": "thread", "value": value, "ticket": 0} for value in ("C:1", "C:2", "C:3")]


@pytest.fixture
def address(new_postgresql: Callable[[], str]) -> str:
    """The address of a new database with its tables."""
    address = new_postgresql()
    migrate.upgrade(address)
    return address


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """The database itself."""
    made = connect(address)
    yield made
    await made.close()


@pytest.fixture
async def stage(address: str) -> AsyncIterator[Stage]:
    """A replica whose loops are not running."""
    made = await build(address)
    yield made
    await made.machinery.stop()
    await made.database.close()


async def stored(database: Database) -> list[str]:
    """The addresses as they are committed."""
    return await database.read(lambda conn: list(conn.execute(FOUND).scalars()))


async def waits(other: Any) -> None:
    """Until somebody waits for a row that another has locked."""
    query = """SELECT count(*) FROM pg_sleep(0.02), pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND locktype = 'transactionid' AND datname = current_database()"""
    async with asyncio.timeout(20):
        while not await other.fetchval(query):
            pass


async def test_whoever_looks_sees_what_waits_to_be_written(database: Database) -> None:
    """With a statement of SQLAlchemy's, or with one of ours that looks at the same table."""

    def work(conn: Connection) -> tuple[list[str], tuple[int, int], int]:
        write(conn, _POINT, PLACES)
        seen = list(conn.execute(FOUND).scalars())
        counters.count(conn, "n", 3)
        both = counters.peek_both(conn, "n", "m")
        counters.count(conn, "n", 4)
        return seen, both, counters.raise_by(conn, "n")

    assert await database.write(work) == (["C:1", "C:2", "C:3"], (3, 0), 8)
    assert await stored(database) == ["C:1", "C:2", "C:3"]


async def test_what_waits_and_whose_step_is_undone_is_not_written(database: Database) -> None:
    """Nor does what came before it get lost."""

    def work(conn: Connection) -> None:
        write(conn, _POINT, PLACES[:1])
        with suppress(LookupError), conn.begin_nested():
            write(conn, _POINT, PLACES[1:2])
            raise LookupError
        with conn.begin_nested():
            write(conn, _POINT, PLACES[2:])

    await database.write(work)

    assert await stored(database) == ["C:1", "C:3"]


async def test_a_step_that_failed_at_the_server_is_undone_with_what_waited_in_it(database: Database) -> None:
    """The server takes nothing more before it is undone."""

    def work(conn: Connection) -> None:
        with suppress(DataError), conn.begin_nested():
            write(conn, _POINT, PLACES[:1])
            run(conn, _WRONG, {"by": 0})
        write(conn, _POINT, PLACES[1:])

    await database.write(work)

    assert await stored(database) == ["C:2", "C:3"]


async def test_of_two_rows_with_one_key_the_last_one_counts(database: Database) -> None:
    """As if they had been written one after the other."""
    rows = [{**PLACES[0], "ticket": ticket} for ticket in (None, 0)]
    await database.write(lambda conn: upsert(conn, addresses, rows))

    assert await database.read(lambda conn: address_book.find(conn, "thread", "C:1")) == 0


async def test_what_cannot_be_written_is_noticed_before_the_end(database: Database) -> None:
    """And nothing else of its transaction is kept; the connection is as good as before."""

    def work(conn: Connection) -> None:
        counters.count(conn, "n", 1)
        write(conn, _POINT, PLACES[:1])

    await database.write(work)
    with pytest.raises(IntegrityError):
        await database.write(work)

    assert await database.read(lambda conn: counters.peek(conn, "n")) == 1


async def test_a_transaction_that_failed_inside_is_not_taken_for_done(database: Database) -> None:
    """The server answers its COMMIT with ROLLBACK and no error."""

    def work(conn: Connection) -> None:
        counters.raise_by(conn, "n")
        with suppress(IntegrityError):
            inbox.store(conn, "a", "")
            conn.execute(_POINT, [*PLACES, *PLACES])

    with pytest.raises(StoreFailed, match="ROLLBACK"):
        await database.write(work)
    assert await database.read(lambda conn: counters.peek(conn, "n")) == 0


async def test_who_gives_up_in_the_middle_leaves_nothing_behind(database: Database, address: str) -> None:
    """Cancelled while it waits for a lock: undone, and its own locks are free."""
    other = await pytest.importorskip("asyncpg").connect(address)
    await database.write(lambda conn: counters.raise_by(conn, "mine") + counters.raise_by(conn, "theirs"))
    await other.execute("BEGIN; UPDATE counters SET value = 9 WHERE name = 'theirs'")

    def work(conn: Connection) -> None:
        counters.raise_by(conn, "mine")
        counters.raise_by(conn, "theirs")

    writing = asyncio.create_task(database.write(work))
    await waits(other)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await other.fetchval("UPDATE counters SET value = 7 WHERE name = 'mine' RETURNING value") == 7
    await other.execute("COMMIT")
    await other.close()

    assert await database.write(lambda conn: counters.raise_by(conn, "mine")) == 8


async def test_rows_that_only_refer_to_a_request_do_not_wait_for_who_has_it(stage: Stage) -> None:
    """Outcomes of effects are stored while somebody decides about their request."""
    number = (await stage.writes()).ticket or 0
    has_it, ready = asyncio.Event(), asyncio.Event()
    other = await pytest.importorskip("asyncpg").connect(stage.url)
    await other.execute("SET lock_timeout = '2s'")

    async def refer() -> None:
        await has_it.wait()
        await other.execute("INSERT INTO posts VALUES ($1, 'here', 'C', '1.1', '')", number)
        ready.set()

    referring = asyncio.create_task(refer())

    def work(conn: Connection) -> None:
        driver: Any = conn.connection
        tickets.load(conn, number, lock=True)
        has_it.set()
        driver.run_async(lambda _driver: ready.wait())
        posts.save(conn, number, [Posted(slot="there", channel="C", ts="1.2")])

    await asyncio.wait_for(stage.database.write(work), 4)
    await referring
    await other.close()
    assert set(await stage.look(lambda conn: posts.of(conn, number))) == {"here", "there"}


async def test_the_first_two_requests_of_all_come_at_once_and_get_two_numbers(
    database: Database, address: str
) -> None:
    """There is no row of the counter yet that could be locked: the second waits for the first all the same."""
    has_it = asyncio.Event()
    other = await pytest.importorskip("asyncpg").connect(address)

    def reserve(conn: Connection) -> int:
        return counters.peek_both(conn, TICKETS, "calls", lock=True)[0]

    async def second() -> int:
        await has_it.wait()
        return await database.write(reserve)

    def first(conn: Connection) -> int:
        driver: Any = conn.connection
        last = reserve(conn)
        has_it.set()
        driver.run_async(lambda _driver: waits(other))
        counters.count(conn, TICKETS, 1)
        return last

    waiting = asyncio.create_task(second())
    assert await database.write(first) == 0
    assert await waiting == 1
    await other.close()


async def test_a_new_request_asks_the_server_so_often_and_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every way there and back is time for which others wait: 12 in all, 5 of them with the counter locked."""
    for number in range(2):  # each statement is prepared once
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    asked: list[str] = []
    real = Session._ask

    def ask(self: Session, words: str, way: Any) -> Any:
        asked.append(words)
        return real(self, words, way)

    monkeypatch.setattr(Session, "_ask", ask)
    await stage.writes(actor=Actor(user="U9", team="T0RETAIL01"))
    monkeypatch.undo()

    assert asked[0].startswith("BEGIN")
    assert asked[-1] == "COMMIT"
    locked = next(index for index, query in enumerate(asked) if "FROM counters" in query)
    assert (len(asked), len(asked) - locked - 1) == (12, 5)
    assert await stage.look(lambda conn: counters.peek(conn, TICKETS)) == 3
