"""The database's clock: one time for every replica, however wrong the clock of its machine is."""

from datetime import datetime, timedelta

import structlog

from bot.clock import Clock, SystemClock

log = structlog.get_logger(__name__)
SKEW = 2.0
"""Seconds between the machine and the database from which on somebody should know."""
_STEP = timedelta(seconds=1)


class SharedClock:
    """Tells the database's time, carried on by the machine's steady seconds from one of its words to the next.

    A word was true at some moment between our question and its answer. What we tell is the latest time that all words
    prove, so it is never ahead of the database, and behind it by the shortest of the round trips at most. It goes by
    the database's seconds, never back, and rides out a database that goes back by more than a second, as after a move
    to a server whose clock was wrong. Before the first word there is no time.
    """

    def __init__(self, machine: Clock | None = None) -> None:
        self._machine = machine or SystemClock()
        self._zero: datetime | None = None
        """The database's time at second 0 of the steady clock."""
        self._told: datetime | None = None
        self._skewed = self._ridden_out = False
        self.ahead = 0.0
        """Seconds by which the database's clock was ahead of the machine's at its last word."""

    def heard(self, asked: float, told: datetime, answered: float) -> None:
        """It was `told` in the database at some moment between `asked` and `answered`, both as of `monotonic`."""
        earliest, latest = told - timedelta(seconds=answered), told - timedelta(seconds=asked)
        if self._zero is None or self._zero < earliest:
            self._zero = earliest
        elif latest < self._zero <= latest + _STEP:
            self._zero = latest
        self._judge(told, ridden_out=self._zero > latest + _STEP)

    def now(self) -> datetime:
        """See Clock.now. Raises RuntimeError before the database's first word."""
        if self._zero is None:
            raise RuntimeError("the database has not told the time yet")
        ours = self._zero + timedelta(seconds=self.monotonic())
        self._told = ours if self._told is None else max(ours, self._told)
        return self._told

    def wall(self) -> datetime:
        """The same: replicas judge each other's leases by it."""
        return self.now()

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return self._machine.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        """See Clock.seconds_until."""
        return (moment - self.now()).total_seconds()

    def _judge(self, told: datetime, *, ridden_out: bool) -> None:
        self.ahead = (told - self._machine.wall()).total_seconds()
        skewed = abs(self.ahead) > SKEW
        if skewed and not self._skewed:
            log.warning("this machine's clock is wrong; the database's is what counts", behind=self.ahead)
        if ridden_out and not self._ridden_out:
            log.error("the database's clock went back: time goes on from where it was", told=told)
        self._skewed, self._ridden_out = skewed, ridden_out
