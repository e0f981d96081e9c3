"""Lets timed things happen by themselves: whenever something is due by the sandbox's clock, and not before."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sandbox.clock import Clock


class Ticker:
    """Calls `fire` each time `next_event` has come; wakes when the clock is moved or when `kick`ed."""

    def __init__(
        self, clock: Clock, next_event: Callable[[], datetime | None], fire: Callable[[], None]
    ) -> None:
        self._clock, self._next_event, self._fire = clock, next_event, fire
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        clock.listeners.append(self.kick)

    def start(self) -> None:
        """Begin (needs a running loop)."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def kick(self) -> None:
        """Look again: something was added, or the clock was moved."""
        self._woken.set()

    def due(self) -> bool:
        """Whether something has come that is not done yet."""
        first = self._next_event()
        return first is not None and first <= self._clock.now()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            if self.due():
                self._fire()
                await asyncio.sleep(0)
                continue
            try:
                await asyncio.wait_for(self._woken.wait(), self._patience())
            except TimeoutError:
                continue

    def _patience(self) -> float | None:
        first = self._next_event()
        if first is None or self._clock.rate == 0:
            return None
        return max(0.0, (first - self._clock.now()).total_seconds() / self._clock.rate)
