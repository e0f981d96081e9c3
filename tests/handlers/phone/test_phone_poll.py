"""Asking how calls stand: the only way without a public address, the safety net with one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.phone import poll as poll_module
from tests.handlers.phone.fake_twilio import FakeTwilio, fake_twilio, refused
from tests.handlers.phone.stage import PUBLIC, build, call_info, job, sid

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


@pytest.fixture(params=["", PUBLIC], ids=["no way in", "callbacks"])
async def public_url(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def at(twilio: FakeTwilio) -> AsyncIterator[Any]:
    """Builds a room in which Lee's call was just placed."""
    rooms = []

    async def begin(public_url: str = "") -> Any:
        room, desk, board, clock = build(twilio.url, public_url)
        rooms.append(room)
        await room.sender.send(job())
        twilio.requests.clear()
        return SimpleNamespace(room=room, desk=desk, board=board, clock=clock, round=room.poller.round)

    yield begin
    for room in rooms:
        await room.stop()


async def test_a_round_says_whether_it_brought_news(at: Any, twilio: FakeTwilio) -> None:
    """So that whoever skips time asks again until there is none."""
    bot = await at()
    twilio.calls[0]["status"] = "busy"

    assert [await bot.round(), await bot.round()] == [True, False]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("completed", "unconfirmed"),
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "canceled"),
    ],
)
async def test_without_callbacks_the_end_is_found_at_once(
    at: Any, twilio: FakeTwilio, status: str, outcome: str
) -> None:
    """The ladder goes on as soon as the call has ended (ES-3), and we stop asking."""
    bot = await at()
    twilio.calls[0]["status"] = status

    await bot.round()
    await bot.round()

    (event,) = bot.desk.events
    assert (event.kind, event.outcome, event.token, event.actor.person) == (
        "call_ended",
        outcome,
        "12-1",
        "lee",
    )
    assert len(twilio.requests) == 1


async def test_being_picked_up_is_noticed_and_told_once(at: Any, twilio: FakeTwilio) -> None:
    bot = await at()
    twilio.calls[0]["status"] = "in-progress"

    await bot.round()
    await bot.round()

    assert bot.desk.kinds() == ["call_answered"]


async def test_with_callbacks_nobody_is_asked_before_they_are_overdue(at: Any, twilio: FakeTwilio) -> None:
    """Ring time and a minute: then a callback was lost."""
    bot = await at(PUBLIC)
    twilio.calls[0]["status"] = "no-answer"

    bot.clock.time += timedelta(seconds=84)
    await bot.round()
    assert twilio.requests == []

    bot.clock.time += timedelta(seconds=1)
    await bot.round()
    assert [event.outcome for event in bot.desk.events] == ["no_answer"]


async def test_news_that_could_not_be_stored_is_asked_for_at_once(at: Any, twilio: FakeTwilio) -> None:
    """Twilio does not repeat a callback that we answered with an error; the ladder waits for it."""
    bot = await at(PUBLIC)
    twilio.calls[0]["status"] = "busy"
    (line,) = bot.room.lines.live()
    line.doubtful = True

    await bot.round()

    assert bot.desk.kinds() == ["call_ended"]


async def test_a_call_that_twilio_never_dialled_is_called_off(
    at: Any, twilio: FakeTwilio, public_url: str
) -> None:
    """Twilio queues for up to a day: nobody is to be rung about something long decided."""
    bot = await at(public_url)
    bot.clock.time += timedelta(seconds=86)

    await bot.round()
    await bot.round()

    assert twilio.calls[0]["status"] == "canceled"
    assert [event.outcome for event in bot.desk.events] == ["canceled"]


@pytest.mark.parametrize("fault", [refused(20429, 429), {"status": 502}, refused(20404, 404)], ids=str)
async def test_a_failed_question_is_asked_again(at: Any, twilio: FakeTwilio, fault: Any) -> None:
    bot = await at()
    twilio.calls[0]["status"] = "busy"
    twilio.faults = [fault]

    await bot.round()
    assert bot.desk.events == []

    await bot.round()
    assert bot.desk.kinds() == ["call_ended"]


async def test_an_end_that_cannot_be_stored_is_brought_again(at: Any, twilio: FakeTwilio) -> None:
    bot = await at()
    twilio.calls[0]["status"] = "busy"
    bot.desk.fails = 1

    await bot.round()
    await bot.round()

    assert bot.desk.kinds() == ["call_ended"]


async def test_a_call_without_an_end_is_let_go(at: Any, twilio: FakeTwilio) -> None:
    """The clock of its ticket has taken over long ago."""
    bot = await at()
    twilio.calls[0]["status"] = "in-progress"
    bot.clock.time += 16 * MINUTE

    await bot.round()

    assert twilio.requests == []
    assert bot.room.lines.live() == ()


async def test_after_a_restart_the_calls_of_before_are_asked_for(twilio: FakeTwilio) -> None:
    """Their callbacks may have come while nobody listened."""
    twilio.add_call("no-answer")
    room, desk, board, _ = build(twilio.url, PUBLIC)
    board.calls["12-1"] = call_info(sid(1))

    await room.poller.recall()
    await room.poller.round()

    assert [event.outcome for event in desk.events] == ["no_answer"]
    await room.stop()


async def test_after_a_restart_a_telephone_that_still_rings_goes_on_ringing(twilio: FakeTwilio) -> None:
    """Whoever is on the way to it must not find it hung up by us."""
    twilio.add_call("ringing")
    room, desk, board, _ = build(twilio.url, PUBLIC)
    board.calls["12-1"] = call_info(sid(1))

    await room.poller.recall()
    await room.poller.round()

    assert twilio.asked() == [f"GET /Calls/{sid(1)}.json"]
    assert desk.events == []
    await room.stop()


async def test_the_room_asks_by_itself_until_it_stops(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_module, "EVERY", 0)
    twilio.add_call("busy")
    room, desk, *_ = build(twilio.url, PUBLIC)

    await room.start()
    async with asyncio.timeout(5):
        event = await desk.heard("call_ended")
    await room.stop()

    assert event.outcome == "busy"


async def test_a_round_that_breaks_is_heard_and_the_next_one_comes(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The net must not tear because the database could not be read once."""
    monkeypatch.setattr(poll_module, "EVERY", 0)
    twilio.add_call("busy")
    room, desk, board, _ = build(twilio.url)
    await room.start()
    known, answers = board.call, iter([OSError("the database is away")])

    async def sometimes(token: str) -> Any:
        for error in answers:
            raise error
        return await known(token)

    monkeypatch.setattr(board, "call", sometimes)
    async with asyncio.timeout(5):
        await desk.heard("call_ended")
    await room.stop()

    assert "the database is away" in caplog.text
