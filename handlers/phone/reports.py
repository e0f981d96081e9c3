"""What Twilio says of a call, turned into events: each once, whether a callback or our own asking brings it."""

import logging
from datetime import timedelta

from bot.board import Board, CallInfo
from bot.clock import Clock
from bot.desk import Desk
from handlers.phone.lines import Line, Lines
from policies.events import Actor, CallAnswered, CallEnded, CallOutcome

RING = timedelta(seconds=25)
"""ES-3: assumed for a call that an earlier process placed."""

ENDINGS: dict[str, tuple[CallOutcome, str]] = {
    "completed": ("unconfirmed", ""),
    "no-answer": ("no_answer", ""),
    "busy": ("busy", ""),
    "failed": ("failed", "the telephone network could not connect the call"),
    "canceled": ("canceled", ""),
}
"""Twilio's final states: the outcome, and a reason where the outcome alone does not say it.

`completed` only says that something picked up: a person or a voicemail.
"""

UNAVAILABLE = "480"
"""SIP: the telephone is switched off or out of reach; Twilio reports it as failed, it means nobody was there."""

log = logging.getLogger(__name__)


class Reports:
    """Hands what happened to calls through the door. Both methods raise bot.desk.NotStored, with nothing changed."""

    def __init__(self, desk: Desk, board: Board, clock: Clock, lines: Lines) -> None:
        self._desk, self._board, self._clock, self._lines = desk, board, clock, lines

    def line(self, sid: str, token: str) -> Line:
        """What is known of this call, taken up if it is new."""
        return self._lines.learn(sid, token, self._clock.now(), RING)

    async def picked_up(self, line: Line, info: CallInfo) -> None:
        """Somebody or something answered."""
        if line.answered or line.over:
            return
        event = CallAnswered(
            key=f"call:{line.sid}:answered",
            at=self._clock.now(),
            actor=Actor(person=info.person, via="phone"),
            token=line.token,
        )
        await self._desk.handle(event)
        line.answered = True

    async def ended(self, line: Line, status: str, sip: str = "") -> None:
        """The call is over; the door refuses what no longer matters, such as a call whose key was pressed."""
        if line.over:
            return
        info = await self._board.call(line.token)
        if info is None or (info.sid and info.sid != line.sid):
            log.info("call %s ended as %s, and is none that we wait for", line.sid, status)
        else:
            outcome, reason = ending(status, sip)
            event = CallEnded(
                key=f"call:{line.sid}:ended",
                at=self._clock.now(),
                actor=Actor(person=info.person, via="phone"),
                token=line.token,
                outcome=outcome,
                reason=reason,
            )
            await self._desk.handle(event)
        line.over = True


def ending(status: str, sip: str = "") -> tuple[CallOutcome, str]:
    """The outcome of one of Twilio's final states, with a reason in plain words or none."""
    if status == "failed" and sip == UNAVAILABLE:
        return "no_answer", "the telephone is switched off or out of reach"
    return ENDINGS[status]
