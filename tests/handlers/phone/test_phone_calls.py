"""Whole calls against the sandbox's Twilio: it fetches what we say, signs what it tells, and its telephones behave badly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.ports import Unknown
from handlers.phone.room import PhoneRoom
from policies.effects import HangUp, Sms
from policies.words import spoken
from sandbox.faults import Fault
from sandbox.server import Sandbox, build_app
from tests.handlers.phone.stage import CALL, LEE, Answer, StubBoard, StubDesk, build, call_info, job, ticket

HANG_UP = HangUp(token="12-1", number=LEE)


@dataclass
class Line:
    """The sandbox at one end, the room at the other, time in our hands."""

    sandbox: Sandbox
    room: PhoneRoom
    desk: StubDesk
    board: StubBoard

    @property
    def exchange(self) -> Any:
        return self.sandbox.phone.exchange

    async def ring(self) -> None:
        """Place the call; it rings."""
        sent = await self.room.sender.send(job(first_at=self.sandbox.clock.now()))
        self.board.calls["12-1"] = call_info(sent.external_id)
        await self.settle()

    async def settle(self) -> None:
        await self.sandbox.timeline.settle()

    async def wait(self, seconds: float) -> None:
        await self.sandbox.timeline.advance(self.sandbox.clock.now() + timedelta(seconds=seconds))

    async def answer(self) -> None:
        self.exchange.pick_up(LEE)
        await self.settle()

    async def press(self, digit: str) -> None:
        assert self.exchange.talk.key(self.call, digit), "nothing listens to keys"
        await self.settle()

    @property
    def call(self) -> Any:
        return list(self.exchange.calls.values())[-1]

    def heard(self) -> list[str]:
        """Everything that the bot said on the call."""
        return [line.text for line in self.call.transcript if line.who == "bot"]

    def troubles(self) -> list[str]:
        """Errors and warnings that Twilio would have written down."""
        return [
            line.text for line in self.call.transcript if line.text.startswith(("error", "warning", "status"))
        ]


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with connected(public=True) as line:
        yield line


@asynccontextmanager
async def connected(*, public: bool) -> AsyncIterator[Line]:
    sandbox = Sandbox(rate=0)
    twilio = TestServer(build_app(sandbox), host="127.0.0.1")
    await twilio.start_server(access_log=None)
    port = unused_port()
    here = f"http://127.0.0.1:{port}" if public else ""
    clock = SimpleNamespace(now=sandbox.clock.now, monotonic=asyncio.get_running_loop().time)
    room, desk, board, _ = build(f"http://127.0.0.1:{twilio.port}", public_url=here, clock=clock)
    app = web.Application()
    app.add_routes(room.routes())
    bot = TestServer(app, host="127.0.0.1", port=port)
    await bot.start_server(access_log=None)
    try:
        yield Line(sandbox, room, desk, board)
    finally:
        await twilio.close()
        await bot.close()
        await room.stop()


async def test_a_key_acknowledges_and_is_confirmed_after_the_commit(line: Line) -> None:
    """Rings, is answered, says what waits, takes 4, says so, hangs up; its later end is one more event."""
    line.desk.answers["key_pressed"] = Answer(said="Thank you. It is yours.")
    line.desk.then = lambda event: line.board.waiting.clear() if event.kind == "key_pressed" else None

    await line.ring()
    assert line.call.status == "ringing"
    await line.answer()
    await line.press("4")

    assert line.heard() == [spoken.menu("Lee Lead", (ticket(),)), "Thank you. It is yours."]
    assert [(event.kind, event.actor.person) for event in line.desk.events] == [
        ("call_answered", "lee"),
        ("key_pressed", "lee"),
        ("call_ended", "lee"),
    ]
    assert (line.call.status, line.troubles()) == ("completed", [])


async def test_five_passes_on(line: Line) -> None:
    await line.ring()
    await line.answer()
    await line.press("5")

    assert line.heard()[-1] == spoken.passed()
    assert line.desk.events[1].digit == "5"


async def test_stars_and_wrong_keys_hear_the_menu_again(line: Line) -> None:
    await line.ring()
    await line.answer()
    for digit in "*7#4":
        await line.press(digit)

    menu = spoken.menu("Lee Lead", (ticket(),))
    sorry = f"{spoken.unknown_key()} {menu}"
    assert line.heard() == [menu, menu, sorry, sorry, spoken.taken()]
    assert line.desk.kinds() == ["call_answered", "key_pressed", "call_ended"]


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [("ring", "no_answer"), ("busy", "busy"), ("fail", "failed"), ("unreachable", "no_answer")],
)
async def test_a_telephone_that_is_not_answered_ends_the_call(
    line: Line, behaviour: str, outcome: str
) -> None:
    line.exchange.behaviour[LEE] = behaviour

    await line.ring()
    await line.wait(25)

    assert [(event.kind, event.outcome) for event in line.desk.events] == [("call_ended", outcome)]
    assert line.troubles() == []


async def test_a_voicemail_confirms_nothing(line: Line) -> None:
    """Picked up after 20 seconds, listens, presses nothing: the ladder goes on within half a minute."""
    line.exchange.behaviour[LEE] = "voicemail"

    await line.ring()
    await line.wait(45)

    assert [event.kind for event in line.desk.events] == ["call_answered", "call_ended"]
    assert line.desk.events[1].outcome == "unconfirmed"
    assert line.heard()[-1] == spoken.voicemail()


async def test_an_acknowledgement_elsewhere_stops_the_ringing(line: Line) -> None:
    await line.ring()
    line.board.waiting.clear()

    await line.room.sender.send(job(HANG_UP))
    await line.settle()

    assert line.call.status == "canceled"
    assert [event.outcome for event in line.desk.events] == ["canceled"]


async def test_an_acknowledgement_elsewhere_is_told_to_whoever_is_listening(line: Line) -> None:
    await line.ring()
    await line.answer()
    line.board.waiting.clear()
    line.board.ticket_ = ticket(acknowledged_by="bo")

    await line.room.sender.send(job(HANG_UP))
    await line.settle()

    assert line.heard()[-1] == spoken.nothing("Bo Backup has taken it.")
    assert (line.call.status, line.troubles()) == ("completed", [])


async def test_whoever_answers_too_late_hears_that_it_is_taken(line: Line) -> None:
    await line.ring()
    line.board.waiting.clear()
    line.board.ticket_ = ticket(acknowledged_by="bo")
    await line.answer()

    assert line.heard() == [spoken.nothing("Bo Backup has taken it.")]


async def test_a_call_whose_creation_was_not_answered_is_found_and_still_takes_keys(line: Line) -> None:
    """Accepted, then a 500: it rings all the same, once."""
    line.sandbox.faults.add(Fault(service="twilio", method="calls.create", mode="500-after"))

    with pytest.raises(Unknown):
        await line.room.sender.send(job(first_at=line.sandbox.clock.now()))
    line.board.calls["12-1"] = call_info("", state="unknown")
    await line.settle()
    found = await line.room.sender.look_up(job(first_at=line.sandbox.clock.now()))
    await line.answer()
    await line.press("4")

    assert found is not None
    assert found.external_id == line.call.sid
    assert len(line.exchange.calls) == 1
    assert line.heard()[-1] == spoken.taken()


@pytest.mark.parametrize("mode", ["duplicate-delivery", "reorder"])
async def test_callbacks_twice_or_out_of_order_tell_the_same_story(line: Line, mode: str) -> None:
    line.sandbox.faults.add(Fault(service="twilio", method="call.status", mode=mode, times=3))

    await line.ring()
    await line.answer()
    line.exchange.end(line.call, "completed", "person")
    await line.wait(10)

    assert line.desk.kinds() == ["call_answered", "call_ended"]


async def test_a_database_that_is_away_for_a_moment_costs_no_second_press(line: Line) -> None:
    await line.ring()
    await line.answer()
    line.desk.fails = 1
    await line.press("4")
    await line.wait(5)

    assert line.heard()[1:] == [spoken.wait(), spoken.taken()]
    assert [event.digit for event in line.desk.events if event.kind == "key_pressed"] == ["4"]


async def test_a_message_arrives(line: Line) -> None:
    await line.room.sender.send(job(Sms(person="lee", number=LEE, text="SUP-12 waits for you.")))
    await line.wait(2)

    assert [(text["to"], text["body"], text["status"]) for text in line.sandbox.phone.state()["sms"]] == [
        (LEE, "SUP-12 waits for you.", "delivered")
    ]


async def test_without_a_public_address_the_call_speaks_and_its_end_is_asked_for() -> None:
    async with connected(public=False) as line:
        await line.ring()
        await line.answer()
        await line.room.poller.round()

        assert line.heard() == [spoken.without_keys("Lee Lead", (ticket(),))]
        assert [(event.kind, event.outcome) for event in line.desk.events] == [("call_ended", "unconfirmed")]
        assert CALL.token == line.desk.events[0].token
