"""What a person does with a telephone: answer, press a key, hang up; and how it behaves when left alone."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.cast import person_at
from sandbox.control.posted import Refused, Timed, posted, wanted
from sandbox.phone import Phone
from sandbox.phone.calls import Call, for_page
from sandbox.phone.exchange import BEHAVIOURS, NoSuchCall
from sandbox.wire import WireLog

KEYS = "0123456789*#"
LISTENS_FOR = 5.0
"""Machine seconds a person waits to hear the words before pressing a key."""


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    phone: Phone
    wire: WireLog


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/phone/... and /_control/calls."""
    hand = Hand(sandbox)
    for name, work in {
        "answer": hand.answer,
        "press": hand.press,
        "hangup": hand.hang_up,
        "busy": hand.busy,
        "voicemail": hand.voicemail,
        "behaviour": hand.behave,
    }.items():
        app.router.add_post(f"/_control/phone/{name}", posted(sandbox, work))

    async def listed(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "calls": sandbox.phone.state()["calls"]})

    app.router.add_get("/_control/calls", listed)


class Hand:
    """The hand at the telephone; every act is written into the wire log as that of its person."""

    def __init__(self, sandbox: World) -> None:
        self._phone, self._wire = sandbox.phone, sandbox.wire

    async def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number}: pick up the ringing telephone."""
        number = wanted(given, "number")
        return self._did("answer", number, "answers", lambda: self._phone.exchange.pick_up(number))

    async def voicemail(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number}: the voicemail picks up."""
        number = wanted(given, "number")
        act = lambda: self._phone.exchange.pick_up(number, machine=True)  # noqa: E731 - one act, one line
        return self._did("voicemail", number, "lets the voicemail answer", act)

    async def press(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number, digit}: press a key once the words were heard; `heard` says whether anything listened."""
        number, digit = wanted(given, "number"), str(given.get("digit", ""))
        if len(digit) != 1 or digit not in KEYS:
            raise Refused(f"digit is one of {KEYS}")
        await self._listen(number)
        heard: list[bool] = []

        def act() -> Call:
            call = self._phone.exchange.at(number, "in-progress")
            heard.append(self._phone.exchange.talk.key(call, digit))
            return call

        return self._did("press", number, f"presses {digit}", act) | {"heard": heard[0]}

    async def hang_up(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number}: end the call; while it still rings, decline it (busy)."""
        number = wanted(given, "number")

        def act() -> Call:
            call = self._phone.exchange.at(number, "in-progress", "ringing")
            self._phone.exchange.end(call, "busy" if call.status == "ringing" else "completed", "person")
            return call

        return self._did("hangup", number, "hangs up", act)

    async def busy(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number}: decline the ringing call."""
        number = wanted(given, "number")

        def act() -> Call:
            call = self._phone.exchange.at(number, "ringing")
            self._phone.exchange.end(call, "busy", "person", "486")
            return call

        return self._did("busy", number, "declines", act)

    async def behave(self, given: dict[str, Any]) -> dict[str, Any]:
        """{number, mode}: what the telephone does by itself from its next ring on."""
        number, mode = wanted(given, "number"), given.get("mode")
        if mode not in BEHAVIOURS:
            raise Refused(f"mode is one of {', '.join(BEHAVIOURS)}")
        self._phone.exchange.behaviour[number] = mode
        self._record("behaviour", number, f"from now on: {mode}")
        return {}

    async def _listen(self, number: str) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + LISTENS_FOR
        while loop.time() < until and self._awaits_words(number):  # noqa: ASYNC110 - a person just waits
            await asyncio.sleep(0.005)

    def _awaits_words(self, number: str) -> bool:
        try:
            return self._phone.exchange.at(number, "in-progress").asking != 0
        except NoSuchCall:
            return False

    def _did(self, name: str, number: str, words: str, act: Callable[[], Call]) -> dict[str, Any]:
        try:
            call = act()
        except NoSuchCall as none:
            raise Refused(str(none)) from none
        self._record(name, number, words)
        return {"call": for_page(call)}

    def _record(self, name: str, number: str, words: str) -> None:
        person = person_at(number)
        who = person.name if person else number
        self._wire.record("twilio", "person", f"phone.{name}", f"{who} {words}", request={"number": number})
