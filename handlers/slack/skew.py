"""How far our clock is from Slack's, by the Date header of whatever Slack answers anyway."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp
import structlog

log = structlog.get_logger(__name__)
TOLERATED = 2.0
"""Seconds that a clock kept by NTP never reaches."""
_RESOLUTION = timedelta(seconds=1)
"""Of the header: the moment lies within the second that it names."""


def skew(date: str, asked: datetime, answered: datetime) -> float | None:
    """Seconds by which our clock is surely ahead of the one that wrote `date` between these moments; negative: behind.

    How long the answer took is no skew. None for a header that is no date.
    """
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return None
    if theirs.tzinfo is None:
        return None
    ahead, behind = asked - (theirs + _RESOLUTION), answered - theirs
    return max(ahead.total_seconds(), 0.0) + min(behind.total_seconds(), 0.0)


class Skew:
    """Listens to a session of aiohttp (`trace`). `wall` is our clock; `tell` hears the seconds of each answer."""

    def __init__(self, wall: Callable[[], datetime], tell: Callable[[float], None]) -> None:
        self._wall, self._tell = wall, tell
        self._apart = False

    def trace(self) -> aiohttp.TraceConfig:
        """For the sessions that talk to Slack."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._asked)
        trace.on_request_end.append(self._answered)
        return trace

    async def _asked(
        self,
        _session: aiohttp.ClientSession,
        context: SimpleNamespace,
        _asked: aiohttp.TraceRequestStartParams,
    ) -> None:
        context.asked = self._wall()

    async def _answered(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        seconds = skew(end.response.headers.get("Date", ""), context.asked, self._wall())
        if seconds is not None:
            self._judge(seconds)

    def _judge(self, seconds: float) -> None:
        """Told each time; said when it begins to matter and when it is over."""
        self._tell(seconds)
        apart = abs(seconds) > TOLERATED
        if apart and not self._apart:
            log.warning(
                "our clock is not Slack's: let this machine keep its time by NTP", ahead=round(seconds, 1)
            )
        elif self._apart and not apart:
            log.info("our clock is Slack's again")
        self._apart = apart
