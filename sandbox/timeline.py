"""Moves the sandbox's time: settles everything, goes to the nearest moment at which something happens, and again."""

from datetime import datetime
from typing import Protocol

from sandbox.clock import Clock
from sandbox.clocklink import ClockLink
from sandbox.phone import Phone
from sandbox.wire import WireLog


class Busy(Protocol):
    """A part of the sandbox that can say what it still has under way."""

    def busy(self) -> list[str]:
        """What is under way, in words; empty when nothing is."""
        ...


class World(Protocol):
    """What the timeline needs of the sandbox."""

    clock: Clock
    wire: WireLog
    phone: Phone
    clocklink: ClockLink

    @property
    def slack(self) -> Busy:
        """The Slack side."""
        ...


class NotIdle(Exception):
    """The machine-time bound ran out; `busy` says what was not idle."""

    def __init__(self, busy: list[str]) -> None:
        super().__init__("not idle in time: " + "; ".join(busy))
        self.busy = busy


class Timeline:
    """Settling and advancing; one at a time."""

    def __init__(self, sandbox: World) -> None:
        self._world = sandbox

    async def settle(self) -> None:
        """Wait until nothing is under way anywhere; raises NotIdle after 60 s of machine time."""

    async def advance(self, target: datetime) -> None:
        """Go to `target`, stopping at every moment something is due; raises NotIdle after 60 s of machine time."""
