"""Carries out calls, hang-ups and text messages at Twilio; once each, never again by itself."""

import asyncio
import logging
from datetime import timedelta
from urllib.parse import quote

from bot.board import Board
from bot.in_force import InForce
from bot.ports import Job, NotSent, Sent, TooEarly, Unknown
from bot.roster import Office
from bot.storage.engine import StoreFailed
from handlers.phone import twiml
from handlers.phone.client import PATIENCE, Account, Record
from handlers.phone.errors import BACK_OFF, BAD_CALLBACK, NOT_IN_PROGRESS, trouble
from handlers.phone.lines import MENUS, Lines, key_of
from policies.effects import Call, HangUp, Sms
from policies.words import internal as wording
from policies.words import spoken

EVENTS = ("initiated", "ringing", "answered", "completed")
TIME_LIMIT = timedelta(seconds=150)
"""A call is cut after this: below the guard of the terms (3 minutes), so that none outlives what we assume of it."""
SKEW = timedelta(seconds=60)
"""How far before the first attempt a reading begins: Twilio dates by whole seconds, by a clock of its own."""
RINGING = frozenset({"queued", "initiated", "ringing"})
LONGEST_TEXT = 1600
"""Twilio's limit on the body of a message (characters)."""
PLACED = frozenset({"sending", "unknown"})
"""States of a call effect whose sid may still become known."""

log = logging.getLogger(__name__)


class PhoneSender:
    """Implements bot.ports.Sender. Without a `public_url` a call only speaks: no keys, no callbacks."""

    kinds = frozenset({"call", "hang_up", "sms"})

    def __init__(
        self, account: Account, board: Board, in_force: InForce, lines: Lines, public_url: str
    ) -> None:
        self._account, self._board, self._in_force, self._lines = account, board, in_force, lines
        self._public_url = public_url.rstrip("/")

    async def send(self, job: Job) -> Sent:
        """Place, end or text. Raises NotSent or Unknown, and TooEarly for a call whose sid is not known yet."""
        effect = job.effect
        try:
            async with asyncio.timeout(PATIENCE):
                match effect:
                    case Call():
                        return await self._call(effect, job)
                    case HangUp():
                        return await self._hang_up(effect)
                    case Sms():
                        return Sent(external_id=await self._text(effect))
        except StoreFailed as error:
            # Our own reading comes before anything is asked of Twilio.
            raise NotSent("our own database cannot be read", retry_after=BACK_OFF) from error
        except TimeoutError as error:
            raise Unknown(f"the telephone service did not answer within {PATIENCE} seconds") from error
        raise NotSent(f"{effect.kind} is nothing a telephone can do")

    async def look_up(self, job: Job) -> Sent | None:
        """The call or message that Twilio has of this effect; hanging up is simply done again."""
        effect = job.effect
        try:
            if isinstance(effect, Call):
                return await self._find_call(effect, job)
            if isinstance(effect, Sms):
                texts = await self._account.texts_to(effect.number, job.first_at - SKEW)
                found = next((text for text in texts if text.body == _body(effect)), None)
                return Sent(external_id=found.sid) if found else None
        except StoreFailed as error:
            raise Unknown("our own database cannot be read") from error
        except NotSent as error:
            raise Unknown(error.reason, retry_after=error.retry_after or 0.0) from error
        return None

    async def _call(self, effect: Call, job: Job) -> Sent:
        if effect.number == self._account.number:
            raise NotSent("the number is our own")
        sid = await self._place(effect)
        self._lines.learn(sid, effect.token, job.first_at, effect.ring)
        return Sent(external_id=sid)

    async def _place(self, effect: Call) -> str:
        common: dict[str, object] = {
            "timeout": int(effect.ring.total_seconds()),
            "time_limit": int(TIME_LIMIT.total_seconds()),
        }
        if not self._public_url:
            return await self._account.place(effect.number, twiml=await self._announcement(effect), **common)
        answer = address(self._public_url, "answer", effect.token)
        common |= {
            "url": answer,
            "method": "POST",
            "fallback_url": f"{answer}?again=1",
            "fallback_method": "POST",
        }
        callback: dict[str, object] = {
            "status_callback": address(self._public_url, "status", effect.token),
            "status_callback_method": "POST",
            "status_callback_event": list(EVENTS),
        }
        try:
            return await self._account.place(effect.number, **common, **callback)
        except NotSent as error:
            if error.reason != trouble(BAD_CALLBACK).words:
                raise
        # Surely not placed; without callbacks it rings, and its end is found by asking.
        return await self._account.place(effect.number, **common)

    async def _announcement(self, effect: Call) -> str:
        if effect.says:
            return twiml.farewell(effect.says)
        person = self._in_force.office.roster.by_key.get(effect.person)
        tickets = await self._board.waiting_for(effect.person)
        return twiml.farewell(spoken.without_keys(person.name if person else effect.person, tickets))

    async def _find_call(self, effect: Call, job: Job) -> Sent | None:
        """The call of this token: told by a callback, else the one to this number that is no other token's.

        After a second attempt there may be two: those that still ring beside it are hung up.
        """
        known = self._lines.by_token(effect.token)
        if known is not None and job.attempt == 1:
            return Sent(external_id=known.sid)
        others = await self._board.others_on(effect.number, effect.token)
        taken = {call.sid for call in others}
        ours = [
            call
            for call in await self._account.calls_to(effect.number, job.first_at - SKEW)
            if call.sid not in taken and self._lines.token_of(call.sid) in {"", effect.token}
        ]
        if known is None and not ours:
            return None
        kept = (
            known.sid
            if known is not None
            else max(ours, key=lambda call: (not call.over, call.created_at)).sid
        )
        if not any(call.state in PLACED for call in others):
            await self._end_doubles([call for call in ours if call.sid != kept])
        self._lines.learn(kept, effect.token, job.first_at, effect.ring)
        return Sent(external_id=kept)

    async def _end_doubles(self, calls: list[Record]) -> None:
        """Nobody is to be rung twice for one attempt that landed late; whoever has picked up goes on talking."""
        for call in calls:
            if call.status not in RINGING:
                continue
            try:
                await self._account.change(call.sid, status="canceled")
            except NotSent as error:
                if error.reason != trouble(NOT_IN_PROGRESS).words:
                    raise
            log.warning("call %s landed late and was hung up: another one rings already", call.sid)

    async def _hang_up(self, effect: HangUp) -> Sent:
        info = await self._board.call(effect.token)
        known = self._lines.by_token(effect.token)
        sid = known.sid if known is not None else info.sid if info is not None else ""
        if not sid:
            if info is not None and info.state in PLACED:
                raise TooEarly
            return Sent()
        call = await self._account.call(sid)
        try:
            if call.status == "in-progress":
                await self._tell_taken(effect, sid)
            elif not call.over:
                await self._account.change(sid, status="canceled")
        except NotSent as error:
            if error.reason != trouble(NOT_IN_PROGRESS).words:
                raise
        return Sent(external_id=sid)

    async def _tell_taken(self, effect: HangUp, sid: str) -> None:
        """Somebody is listening: they hear that it is taken and by whom.

        Not when a key of theirs is being answered, here or at another replica, nor while other requests wait for the same
        person: the call speaks for those.
        """
        line = self._lines.by_token(effect.token)
        info = await self._board.call(effect.token)
        others = await self._board.waiting_for(info.person) if info is not None else ()
        keys = [key_of(sid, menu + 1) for menu in range(MENUS)]
        pressed = (line is not None and line.pressed) or await self._board.any_known(keys)
        if not others and not pressed:
            words = spoken.nothing(await taken_by(self._board, self._in_force.office, effect.token))
            await self._account.change(sid, twiml=twiml.farewell(words))

    async def _text(self, effect: Sms) -> str:
        if effect.number == self._account.number:
            raise NotSent("the number is our own")
        return await self._account.text(effect.number, _body(effect))


def address(public_url: str, what: str, token: str) -> str:
    """The address of ours that Twilio asks for `what` (answer, status, key) of the call with this token."""
    return f"{public_url}/phone/{what}/{quote(token, safe='')}"


async def taken_by(board: Board, office: Office, token: str) -> str:
    """Who has the request that this call was about, as a sentence; empty when nobody has."""
    info = await board.call(token)
    ticket = await board.ticket(info.ticket) if info is not None and info.ticket is not None else None
    key = (ticket.acknowledged_by or ticket.owner) if ticket is not None else ""
    return wording.claimed(office.roster.names([key])) if key else ""


def _body(effect: Sms) -> str:
    return effect.text[:LONGEST_TEXT]
