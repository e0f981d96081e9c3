"""APScheduler as a metronome: it beats and holds no truth. What is due stands in the database.

Never its SQL store: measured, that drops late jobs by default, stalls the loop for seconds and loses jobs at a kill.
"""

from collections.abc import Callable
from datetime import UTC

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Metronome:
    """Calls plain functions on the loop at intervals. A beat that comes late is beaten once, never dropped."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )

    def every(self, seconds: float, beat: Callable[[], None]) -> None:
        """Call `beat` every so many machine seconds."""

        async def on_the_loop() -> None:
            beat()

        self._scheduler.add_job(on_the_loop, "interval", seconds=seconds)

    def start(self) -> None:
        """Begin to beat; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop beating; a beat under way ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
