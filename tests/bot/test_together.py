"""Outcomes that come while others are being stored are stored together, and fail together only on the way."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.delivery.together import Together
from bot.storage.engine import Connection
from policies.effects import Post
from policies.events import Actor
from tests.bot.stage import START, Stage


class Slow:
    """Notes its batches; each one takes until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def work(self, items: Sequence[int]) -> list[str]:
        self.batches.append(list(items))
        self.begun.set()
        await self.go.wait()
        if 13 in items:
            raise ValueError("thirteen")
        return [f"done {item}" for item in items]


async def test_the_first_waits_for_nobody_and_the_others_go_together() -> None:
    """A quiet hour pays nothing for it; a burst pays once for many."""
    slow = Slow()
    together = Together(slow.work, most=3)
    first = asyncio.create_task(together.do(1))
    await slow.begun.wait()
    others = [asyncio.create_task(together.do(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    slow.go.set()

    assert await asyncio.gather(first, *others) == [f"done {number}" for number in range(1, 7)]
    assert slow.batches == [[1], [2, 3, 4], [5, 6]]


async def test_a_batch_that_fails_tells_everybody_in_it_and_nobody_else() -> None:
    """Who comes after it is served as before."""
    slow = Slow()
    together = Together(slow.work, most=10)
    first = asyncio.create_task(together.do(1))
    await slow.begun.wait()
    others = [asyncio.create_task(together.do(number)) for number in (12, 13)]
    await asyncio.sleep(0)
    slow.go.set()
    outcomes = await asyncio.gather(first, *others, return_exceptions=True)

    assert [str(outcome) for outcome in outcomes] == ["done 1", "thirteen", "thirteen"]
    assert await together.do(14) == "done 14"


async def test_who_does_not_wait_any_more_spoils_nothing() -> None:
    """Its item is dealt with all the same: it was handed over."""
    slow = Slow()
    together = Together(slow.work, most=10)
    first = asyncio.create_task(together.do(1))
    await slow.begun.wait()
    gone, second = asyncio.create_task(together.do(2)), asyncio.create_task(together.do(3))
    await asyncio.sleep(0)
    gone.cancel()
    slow.go.set()

    assert await asyncio.gather(first, second) == ["done 1", "done 3"]
    assert slow.batches == [[1], [2, 3]]


async def test_an_event_that_fails_takes_no_other_outcome_with_it(
    running: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three first responses arrive at once, and the step of one fails: all three are sent, and its event is kept."""
    running.slack.hold = asyncio.Event()
    for number in range(3):
        await running.writes(actor=Actor(user=f"U{number:08}", team="T0RETAIL01"))
    await running.database.write(
        lambda conn: conn.execute(
            text(
                "CREATE TRIGGER spoilt BEFORE INSERT ON timeline WHEN NEW.ticket = 2 AND "
                "NEW.kind = 'first_response_posted' BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
            )
        )
    )
    running.clock.move_to(START + timedelta(seconds=11))
    running.machinery.wake()

    def asked() -> bool:
        return len({job.ticket.id for job in running.slack.of(Post) if job.ticket is not None}) == 3

    await running.slack.until(asked)
    running.slack.hold.set()
    await running.settled()

    def left(conn: Connection) -> tuple[list[tuple[object, ...]], list[str]]:
        said = conn.execute(
            text("SELECT ticket, state FROM outbox WHERE kind = 'post' AND report ORDER BY 1")
        )
        kept = conn.execute(text("SELECT key FROM inbox WHERE error IS NOT NULL")).scalars()
        return [tuple(row) for row in said], list(kept)

    assert await running.look(left) == ([(1, "sent"), (2, "sent"), (3, "sent")], ["settled:2:3:0"])
