"""The sandbox's own clock: aware UTC, either running with machine time or standing still, moved only forwards."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Wednesday 14:00 in Karachi: inside the development lead's working hours."""


class Clock:
    """Tells sandbox time. `rate` 1 follows the machine, 0 stands still; `advance_to` never goes back.

    `skipped` are the seconds that were jumped over so far: rates per second are measured by the machine's and these.
    """

    def __init__(self, start: datetime = START, rate: int = 1) -> None:
        self._base = start
        self._anchor = time.monotonic()
        self.rate = rate
        self.skipped = 0.0
        self.listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """Sandbox time, aware UTC."""
        return self._base + timedelta(seconds=(time.monotonic() - self._anchor) * self.rate)

    def set_rate(self, rate: int) -> None:
        """Run (1) or stand still (0) from this moment on."""
        self._base, self._anchor, self.rate = self.now(), time.monotonic(), rate
        self._tell()

    def advance_to(self, moment: datetime) -> None:
        """Move to `moment`; an earlier one than now is ignored."""
        now = self.now()
        self.skipped += max((moment - now).total_seconds(), 0.0)
        self._base, self._anchor = max(moment, now), time.monotonic()
        self._tell()

    def reset(self, start: datetime = START) -> None:
        """Go back to the start: only for a fresh world."""
        self._base, self._anchor = start, time.monotonic()
        self._tell()

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()


def machine_now() -> float:
    """Seconds since the epoch of the machine: for signatures, triggers and rate limits, which no demo clock moves."""
    return time.time()


def isoformat(moment: datetime) -> str:
    """The one spelling of a moment on the wire: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
