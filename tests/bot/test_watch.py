"""What the watch promises: nothing early, everything once, in the order it was due, late rather than never."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot import transaction
from bot.storage import clocks
from bot.storage.engine import StoreFailed
from policies.decision import Context, Decision, Refused
from policies.effects import LANES
from policies.events import Actor, AnyEvent
from policies.ticket import Ticket
from tests.bot.stage import START, Stage, build


async def _fired(stage: Stage) -> list[tuple[int, str, int]]:
    query = text("SELECT ticket, kind, late_us FROM clocks WHERE state = 'fired' ORDER BY fired_at, due_at")
    rows = await stage.database.read(lambda conn: conn.execute(query).all())
    return [(row.ticket, row.kind, row.late_us // 1_000_000) for row in rows]


async def test_nothing_fires_early(stage: Stage) -> None:
    """A microsecond before its moment a clock stands still."""
    await stage.writes()
    stage.clock.move_to(START + timedelta(seconds=10) - timedelta(microseconds=1))
    assert await stage.machinery.watch.fire_due() == 0
    stage.clock.move(0.000001)

    assert await stage.machinery.watch.fire_due() == 1
    assert await _fired(stage) == [(1, "first_response", 0)]


async def test_what_came_due_while_nobody_watched_fires_in_its_order(url: str) -> None:
    """Late is better than never: in due order, with the lateness kept as evidence."""
    before = await build(url)
    for number in range(3):
        await before.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
        before.clock.move(4)
    await before.database.close()

    before.clock.move(288)
    after = await build(url, clock=before.clock)
    await after.machinery.start()
    await after.settled()
    fired = await _fired(after)
    query = text("SELECT ticket FROM outbox WHERE lane = :lane AND ticket > 0 ORDER BY id")
    lane = {"lane": LANES.index("first_response")}
    answered = await after.database.read(lambda conn: conn.execute(query, lane).scalars().all())
    await after.machinery.stop()
    await after.database.close()

    assert [row for row in fired if row[1] == "first_response"] == [
        (1, "first_response", 290),
        (2, "first_response", 286),
        (3, "first_response", 282),
    ]
    assert answered == [1, 2, 3]


async def test_the_loop_wakes_at_the_next_due_moment(running: Stage) -> None:
    """Time moved by hand is told by a wake; the next moment is known exactly."""
    await running.writes()
    assert await running.settled() == START + timedelta(seconds=10)
    running.clock.move(10)
    running.machinery.wake()

    assert await running.settled() == START + timedelta(minutes=10), "the request is put before support"


async def test_a_broken_request_is_left_alone_for_a_while(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It backs off and the others go on; once mended, its clock fires, late."""
    for number in range(2):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))
    real = transaction.decide

    def broken(event: AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
        if event.kind == "clock_fired" and event.ticket == 1:
            raise LookupError("a step that is broken on purpose")
        return real(event, ticket, ctx)

    monkeypatch.setattr(transaction, "decide", broken)
    stage.clock.move(10)

    assert await stage.machinery.watch.fire_due() == 1
    assert not await stage.machinery.watch.is_due(), "it is left alone"
    due = await stage.machinery.watch.next_due()
    assert due is not None
    assert due > stage.clock.now(), "of the healthy one"

    monkeypatch.undo()
    monkeypatch.setattr(stage.clock, "monotonic", lambda: 1e9)
    assert await stage.machinery.watch.fire_due() == 1
    assert {row[0] for row in await _fired(stage)} == {1, 2}


async def test_a_look_that_fails_does_not_end_the_watch(
    running: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is, the next look comes, and what is due fires."""
    await running.writes()
    await running.settled()
    real, faults = clocks.due, iter([StoreFailed("disk I/O error"), ZeroDivisionError("on purpose")])

    def flaky(*arguments: Any) -> Any:
        fault = next(faults, None)
        if fault is not None:
            raise fault
        return real(*arguments)

    monkeypatch.setattr(clocks, "due", flaky)
    running.clock.move(10)
    async with asyncio.timeout(10):
        while not await _fired(running):
            running.machinery.watch.wake()

    assert next(faults, None) is None
