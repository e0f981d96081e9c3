"""Watches from a thread of its own that the process still moves, and ends one that does not: its supervisor starts it again.

A blocked loop cannot see that it is blocked. Time is counted in the thread's own ticks: while the process is stopped or
the machine sleeps the thread does not tick either, so that waking up is no alarm.
"""

import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from bot.storage.engine import Database, T, Work

log = structlog.get_logger(__name__)
STUCK = 5
"""Exit code of a process that was stuck and could not end by itself."""
FRAMES = 15
"""Innermost frames of a stuck thread that are logged."""
LAST_WORDS = 2.0
"""Seconds that a log line has: whatever blocks the process may block its log too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds of ticks without a beat: until the alarm, until a gentle end is asked for, and from there to the hard end."""

    alarm: float = 3.0
    stall: float = 15.0
    grace: float = 45.0
    tick: float = 0.5


class Watchdog(threading.Thread):
    """Each part of the process beats; one that has beaten once is missed when it stops. Runs inside `with`."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._limits = limits or Limits()
        self._missed: dict[str, int] = {}
        self._alarmed: set[str] = set()
        self._leaving: int | None = None
        self._over = threading.Event()
        self.on_stall: Callable[[], object] = lambda: None
        """Asks for a gentle end; called once, on the watchdog's thread."""

    def __enter__(self) -> Self:
        """Begin to watch."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The end was reached."""
        self._over.set()

    def beat(self, part: str) -> None:
        """This part moves. From any thread."""
        self._missed[part] = 0

    def leave(self) -> None:
        """The end has begun: from now on it is the end that must come in time."""
        if self._leaving is None:
            self._leaving = 0

    def run(self) -> None:
        """See Thread.run."""
        while not self._over.wait(self._limits.tick):
            self._look()

    def _look(self) -> None:
        if self._leaving is not None:
            self._leaving += 1
            if self._leaving * self._limits.tick >= self._limits.grace:
                self._end()
            return
        for part, missed in list(self._missed.items()):
            self._missed[part] = missed + 1
            self._judge(part, (missed + 1) * self._limits.tick)

    def _judge(self, part: str, seconds: float) -> None:
        if seconds < self._limits.alarm:
            if part in self._alarmed:
                self._alarmed.discard(part)
                _say("a part that stood still moves again", part=part)
        elif part not in self._alarmed:
            self._alarmed.add(part)
            _say("a part stands still", part=part, seconds=seconds, stacks=stacks())
        if seconds >= self._limits.stall:
            _say("a part stands still for good: the process is asked to end", part=part, seconds=seconds)
            self.leave()
            self.on_stall()

    def _end(self) -> None:
        _say("the process is stuck and could not end by itself", exit_code=STUCK, stacks=stacks())
        os._exit(STUCK)


class Watched:
    """A database of whose every answer somebody hears: a transaction that never ends is silence."""

    def __init__(self, database: Database, heard: Callable[[], None]) -> None:
        self._database, self._heard = database, heard
        self.dialect = database.dialect

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        try:
            return await self._database.write(work)
        finally:
            self._heard()

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await self._database.read(work)

    async def close(self) -> None:
        """See Database.close."""
        await self._database.close()


def stacks() -> dict[str, list[str]]:
    """Where our own threads stand, innermost last: files, lines and functions, and no value of anything."""
    frames = sys._current_frames()  # noqa: SLF001 -- the documented way to another thread's stack
    found = {}
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        if frame is not None and (thread.name == "MainThread" or thread.name.startswith("frontdoor-")):
            summary = traceback.StackSummary.extract(
                traceback.walk_stack(frame), limit=FRAMES, lookup_lines=False
            )
            found[thread.name] = [f"{at.filename}:{at.lineno} {at.name}" for at in reversed(summary)]
    return found


def _say(event: str, **words: object) -> None:
    """Log it if that is possible in a moment."""
    line = threading.Thread(target=log.error, args=(event,), kwargs=words, daemon=True)
    line.start()
    line.join(LAST_WORDS)
