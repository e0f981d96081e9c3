"""Clocks of many requests go through the door together: what that may not change."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot import transaction
from bot.storage import counters, tickets
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from bot.transaction import Transaction
from policies.decision import Context, Decision, Refused
from policies.events import Actor, AnyEvent
from policies.ticket import Ticket
from tests.bot.stage import SAM, START, Stage


async def _kinds(stage: Stage, ticket: int) -> list[str]:
    query = text("SELECT kind FROM timeline WHERE ticket = :of ORDER BY seq")
    rows = await stage.database.read(lambda conn: conn.execute(query, {"of": ticket}).all())
    return [row.kind for row in rows if row.kind != "first_response_posted"]  # it comes when it comes


async def _requests(stage: Stage, count: int) -> None:
    for number in range(count):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))


async def test_two_clocks_of_one_request_in_a_batch_fire_in_the_order_they_were_due(stage: Stage) -> None:
    """The second one sees what the first one did."""
    await _requests(stage, 2)
    stage.clock.move_to(START + timedelta(minutes=10))
    due = (await stage.machinery.watch._look()).due
    assert [(clock.ticket, clock.kind) for clock in due] == [
        (1, "first_response"),
        (2, "first_response"),
        (1, "unclaimed"),
        (2, "unclaimed"),
    ]

    assert (await stage.machinery.desk.handle_clocks(due)).done == 4
    for ticket in (1, 2):
        assert await _kinds(stage, ticket) == ["opened", "targeted", "first_response", "nudged"]


async def test_a_batch_reads_its_requests_together(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one they cost as many looks as there are clocks."""
    await _requests(stage, 5)
    stage.clock.move(10)
    due = (await stage.machinery.watch._look()).due
    alone: list[int] = []
    real = tickets.load

    def load(conn: Connection, ticket: int, **more: Any) -> Any:
        alone.append(ticket)
        return real(conn, ticket, **more)

    monkeypatch.setattr(tickets, "load", load)
    await stage.machinery.desk.transact(lambda work: work.fire_all(due))

    assert alone == []


async def test_a_request_that_cannot_be_read_hurts_only_itself(stage: Stage) -> None:
    """Its timeline is broken: the batch fails as it is read, and the others fire one by one."""
    await _requests(stage, 3)
    for broken in (
        "UPDATE timeline SET body = '{}' WHERE ticket = 2",
        "UPDATE tickets SET head = 'unknown' WHERE id = 2",
    ):
        await stage.database.write(lambda conn, broken=broken: conn.execute(text(broken)))
    stage.clock.move(10)
    due = (await stage.machinery.watch._look()).due

    fired = await stage.machinery.desk.handle_clocks(due)

    assert (fired.done, [clock.ticket for clock in fired.failed]) == (2, [2])
    assert await _kinds(stage, 1) == await _kinds(stage, 3) == ["opened", "targeted", "first_response"]


async def test_calls_of_the_day_are_counted_within_a_batch_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a batch asks once for all its clocks follows what one of them changes."""
    await _requests(stage, 3)
    for ticket in (1, 2, 3):
        await stage.presses("claim", ticket, SAM)
        await stage.escalates(ticket)
    stage.clock.move(3600)
    seen: list[tuple[int, int]] = []
    real = transaction.decide

    def decide(event: AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
        if event.kind == "clock_fired":
            stored = counters.peek_both(current[0].conn, counters.TICKETS, f"calls:{START:%Y-%m-%d}")
            seen.append((ctx.calls_today, stored[1]))
        return real(event, ticket, ctx)

    current: list[Transaction] = []
    monkeypatch.setattr(transaction, "decide", decide)
    due = (await stage.machinery.watch._look()).due

    def fire(work: Any) -> int:
        current[:] = [work]
        fired: int = work.fire_all(due)
        return fired

    await stage.machinery.desk.transact(fire)

    assert seen == [(stored, stored) for _, stored in seen]
    assert max(stored for _, stored in seen) > 0, "somebody was rung on the way"


async def test_a_batch_of_twenty_asks_no_more_often_than_one_of_ten(stage: Stage) -> None:
    """Rows, facts, clocks and effects are read together and written together; each row that changes is written once."""
    await _requests(stage, 30)
    stage.clock.move(10)
    due = (await stage.machinery.watch._look()).due
    assert len(due) == 30

    async def statements(clocks: Sequence[DueClock]) -> tuple[int, int]:
        ran: list[str] = []

        def fire(work: Transaction) -> int:
            driver: Any = work.conn.connection.driver_connection
            driver.set_trace_callback(ran.append)
            try:
                done = work.fire_all(clocks)
                work.emission.flush()
            finally:
                driver.set_trace_callback(None)
            return done

        assert await stage.machinery.desk.transact(fire) == len(clocks)
        asked = [line for line in ran if line.startswith("SELECT")]
        updated = [line for line in ran if line.startswith("UPDATE")]  # a line for each row
        return len(asked), len(updated) // len(clocks)

    assert await statements(due[10:]) == await statements(due[:10]) == (8, 2), "a ticket and its clock"


async def test_who_looks_in_the_middle_of_a_batch_sees_what_was_decided(stage: Stage) -> None:
    """What is kept to be written together is written before anybody asks."""
    await _requests(stage, 2)
    stage.clock.move(10)
    due = (await stage.machinery.watch._look()).due
    facts = text("SELECT count(*) FROM timeline WHERE kind = 'first_response'")
    posts = text("SELECT count(*) FROM outbox WHERE kind = 'post'")

    def fire(work: Transaction) -> list[tuple[int, int]]:
        seen = []
        for clock in due:
            work.fire(clock)
            seen.append((work.conn.execute(facts).scalar_one(), work.conn.execute(posts).scalar_one()))
        return seen

    assert await stage.machinery.desk.transact(fire) == [(1, 1), (2, 2)]


async def test_what_an_undone_step_decided_is_never_written(stage: Stage) -> None:
    """It was kept to be written together with what stands: a later write does not bring it back."""
    await _requests(stage, 2)
    stage.clock.move(10)
    due = (await stage.machinery.watch._look()).due

    def fire(work: Transaction) -> None:
        with suppress(LookupError), work.undoable():
            work.fire(due[0])
            raise LookupError
        work.fire(due[1])

    await stage.machinery.desk.transact(fire)
    assert await _kinds(stage, 1) == ["opened", "targeted"]
    assert await _kinds(stage, 2) == ["opened", "targeted", "first_response"]
    again = (await stage.machinery.watch._look()).due
    assert [(clock.ticket, clock.kind) for clock in again] == [(1, "first_response")]
    assert (await stage.machinery.desk.handle_clocks(again)).done == 1
