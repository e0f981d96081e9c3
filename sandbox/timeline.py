"""Moves the sandbox's time: settles everything, goes to the nearest moment at which something happens, and again."""

import asyncio
from datetime import datetime
from typing import Protocol

from sandbox.clock import Clock
from sandbox.clocklink import ClockLink
from sandbox.phone import Phone
from sandbox.wire import WireLog

BOUND = 60.0
"""Machine seconds that settling may take, at one moment of the sandbox's time."""
READS = frozenset({"calls.fetch"})
"""Asking again how a call stands is no happening: who asks at every settle would never be done."""
GLANCE = 0.003
"""Machine seconds between two looks at what is under way."""


class Busy(Protocol):
    """A part of the sandbox that can say what it still has under way, and what will happen by itself."""

    def busy(self) -> list[str]:
        """What is under way, in words; empty when nothing is."""
        ...

    def next_event(self) -> datetime | None:
        """When its next timed thing happens, in sandbox time."""
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
        super().__init__("not idle in time: " + "; ".join(busy or ["something happens again and again"]))
        self.busy = busy


class Timeline:
    """Settling and advancing; one at a time, each moment within `bound` machine seconds."""

    def __init__(self, sandbox: World, bound: float = BOUND) -> None:
        self._world = sandbox
        self._bound = bound
        self._one_at_a_time = asyncio.Lock()
        self._overdue: list[str] = []

    async def settle(self) -> None:
        """Wait until nothing is under way anywhere; raises NotIdle after the bound."""
        async with self._one_at_a_time:
            await self._bounded()

    async def advance(self, target: datetime) -> None:
        """Stand still, go to `target` by way of every moment something is due, then run as before.

        At each stop the clock shows exactly the moment that was due, and everything settles before it moves on.
        Raises NotIdle when one moment takes longer than the bound; the clock then stays where it came to.
        """
        async with self._one_at_a_time:
            clock = self._world.clock
            rate = clock.rate
            if rate:
                clock.set_rate(0)
            try:
                await self._go(target)
            finally:
                if rate:
                    clock.set_rate(rate)

    async def set_rate(self, rate: int) -> None:
        """Run (1) or stand still (0) once no advance is under way."""
        async with self._one_at_a_time:
            self._world.clock.set_rate(rate)

    async def _go(self, target: datetime) -> None:
        clock = self._world.clock
        while True:
            dues = await self._bounded()
            if clock.now() >= target:
                return
            ours = (self._world.phone.next_event(), self._world.slack.next_event())
            clock.advance_to(min([target, *dues, *(moment for moment in ours if moment is not None)]))

    async def _quiet(self) -> list[datetime]:
        """Settle until a whole round saw nothing happen; the moments at which linked bots have something due."""
        wire = self._world.wire
        while True:
            while self._busy():  # noqa: ASYNC110 - each part only says what it has in hand when asked
                await asyncio.sleep(GLANCE)
            await asyncio.sleep(0)  # what was only just sent off is under way from its first step on
            before = len(wire.entries)
            dues = await self._world.clocklink.settle()
            await asyncio.sleep(0)
            now = self._world.clock.now()
            self._overdue = [f"a bot is idle, but something is due since {due}" for due in dues if due <= now]
            if self._overdue:
                await asyncio.sleep(GLANCE)
            elif not self._busy() and all(entry.kind in READS for entry in wire.entries[before:]):
                return dues

    def _busy(self) -> list[str]:
        return self._world.slack.busy() + self._world.phone.busy()

    async def _bounded(self) -> list[datetime]:
        try:
            async with asyncio.timeout(self._bound):
                return await self._quiet()
        except TimeoutError as error:
            raise NotIdle(self._busy() + self._world.clocklink.waiting_for() + self._overdue) from error
