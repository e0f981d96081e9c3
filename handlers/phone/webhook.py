"""Answers Twilio: what to say when somebody picks up, what a key did, and how calls ended."""

import asyncio
import logging
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from bot.board import Board, CallInfo
from bot.clock import Clock
from bot.desk import Desk, NotStored
from multidict import MultiDict

from bot.roster import Office
from handlers.phone import twiml
from handlers.phone.client import ENDED
from handlers.phone.errors import trouble
from handlers.phone.reports import Reports
from handlers.phone.sender import address, taken_by
from handlers.phone.signature import Gate
from policies import spoken
from policies.events import Actor, KeyPressed

PATIENCE = 8
"""Seconds that storing a key may take before the caller is asked to wait; Twilio waits 15 for us."""
PAUSE = 5
"""Seconds the caller waits before we try to store the key again."""
TRIES = 3
"""How often that is done, before the caller is told that it did not work."""
MENUS = 6
"""How often one call hears the menu: stars and wrong keys, too."""
SILENCES = 2
"""How often the menu is said into silence, which is how a voicemail sounds."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a call is: the number of its menu, silences so far, tries to store, and the key that waits to be stored."""

    menu: int = 1
    silences: int = 0
    tries: int = 0
    digit: str = ""

    @classmethod
    def of(cls, request: web.Request, fields: MultiDict[str]) -> "Step":
        """From the address, which Twilio signed and we wrote; a key in the form is newer than none in the address."""
        query = request.query
        return cls(
            menu=_number(query.get("n", "")) or 1,
            silences=_number(query.get("silent", "")),
            tries=_number(query.get("try", "")),
            digit=query.get("digit", "") or fields.get("Digits", ""),
        )

    def address(self, base: str) -> str:
        """The address that leads to this step."""
        query = {"n": self.menu, "silent": self.silences, "try": self.tries, "digit": self.digit}
        return f"{base}?{urlencode({name: value for name, value in query.items() if value})}"


class Webhook:
    """The routes for Twilio. Every one checks the signature first, and answers only after the transaction."""

    def __init__(
        self,
        gate: Gate,
        desk: Desk,
        board: Board,
        *,
        office: Office,
        clock: Clock,
        reports: Reports,
        public_url: str,
    ) -> None:
        self._gate, self._desk, self._board, self._office = gate, desk, board, office
        self._clock, self._reports, self._public_url = clock, reports, public_url.rstrip("/")

    def routes(self) -> list[web.RouteDef]:
        """Where Twilio asks; the tokens are those of our calls."""
        return [
            web.post("/phone/answer/{token}", self.answer),
            web.post("/phone/key/{token}", self.key),
            web.post("/phone/status/{token}", self.status),
        ]

    async def answer(self, request: web.Request) -> web.Response:
        """Somebody picked up: what waits for this person, or that nothing does any more."""
        fields, token = await self._gate.form(request), request.match_info["token"]
        if code := _number(fields.get("ErrorCode", "")):
            log.error("telephone configuration: code %s: %s", code, trouble(code).words)
        info = await self._board.call(token)
        if info is None:
            return _say(spoken.nothing())
        try:
            await self._reports.picked_up(self._reports.line(fields["CallSid"], token), info)
        except NotStored as error:
            # Only lengthens the guard; the callback that follows says it again, and the person must not wait for it.
            log.warning("that call %s was picked up is not stored: %s", fields["CallSid"], error)
        return await self._menu(info, token, Step())

    async def key(self, request: web.Request) -> web.Response:
        """A key, or the silence after the menu."""
        fields, token = await self._gate.form(request), request.match_info["token"]
        info, step = await self._board.call(token), Step.of(request, fields)
        if info is None:
            return _say(spoken.nothing())
        if step.digit in ("4", "5"):
            return await self._pressed(fields["CallSid"], token, info, step)
        if not step.digit and step.silences + 1 >= SILENCES:
            return _say(spoken.voicemail())
        if step.menu >= MENUS:
            return _say(spoken.voicemail())
        further = Step(menu=step.menu + 1, silences=step.silences + (not step.digit))
        sorry = step.digit not in ("", "*")
        return await self._menu(info, token, further, before=spoken.unknown_key() if sorry else "")

    async def status(self, request: web.Request) -> web.Response:
        """A call went on or ended. Old news is dropped; what could not be stored the poller asks for."""
        fields, token = await self._gate.form(request), request.match_info["token"]
        line = self._reports.line(fields["CallSid"], token)
        sequence, status = _number(fields.get("SequenceNumber", "")), fields.get("CallStatus", "")
        if not line.takes(sequence):
            return web.Response(status=204)
        try:
            if status in ENDED:
                await self._reports.ended(line, status, fields.get("SipResponseCode", ""))
            elif status == "in-progress" and (info := await self._board.call(token)) is not None:
                await self._reports.picked_up(line, info)
        except NotStored as error:
            line.doubtful = True
            log.warning("the state of call %s is not stored: %s", line.sid, error)
            return web.Response(status=503)
        line.sequence = sequence
        return web.Response(status=204)

    async def _menu(self, info: CallInfo, token: str, step: Step, *, before: str = "") -> web.Response:
        tickets = await self._board.waiting_for(info.person)
        if not tickets:
            return _say(spoken.nothing(await taken_by(self._board, self._office, token)))
        words = spoken.menu(self._office.roster.names([info.person]), tickets)
        action = step.address(address(self._public_url, "key", token))
        return _xml(twiml.menu(f"{before} {words}", action))

    async def _pressed(self, sid: str, token: str, info: CallInfo, step: Step) -> web.Response:
        line = self._reports.line(sid, token)
        line.pressed = True
        event = KeyPressed(
            key=f"key:{sid}:{step.menu}",
            at=self._clock.now(),
            actor=Actor(person=info.person, via="phone"),
            token=token,
            digit="4" if step.digit == "4" else "5",
        )
        try:
            async with asyncio.timeout(PATIENCE):
                outcome = await self._desk.handle(event)
        except (NotStored, TimeoutError) as error:
            log.warning("a key on call %s is not stored: %s", sid, error)
            return self._again(token, step)
        if not outcome.accepted:
            return _say(spoken.refused(outcome.said))
        return _say(spoken.acknowledged(outcome.said) if step.digit == "4" else spoken.passed())

    def _again(self, token: str, step: Step) -> web.Response:
        if step.tries >= TRIES:
            return _say(spoken.not_recorded())
        further = Step(step.menu, step.silences, step.tries + 1, step.digit)
        return _xml(
            twiml.wait(spoken.wait(), PAUSE, further.address(address(self._public_url, "key", token)))
        )


def _say(words: str) -> web.Response:
    return _xml(twiml.farewell(words))


def _xml(document: str) -> web.Response:
    return web.Response(text=document, content_type="application/xml")


def _number(text: str) -> int:
    """A small whole number, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
