"""The same statements on PostgreSQL: what two replicas must not do to each other. Skipped by name where there is none."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.desk import KEPT
from bot.storage import clocks, migrate
from bot.storage.engine import Connection, connect
from bot.storage.tables import metadata
from policies.effects import Call
from policies.events import Actor, MessagePosted
from tests.bot.stage import CASEY, LEE, RETAIL, SAM, START, Stage, build


@pytest.fixture
def address(new_postgresql: Callable[[], str]) -> str:
    """The address of a new database with its tables."""
    address = new_postgresql()
    migrate.upgrade(address)
    return address


@pytest.fixture
async def replicas(address: str) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two processes on one database, with one time."""
    first = await build(address)
    second = await build(address, clock=first.clock)
    second.keys = itertools.count(1000)
    yield first, second
    for stage in (first, second):
        await stage.machinery.stop()
        await stage.database.close()


async def test_the_migrations_make_exactly_the_tables(address: str) -> None:
    """On this database too."""
    database = connect(address)

    def compare(conn: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata))

    assert await database.read(compare) == []
    await database.close()
    assert migrate.current(address) == migrate.newest()


@pytest.mark.parametrize("odd", ["the till \x00 shows", "the till \ud83d shows"], ids=["null", "half"])
async def test_text_that_it_does_not_take_is_a_fault_of_the_text(address: str, odd: str) -> None:
    """Not of the database: trying again does not help, and must not be tried for ever."""
    database = connect(address)
    with pytest.raises(DBAPIError):
        await database.write(lambda conn: conn.execute(text("SELECT CAST(:odd AS text)"), {"odd": odd}))
    await database.close()


async def test_an_event_that_it_does_not_take_is_kept_for_a_person(replicas: tuple[Stage, Stage]) -> None:
    first, _ = replicas
    outcome = await first.writes("the till \x00 shows")

    assert (outcome.accepted, outcome.said) == (False, KEPT)
    assert [letter.tries for letter in await first.machinery.board.letters()] == [1]


async def test_the_whole_way_to_an_acknowledgement(replicas: tuple[Stage, Stage]) -> None:
    """Opened at one replica, escalated at the other, rung, acknowledged; each effect once."""
    first, second = replicas
    await first.machinery.start()
    await second.machinery.start()
    number = (await first.writes()).ticket or 0
    await second.presses("claim", number, SAM)
    await first.escalates(number)
    for _ in range(31):
        await first.settled()
        await second.settled()
        first.clock.move(10)
        first.machinery.wake()
        second.machinery.wake()
    await first.settled()
    await second.settled()
    assert (await second.presses("acknowledge", number, LEE)).accepted
    assert not (await first.presses("acknowledge", number, LEE)).accepted

    jobs = [job.key for stage in replicas for job in (*stage.slack.done, *stage.phone.done)]
    assert len(jobs) == len(set(jobs))
    assert len([job for stage in replicas for job in stage.phone.of(Call)]) == 1
    ticket = await first.machinery.board.ticket(number)
    assert ticket is not None
    assert ticket.acknowledged_by == "lee"


async def test_two_replicas_open_one_request_for_one_person(replicas: tuple[Stage, Stage]) -> None:
    """Two messages of the same author at the same instant, one at each."""
    outcomes = await asyncio.gather(*(stage.writes() for stage in replicas))

    assert {outcome.ticket for outcome in outcomes} == {1}


async def test_two_people_at_once_are_two_requests(replicas: tuple[Stage, Stage]) -> None:
    """References are given out once, whoever asks at the same time."""
    people = [Actor(user=f"U{number}", team="T0RETAIL01") for number in range(10)]
    outcomes = await asyncio.gather(
        *(replicas[index % 2].writes(actor=person) for index, person in enumerate(people))
    )

    assert sorted(outcome.ticket or 0 for outcome in outcomes) == list(range(1, 11))


async def test_an_event_that_both_replicas_get_happens_once(replicas: tuple[Stage, Stage]) -> None:
    """The second one reads the first one's answer."""
    event = MessagePosted(key="same", at=START, actor=CASEY, channel=RETAIL, ts="1.1", text="Help")
    outcomes = await asyncio.gather(*(stage.do(event) for stage in replicas))

    assert sorted(outcome.repeated for outcome in outcomes) == [False, True]
    assert [await stage.machinery.board.any_known(["same", "other"]) for stage in replicas] == [True, True]
    assert not await replicas[0].machinery.board.any_known(["other"])
    count = await replicas[0].look(
        lambda conn: conn.execute(text("SELECT count(*) FROM tickets WHERE id > 0")).scalar()
    )
    assert count == 1


async def test_a_clock_that_both_replicas_see_fires_once(replicas: tuple[Stage, Stage]) -> None:
    """By its generation, whoever comes second."""
    first, second = replicas
    for number in range(20):
        await first.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    first.clock.move(10)
    due = await first.database.read(lambda conn: clocks.due(conn, first.clock.now(), 100))
    fired = await asyncio.gather(
        first.machinery.desk.handle_clocks(due), second.machinery.desk.handle_clocks(due)
    )

    assert sum(one.done for one in fired) == 20
    assert [one.failed for one in fired] == [(), ()]


async def test_a_ticket_in_other_hands_holds_up_no_other(replicas: tuple[Stage, Stage], address: str) -> None:
    """Its clock is fired as soon as it is free; nobody stands in line for it with the others in hand."""
    first, _ = replicas
    for number in range(3):
        await first.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    first.clock.move(10)
    other = await pytest.importorskip("asyncpg").connect(address)
    await other.execute("BEGIN")
    await other.execute("SELECT 1 FROM tickets WHERE id = 2 FOR UPDATE")
    firing = asyncio.create_task(first.machinery.watch.fire_due())
    fired = "SELECT count(*) FROM pg_sleep(0.02), clocks WHERE kind = 'first_response' AND state = 'fired'"
    async with asyncio.timeout(20):
        while await other.fetchval(fired) < 2:
            pass
    assert not firing.done()
    await other.execute("ROLLBACK")

    assert await firing == 3
    await other.close()
