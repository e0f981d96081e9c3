"""Identifiers as Slack spells them: message timestamps, event ids, view ids, hashes."""

import secrets
from datetime import UTC, datetime, timedelta

from sandbox.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Ids:
    """Gives out identifiers; timestamps follow the sandbox clock and never repeat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def ts(self) -> str:
        """A timestamp "seconds.microseconds", later than every one before, as Slack keeps them unique."""
        moment = (self._clock.now() - EPOCH) // MICROSECOND
        self._last = max(moment, self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def after(self, ts: str) -> None:
        """Give out only later timestamps than this one from now on."""
        self._last = max(self._last, (moment_of(ts) - EPOCH) // MICROSECOND)

    def reset(self) -> None:
        """Begin anew: only with a fresh world."""
        self._last = 0

    def epoch(self) -> int:
        """Sandbox time in whole seconds."""
        return int((self._clock.now() - EPOCH).total_seconds())

    @staticmethod
    def new(prefix: str, length: int = 9) -> str:
        """A random id such as Ev0A1B2C3D4 or V0K3J9D0QX."""
        return prefix + "0" + "".join(secrets.choice(ALPHABET) for _ in range(length))

    @staticmethod
    def short() -> str:
        """What Slack fills in where a block_id or action_id is missing."""
        return "".join(secrets.choice(ALPHABET) for _ in range(5))


def moment_of(ts: str) -> datetime:
    """The moment a timestamp names, aware UTC."""
    seconds, _, micros = ts.partition(".")
    return EPOCH + timedelta(seconds=int(seconds), microseconds=int((micros or "0").ljust(6, "0")[:6]))
