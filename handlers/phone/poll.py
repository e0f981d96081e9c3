"""Asks Twilio how calls stand: the only way without a public address, and the safety net where callbacks fail."""

import asyncio
import logging
from datetime import timedelta

from bot.board import Board
from bot.clock import Clock
from bot.desk import NotStored
from bot.ports import NotSent, Unknown
from bot.storage.engine import StoreFailed
from handlers.phone.client import Account
from handlers.phone.lines import Line, Lines
from handlers.phone.reports import RING, Reports

EVERY = 3.0
"""Machine seconds between two rounds."""
GRACE = timedelta(seconds=60)
"""How long after its ringing a call may stay silent before we ask, where callbacks should tell us."""
FORGET = timedelta(minutes=15)
"""A call of which Twilio gives no end by then is let go: the clock of its ticket has long taken over."""

log = logging.getLogger(__name__)


class Poller:
    """One round asks for every call that is live and old enough. `grace` is zero where no callbacks come."""

    def __init__(
        self, account: Account, board: Board, clock: Clock, reports: Reports, lines: Lines, *, callbacks: bool
    ) -> None:
        self._account, self._board, self._clock = account, board, clock
        self._reports, self._lines, self._callbacks = reports, lines, callbacks

    async def recall(self) -> None:
        """Take up the calls that were live when an earlier process ended."""
        for ticket in await self._board.open_tickets():
            token = ticket.ladder.token if ticket.ladder is not None else ""
            info = await self._board.call(token) if token else None
            if info is not None and info.sid:
                # What was said while nobody listened is asked for at once; one that still rings goes on ringing.
                self._lines.learn(info.sid, token, self._clock.now(), RING).doubtful = True

    async def run(self) -> None:
        """Rounds until cancelled, the first at once; whatever fails is tried again in the next."""
        while True:
            try:
                await self.round()
            except Exception:
                # A loop that dies is silent for ever; one that complains every round is heard.
                log.exception("asking how calls stand broke")
            await asyncio.sleep(EVERY)

    async def round(self) -> bool:
        """Ask once for every call that is due to be asked for; True when one of them was answered or ended since."""
        news = False
        for line in self._lines.live():
            if self._due(line):
                before = (line.answered, line.over)
                try:
                    await self._ask(line)
                except (NotSent, Unknown, NotStored, StoreFailed) as error:
                    log.warning("the state of call %s is not known or not stored: %s", line.sid, error)
                news = news or (line.answered, line.over) != before
        return news

    def _due(self, line: Line) -> bool:
        age = self._clock.now() - line.since
        if age > FORGET:
            line.over = True
            return False
        return line.doubtful or not self._callbacks or age >= line.ring + GRACE

    async def _ask(self, line: Line) -> None:
        call = await self._account.call(line.sid)
        if call.over:
            await self._reports.ended(line, call.status)
        elif call.status == "in-progress":
            info = await self._board.call(line.token)
            if info is not None:
                await self._reports.picked_up(line, info)
        elif self._clock.now() - line.since >= line.ring + GRACE:
            # Twilio queues calls for up to a day; one that late would ring somebody about something long decided.
            await self._account.change(line.sid, status="canceled")
