"""The high-water mark of the clock: how late it ever was is kept, so that no start is earlier."""

import asyncio

import structlog

from bot.clock import SystemClock
from bot.storage import meta
from bot.storage.engine import Database, StoreFailed

log = structlog.get_logger(__name__)
NAME = "clock_hwm"
"""Under which the mark stands in `meta`."""
EVERY = 10.0
"""Machine seconds between two marks: what a kill can take from it."""
FAR = 3600.0
"""Seconds behind the mark from which on a start is no matter of a clock that was set right."""


async def begin(database: Database) -> SystemClock:
    """The machine's clock, not before the mark. A machine that is behind is said; far behind, loudly. Raises StoreFailed."""
    mark = await database.read(lambda conn: meta.moment_of(conn, NAME))
    begun = SystemClock(not_before=mark)
    behind = begun.ahead
    if behind > FAR:
        log.error(
            "the machine's clock is far behind what was told here before: set it right, then start again",
            seconds=behind,
            goes_on_from=mark,
        )
    elif behind > 0:
        log.warning("the machine's clock is behind what was told here before", seconds=behind)
    return begun


class HighWaterMark:
    """Keeps the mark of `clock` in the database."""

    def __init__(self, database: Database, clock: SystemClock) -> None:
        self._database, self._clock = database, clock
        self._failing = False

    async def keep(self) -> None:
        """Raise the mark to now. A database that cannot store it is said once: the next mark may succeed."""
        now = self._clock.now()
        try:
            await self._database.write(lambda conn: meta.move_on(conn, NAME, now))
        except StoreFailed as error:
            if not self._failing:
                log.error("the clock's mark could not be stored", reason=str(error))
            self._failing = True
        else:
            self._failing = False

    async def run(self) -> None:
        """Keep it every few seconds until cancelled."""
        while True:
            await self.keep()
            await asyncio.sleep(EVERY)
