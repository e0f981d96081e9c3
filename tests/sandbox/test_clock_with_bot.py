"""The bot's own clock on the sandbox's link: what it has due happens at its exact moment, however far time is skipped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from bot.clock import LinkedClock
from tests.sandbox.phone_stage import START, Stage, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


async def test_the_bots_clock_stands_at_each_moment_that_was_due(on: Stage) -> None:
    clock = LinkedClock(on.url.replace("http", "ws") + "/_clock", "bot")
    due = [START + timedelta(minutes=minutes) for minutes in (2, 5, 90)]
    done: list[datetime] = []

    async def idle() -> datetime | None:
        while due and due[0] <= clock.now():
            done.append(clock.now())
            due.pop(0)
        return due[0] if due else None

    following = asyncio.create_task(clock.run(idle))
    await clock.ready.wait()
    wanted = list(due)
    await on.skip(2 * 3600)
    assert done == wanted
    assert clock.now() == on.now == START + timedelta(hours=2)
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
