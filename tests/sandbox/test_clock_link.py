"""Time is skipped as if it had been lived: everything due on the way happens at its own moment, exactly."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from sandbox.control.clock_routes import next_night
from sandbox.timeline import NotIdle, Timeline
from tests.sandbox.phone_stage import FRONTDOOR, LEE, SAM, Stage, stage

START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


class Follower:
    """A bot on the clock link: does what is due when told the time, and says idle when it has done it."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        self.due: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        self.times: list[datetime] = []
        self.done_at: list[datetime] = []
        self.mute = False
        self.linked = asyncio.Event()

    async def follow(self, name: str) -> None:
        async with (
            aiohttp.ClientSession() as web,
            web.ws_connect(f"{self.on.url}/_clock?name={name}") as socket,
        ):
            async for message in socket:
                await self._told(socket, json.loads(message.data))

    async def _told(self, socket: aiohttp.ClientWebSocketResponse, told: dict[str, object]) -> None:
        if told["type"] == "time":
            self.times.append(datetime.fromisoformat(str(told["now"])))
            self.linked.set()
            return
        now = self.times[-1]
        for moment, work in [one for one in self.due if one[0] <= now]:
            self.due.remove((moment, work))
            self.done_at.append(now)
            await work()
        first = min((moment for moment, _work in self.due), default=None)
        answer = {
            "type": "idle",
            "seq": told["seq"],
            "next_due": None if first is None else first.isoformat(),
        }
        if not self.mute:
            await socket.send_str(json.dumps(answer))


@asynccontextmanager
async def follower(on: Stage, name: str = "bot") -> AsyncIterator[Follower]:
    bot = Follower(on)
    task = asyncio.create_task(bot.follow(name))
    await bot.linked.wait()
    try:
        yield bot
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


async def nothing() -> None:
    """Something that needs no time."""


async def test_a_bot_is_told_the_time_when_it_links(on: Stage) -> None:
    async with follower(on) as bot:
        assert bot.times == [START]
        assert (await on.see("state"))["bots"] == [{"name": "bot", "connected": True}]


async def test_a_call_rung_by_a_clock_is_queued_at_exactly_its_moment(on: Stage) -> None:
    async with follower(on) as bot:

        async def ring() -> None:
            url = f"{on.bot.url}/twiml"
            await on.sdk(lambda client: client.calls.create(to=LEE, from_=FRONTDOOR, url=url, timeout=25))

        bot.due.append((at(5), ring))
        answer = await on.do("clock/advance", seconds=1800)
        assert answer["now"] == "2026-11-18T09:30:00.000000Z"
        (call,) = (await on.see("calls"))["calls"]
        assert call["queued_at"] == "2026-11-18T09:05:00.000000Z"
        assert call["ended_at"] == "2026-11-18T09:05:25.000000Z"


async def test_what_a_callback_sets_going_happens_in_its_own_time_too(on: Stage) -> None:
    async with follower(on) as bot:

        async def ring_lee() -> None:
            await on.sdk(lambda client: client.calls.create(to=LEE, from_=FRONTDOOR, **callbacks))

        async def ring_sam() -> None:
            await on.sdk(lambda client: client.calls.create(to=SAM, from_=FRONTDOOR, **callbacks))

        callbacks = {"url": f"{on.bot.url}/twiml", "status_callback": f"{on.bot.url}/status", "timeout": 25}

        def unreached(_fields: dict[str, str]) -> aiohttp.web.Response:
            if not bot.done_at[1:]:
                bot.due.append((on.now, ring_sam))
            return aiohttp.web.Response(status=204)

        on.bot.documents["/status"] = unreached
        bot.due.append((at(5), ring_lee))
        await on.skip(1800)
        rung = [(call["to"], call["ringing_at"][11:19]) for call in (await on.see("calls"))["calls"]]
        assert rung == [(LEE, "09:05:00"), (SAM, "09:05:25")]


async def test_no_moment_is_told_twice_and_none_goes_back(on: Stage) -> None:
    async with follower(on) as bot:
        bot.due += [(at(minutes), nothing) for minutes in (30, 2, 15, 2)]
        await on.skip(3600)
        assert bot.done_at == [at(2), at(2), at(15), at(30)]
        assert bot.times == sorted(bot.times)
        assert bot.times[-1] == at(60)


async def test_two_bots_are_both_waited_for(on: Stage) -> None:
    async with follower(on, "one") as one, follower(on, "two") as two:
        one.due.append((at(3), nothing))
        two.due.append((at(4), nothing))
        await on.skip(600)
        assert (one.done_at, two.done_at) == ([at(3)], [at(4)])
        assert at(4) in one.times


async def test_a_bot_that_went_away_is_not_waited_for(on: Stage) -> None:
    async with follower(on) as bot:
        bot.due.append((at(5), nothing))
    await on.skip(600)
    assert on.now == at(10)
    assert (await on.see("state"))["bots"] == [{"name": "bot", "connected": False}]


async def test_a_bot_that_goes_away_while_asked_is_not_waited_for(on: Stage) -> None:
    async with follower(on) as bot:
        bot.mute = True
        settling = asyncio.create_task(on.sandbox.timeline.settle())
        while not on.sandbox.clocklink.waiting_for():  # noqa: ASYNC110 - until the question is out
            await asyncio.sleep(0)
    await settling


async def test_a_bot_that_never_rests_is_named_after_the_bound(on: Stage) -> None:
    on.sandbox.timeline = Timeline(on.sandbox, bound=0.2)
    async with follower(on, "restless") as bot:
        bot.mute = True
        with pytest.raises(NotIdle, match="restless"):
            await on.sandbox.timeline.advance(at(5))
        assert on.now == START


async def test_a_bot_that_leaves_something_undone_is_told_so(on: Stage) -> None:
    on.sandbox.timeline = Timeline(on.sandbox, bound=0.2)
    async with follower(on) as bot:
        bot.due.append((at(5), nothing))
        await on.sandbox.timeline.settle()
        late = type(bot)._told

        async def shirk(
            self: Follower, socket: aiohttp.ClientWebSocketResponse, told: dict[str, object]
        ) -> None:
            self.times.append(START)
            await late(self, socket, told)

        bot._told = shirk.__get__(bot)  # type: ignore[method-assign]  # this one bot stays in the past
        with pytest.raises(NotIdle, match="due since"):
            await on.sandbox.timeline.advance(at(6))


async def test_words_that_are_no_answer_are_shown_and_change_nothing(on: Stage) -> None:
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{on.url}/_clock?name=odd") as socket:
        await socket.receive()
        await socket.send_str("hello")
        await socket.send_str('{"type": "idle", "seq": 1, "next_due": "2026-11-18T09:00:00"}')
        while len(errors := [entry for entry in on.sandbox.wire.entries if not entry.ok]) < 2:  # noqa: ASYNC110 - until read
            await asyncio.sleep(0)
        assert [entry.kind for entry in errors] == ["clock.error", "clock.error"]


async def test_a_running_clock_runs_on_after_a_skip() -> None:
    async with stage(rate=1) as on, follower(on) as bot:
        bot.due.append((on.now + timedelta(minutes=5), nothing))
        moment = bot.due[0][0]
        await on.skip(600)
        assert bot.done_at == [moment]
        assert on.sandbox.clock.rate == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"seconds": -1},
        {"seconds": "5"},
        {"to": "tomorrow"},
        {"to": "2026-11-18T10:00:00"},
        {"to": "2026-11-18T08:00:00Z"},
    ],
)
async def test_time_never_goes_back_nor_anywhere_vague(on: Stage, wrong: dict[str, object]) -> None:
    await on.do("clock/advance", status=400, **wrong)
    assert on.now == START


async def test_the_night_button_goes_to_23_in_karachi(on: Stage) -> None:
    assert (await on.do("clock/night"))["now"] == "2026-11-18T18:00:00.000000Z"
    assert next_night(datetime(2026, 11, 18, 18, 0, tzinfo=UTC)) == datetime(2026, 11, 19, 18, 0, tzinfo=UTC)


async def test_the_page_is_told_of_every_change(on: Stage) -> None:
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{on.url}/_control/stream") as page:
        first = await page.receive_json()
        assert (first["type"], first["rate"]) == ("changed", 0)
        await on.ring()
        told = [await page.receive_json(), await page.receive_json()]
        assert [message["type"] for message in told] == ["log", "changed"]
        assert told[0]["entries"][0]["kind"] == "calls.create"
