"""Answers Twilio: what to say when somebody picks up, what a key did, and how calls ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDict

from bot.board import Board, CallInfo
from bot.clock import Clock
from bot.desk import Desk, NotStored
from bot.in_force import InForce
from bot.storage.engine import StoreFailed
from handlers.phone import twiml
from handlers.phone.client import ENDED
from handlers.phone.errors import trouble
from handlers.phone.lines import MENUS, key_of
from handlers.phone.reports import Reports
from handlers.phone.sender import address, taken_by
from handlers.phone.signature import Gate
from policies.events import Actor, KeyPressed
from policies.words import spoken

PATIENCE = 8
"""Seconds that an answer may take before the caller is asked to wait; Twilio waits 15 for us."""
PAUSE = 5
"""Seconds the caller waits before we try again."""
TRIES = 3
"""How often that is done, before the caller is told that it did not work."""
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


@dataclass(frozen=True, slots=True)
class Talk:
    """The call that asks: Twilio's sid, and the token it carries."""

    sid: str
    token: str


Work = Callable[[Talk, Step, CallInfo], Awaitable[web.Response]]


class Webhook:
    """The routes for Twilio. Every one checks the signature first, and answers only after the transaction."""

    def __init__(
        self,
        gate: Gate,
        desk: Desk,
        board: Board,
        *,
        in_force: InForce,
        clock: Clock,
        reports: Reports,
        public_url: str,
    ) -> None:
        self._gate, self._desk, self._board, self._in_force = gate, desk, board, in_force
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
        return await self._answered(
            "answer", self._picked_up, Talk(fields["CallSid"], token), Step.of(request, fields)
        )

    async def key(self, request: web.Request) -> web.Response:
        """A key, or the silence after the menu."""
        fields, token = await self._gate.form(request), request.match_info["token"]
        return await self._answered(
            "key", self._key, Talk(fields["CallSid"], token), Step.of(request, fields)
        )

    async def status(self, request: web.Request) -> web.Response:
        """A call went on or ended. Nothing follows an end; what could not be stored the poller asks for."""
        fields, token = await self._gate.form(request), request.match_info["token"]
        line = self._reports.line(fields["CallSid"], token)
        status = fields.get("CallStatus", "")
        try:
            if status in ENDED:
                await self._reports.ended(line, status, fields.get("SipResponseCode", ""))
            elif status == "in-progress" and (info := await self._board.call(token)) is not None:
                await self._reports.picked_up(line, info)
        except (NotStored, StoreFailed) as error:
            line.doubtful = True
            log.warning("the state of call %s is not stored: %s", line.sid, error)
            return web.Response(status=503)
        return web.Response(status=204)

    async def _answered(self, what: str, work: Work, talk: Talk, step: Step) -> web.Response:
        """What `work` says; where the database is away, the caller is asked to wait and presses nothing twice."""
        try:
            async with asyncio.timeout(PATIENCE):
                info = await self._board.call(talk.token)
                return _say(spoken.nothing()) if info is None else await work(talk, step, info)
        except (NotStored, StoreFailed, TimeoutError) as error:
            log.warning("call %s has to wait for our database: %s", talk.sid, error)
        except Exception:
            log.exception("a step failed on call %s, which goes on with fixed words", talk.sid)
            return self._blind(talk, step)
        if step.tries >= TRIES:
            return _say(spoken.not_recorded())
        further = replace(step, tries=step.tries + 1)
        return _xml(
            twiml.wait(spoken.wait(), PAUSE, further.address(address(self._public_url, what, talk.token)))
        )

    def _blind(self, talk: Talk, step: Step) -> web.Response:
        """Words that need nothing but themselves, so that whoever is on the line can press a key all the same."""
        if step.menu >= MENUS:
            return _say(spoken.not_recorded())
        further = Step(menu=step.menu + 1, silences=step.silences)
        return _xml(twiml.menu(spoken.blind(), further.address(address(self._public_url, "key", talk.token))))

    async def _picked_up(self, talk: Talk, _step: Step, info: CallInfo) -> web.Response:
        try:
            await self._reports.picked_up(self._reports.line(talk.sid, talk.token), info)
        except NotStored as error:
            # Only lengthens the guard; the callback that follows says it again, and the person must not wait for it.
            log.warning("that call %s was picked up is not stored: %s", talk.sid, error)
        return _say(info.says) if info.says else await self._menu(talk, Step(), info)

    async def _key(self, talk: Talk, step: Step, info: CallInfo) -> web.Response:
        if step.digit in ("4", "5"):
            return await self._pressed(talk, step, info)
        silences = step.silences + (not step.digit)
        if silences >= SILENCES or step.menu >= MENUS:
            return _say(spoken.voicemail())
        sorry = step.digit not in ("", "*")
        further = Step(menu=step.menu + 1, silences=silences)
        return await self._menu(talk, further, info, before=spoken.unknown_key() if sorry else "")

    async def _menu(self, talk: Talk, step: Step, info: CallInfo, *, before: str = "") -> web.Response:
        tickets = await self._board.waiting_for(info.person)
        if not tickets:
            return _say(spoken.nothing(await taken_by(self._board, self._in_force.office, talk.token)))
        words = spoken.menu(self._in_force.office.roster.names([info.person]), tickets)
        action = step.address(address(self._public_url, "key", talk.token))
        return _xml(twiml.menu(f"{before} {words}", action))

    async def _pressed(self, talk: Talk, step: Step, info: CallInfo) -> web.Response:
        self._reports.line(talk.sid, talk.token).pressed = True
        event = KeyPressed(
            key=key_of(talk.sid, step.menu),
            at=self._clock.now(),
            actor=Actor(person=info.person, via="phone"),
            token=talk.token,
            digit="4" if step.digit == "4" else "5",
        )
        outcome = await self._desk.handle(event)
        if not outcome.accepted:
            return _say(spoken.refused(outcome.said))
        return _say((outcome.said or spoken.taken()) if step.digit == "4" else spoken.passed())


def _say(words: str) -> web.Response:
    return _xml(twiml.farewell(words))


def _xml(document: str) -> web.Response:
    return web.Response(text=document, content_type="application/xml")


def _number(text: str) -> int:
    """A small whole number, 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
