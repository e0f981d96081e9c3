"""What the storage promises: all or nothing, in order, to one process, and honest when it fails."""

import asyncio
import re
import sqlite3
import threading
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Select, create_engine, text
from sqlalchemy.dialects.sqlite import dialect

from bot.storage import armed, clocks, counters, leases, migrate, outbox, tickets
from bot.storage.engine import AlreadyRunning, Connection, StoreFailed, connect
from bot.storage.tables import metadata
from bot.storage.times import micros, moment
from tests.bot.stage import START, Stage


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")


def test_the_migrations_make_exactly_the_tables(url: str) -> None:
    """What Alembic builds is what the code asks for."""
    engine = create_engine(url)
    with engine.connect() as conn:
        difference = compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata)
    engine.dispose()

    assert difference == []


def test_migrating_is_done_once(url: str) -> None:
    """A second time changes nothing, and the database says where it stands."""
    assert not migrate.upgrade(url)
    assert migrate.current(url) == migrate.newest()


def test_a_database_without_tables_has_no_revision(tmp_path: Path) -> None:
    """Looking makes no tables."""
    assert migrate.current(f"sqlite:///{tmp_path / 'new.sqlite3'}") == ""


def test_data_of_a_newer_program_are_left_alone(url: str) -> None:
    """An older program says so and stops."""
    with sqlite3.connect(_file(url)) as raw:
        raw.execute("UPDATE meta SET value = value + 1 WHERE name = 'schema_epoch'")
    raw.close()

    with pytest.raises(migrate.TooNew, match="newer"):
        migrate.upgrade(url)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("sqlite://", "no file"), ("nonsense", "no address|not an address"), ("mysql://h/d", "mysql")],
)
def test_an_impossible_address_is_refused_in_words(wrong: str, words: str) -> None:
    """Memory, nonsense and strangers."""
    with pytest.raises(ValueError, match=words):
        connect(wrong)


async def test_a_second_process_is_refused(url: str) -> None:
    """One process has the file; the second is told which file and what to do."""
    database = connect(url)
    try:
        with pytest.raises(AlreadyRunning, match=r"frontdoor\.sqlite3.*DATABASE_URL"):
            connect(url)
        with pytest.raises(AlreadyRunning):
            migrate.upgrade(url)
    finally:
        await database.close()

    await connect(url).close()


async def test_somebody_may_read_beside_the_one_that_writes(url: str) -> None:
    """A command line can look, and cannot write."""
    database, beside = connect(url), connect(url, alone=False)
    try:
        await database.write(lambda conn: counters.raise_by(conn, "n", 3))

        assert await beside.read(lambda conn: counters.peek(conn, "n")) == 3
        with pytest.raises(StoreFailed):
            await beside.write(lambda conn: counters.raise_by(conn, "n"))
    finally:
        await beside.close()
        await database.close()


async def test_a_transaction_that_raises_leaves_nothing(stage: Stage) -> None:
    """And the next one is not hurt by it."""

    def fail(conn: Connection) -> None:
        counters.raise_by(conn, "n")
        raise LookupError("on purpose")

    with pytest.raises(LookupError):
        await stage.database.write(fail)

    assert await stage.database.write(lambda conn: counters.raise_by(conn, "n")) == 1


async def test_a_reader_cannot_write(stage: Stage) -> None:
    """A look changes nothing, even by mistake."""
    with pytest.raises(StoreFailed):
        await stage.database.read(lambda conn: counters.raise_by(conn, "n"))


async def test_transactions_happen_in_the_order_of_asking(stage: Stage) -> None:
    """First asked, first served: two messages of a client never change places."""
    order: list[int] = []
    await asyncio.gather(*(stage.database.write(lambda _, n=n: order.append(n)) for n in range(100)))

    assert order == list(range(100))


async def test_in_a_burst_each_transaction_stands_for_itself(stage: Stage) -> None:
    """What waits is committed together; the one that fails takes only its own work with it."""

    def work(number: int, conn: Connection) -> int:
        value = counters.raise_by(conn, "n")
        if number % 3 == 0:
            raise LookupError("on purpose")
        return value

    results = await asyncio.gather(
        *(stage.database.write(partial(work, number)) for number in range(30)), return_exceptions=True
    )

    assert [result for result in results if isinstance(result, int)] == list(range(1, 21))
    assert sum(isinstance(result, LookupError) for result in results) == 10


async def test_a_burst_whose_database_fails_is_taken_again_one_by_one(stage: Stage) -> None:
    """Whoever can be served is served; the others hear what was wrong."""
    pages = await stage.database.write(lambda conn: int(conn.execute(text("PRAGMA page_count")).scalar_one()))

    def work(number: int, conn: Connection) -> int:
        if number == 5:
            conn.execute(text(f"PRAGMA max_page_count={pages}"))
            for name in range(2000):
                counters.raise_by(conn, f"{name:0>200}")
        return counters.raise_by(conn, "n")

    results = await asyncio.gather(
        *(stage.database.write(partial(work, number)) for number in range(10)), return_exceptions=True
    )

    assert [type(result) for result in results] == [int] * 5 + [StoreFailed] + [int] * 4
    assert await stage.database.write(lambda conn: counters.raise_by(conn, "n")) == 10


async def test_cancelling_before_the_commit_rolls_back(stage: Stage) -> None:
    """Whoever gave up was told that nothing is recorded, and nothing is."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        counters.raise_by(conn, "n")
        begun.set()
        go_on.wait(5)

    task = asyncio.create_task(stage.database.write(slow))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()

    assert await stage.database.write(lambda conn: counters.peek(conn, "n")) == 0


async def test_a_locked_database_fails_loudly_and_recovers(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the file: nothing is changed, and afterwards all is well."""
    other = sqlite3.connect(_file(stage.url), isolation_level=None)
    await stage.database.write(lambda conn: conn.execute(text("PRAGMA busy_timeout=20")))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="locked"):
        await stage.database.write(lambda conn: counters.raise_by(conn, "n"))
    other.execute("ROLLBACK")
    other.close()

    assert await stage.database.write(lambda conn: counters.raise_by(conn, "n")) == 1


async def test_a_full_disk_fails_loudly_and_recovers(stage: Stage) -> None:
    """What did not fit is not there at all; when there is room again it goes on."""

    def fill(conn: Connection) -> None:
        pages = conn.execute(text("PRAGMA page_count")).scalar_one()
        conn.execute(text(f"PRAGMA max_page_count={pages}"))
        for number in range(2000):
            counters.raise_by(conn, f"{number:0>200}")

    with pytest.raises(StoreFailed, match="full"):
        await stage.database.write(fill)

    assert await stage.database.write(lambda conn: counters.raise_by(conn, "n")) == 1


async def test_a_file_that_may_only_be_read_fails_loudly_and_recovers(stage: Stage) -> None:
    """Reading goes on, writing says why it cannot, and nothing is lost once the file may be written again."""
    await stage.database.write(lambda conn: counters.raise_by(conn, "n"))
    await stage.database.write(lambda conn: conn.execute(text("PRAGMA query_only=ON")))
    with pytest.raises(StoreFailed, match="readonly"):
        await stage.database.write(lambda conn: counters.raise_by(conn, "n"))
    assert await stage.database.read(lambda conn: counters.peek(conn, "n")) == 1

    assert await stage.database.write(lambda conn: counters.raise_by(conn, "n")) == 2, (
        "on a connection of its own"
    )


def test_moments_are_kept_to_the_microsecond() -> None:
    """There and back is the same moment."""
    odd = START.replace(microsecond=123457)

    assert moment(micros(odd)) == odd


async def test_the_rows_of_tickets_can_be_rebuilt(stage: Stage) -> None:
    """The timeline alone is enough: a spoilt projection is made true again."""
    number = await stage.escalated()
    before = await stage.look(
        lambda conn: conn.execute(text("SELECT * FROM tickets WHERE id > 0")).one()._asdict()
    )
    await stage.database.write(
        lambda conn: conn.execute(text("UPDATE tickets SET owner='x', seq=99, stage='?'"))
    )

    assert await stage.database.write(lambda conn: tickets.rebuild(conn, stage.clock.now())) == 1
    after = await stage.look(
        lambda conn: conn.execute(text("SELECT * FROM tickets WHERE id > 0")).one()._asdict()
    )
    assert (after, number) == (before, 1)


def _wind(conn: Connection, ticket: int, running: dict[tuple[str, str], datetime]) -> None:
    """Let these clocks run for a ticket, and no others."""
    known = armed.read(conn, [ticket])
    known[ticket].follow(running, START)
    armed.write(conn, known.values())


async def test_a_clock_with_the_same_due_is_left_alone(stage: Stage) -> None:
    """Its generation changes only with its due, and when it is armed again after firing."""
    number = (await stage.writes()).ticket or 0

    def store(due_in: int) -> int:
        due = moment(micros(START) + due_in)
        return stage.database.write(
            lambda conn: (
                _wind(conn, number, {("x", ""): due}),
                next(clock.generation for clock in clocks.due(conn, due, 10) if clock.kind == "x"),
            )[1]
        )

    assert [await store(5), await store(5), await store(6), await store(5)] == [1, 1, 2, 3]


async def test_a_clock_armed_anew_between_reading_and_firing_does_not_fire(stage: Stage) -> None:
    """What was read belongs to an arming that is over; the later moment stays armed, and comes in its own time."""
    number = (await stage.writes()).ticket or 0
    soon, later = moment(micros(START) + 5), moment(micros(START) + 60_000_000)

    def race(conn: Connection) -> tuple[bool, object]:
        _wind(conn, number, {("x", ""): soon})
        (old,) = (clock for clock in clocks.due(conn, soon, 10) if clock.kind == "x")
        _wind(conn, number, {("x", ""): later})
        return armed.read(conn, [number])[number].fire(old, soon), clocks.due_of(conn, number, "x", "")

    assert await stage.database.write(race) == (False, later)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (clocks._NEXT_DUE, "ix_clocks_due"),
        (leases._READY, "ix_outbox_pending"),
        (leases._TO_LOOK_UP, "ix_outbox_in_hand"),
        (leases._EXPIRED, "ix_outbox_in_hand"),
        (leases._NEXT_RETRY, "ix_outbox_put_off"),
        (outbox._WAITING_TWIN, "ix_outbox_stream"),
        (outbox._OPEN_STREAMS, "ix_outbox_stream"),
        (outbox._LIVE, "ix_outbox_live"),
        (outbox._CALL, "ix_outbox_token"),
    ],
)
def test_a_long_history_costs_the_loops_nothing(url: str, statement: Select[Any], index: str) -> None:
    """What they ask is answered from the index of the few rows that are open."""
    query = statement.compile(dialect=dialect())
    words = re.sub(r"__\[POSTCOMPILE_\w+\]", "?, ?", str(query))
    database = sqlite3.connect(_file(url))
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {words}", [1] * words.count("?"))]
    database.close()

    assert any(index in step for step in plan), plan
    assert not [step for step in plan if step == "SCAN outbox"], plan
