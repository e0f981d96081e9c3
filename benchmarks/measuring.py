"""What every case of a benchmark notes: lateness, the longest stall of the event loop, CPU time."""

import asyncio
import resource
import time
from dataclasses import dataclass, field

from figures import milliseconds


@dataclass(slots=True)
class Measured:
    """What one case showed; seconds."""

    late: list[float] = field(default_factory=list)
    stall: float = 0.0
    cpu: float = 0.0
    left: int = 0
    ready: float = 0.0
    took: float = 0.0
    first_responses: list[float] = field(default_factory=list)

    def row(self, case: str, who: str) -> list[object]:
        """One line of the table."""
        stall, cpu = f"{1000 * self.stall:.1f}", f"{self.cpu:.2f}"
        return [case, who, len(self.late), milliseconds(self.late), stall, cpu, self.left]


class Stall:
    """The longest time for which the event loop did not come back to a task that asks for every millisecond."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, time.perf_counter() - before - 0.001)


def cpu() -> float:
    """CPU seconds this process has used, in all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
