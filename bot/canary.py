"""Whether clocks still come through: from a clock that runs out, through the door and the outbox, to a settled effect."""

from datetime import datetime, timedelta

from bot import house
from bot.clock import Clock
from bot.ports import Job, Sent
from bot.storage import chores
from bot.storage.engine import Database
from bot.streams import CANARY

LATE = 3 * house.CHORES[CANARY].every
"""After this without a canary the way is taken to be broken."""


class Canary:
    """The end of the way: a sender with nothing to do, and the look at what came through, at whichever replica."""

    kinds = frozenset({"echo"})

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._since: datetime | None = None
        self.age = self.took = timedelta()
        """As of the last look: since one came through (or this process began), and how long its way took."""

    async def send(self, job: Job) -> Sent:
        """See Sender.send: it has arrived."""
        return Sent(external_id=job.key)

    async def look_up(self, job: Job) -> Sent | None:
        """See Sender.look_up: nothing of it can be lost."""
        return Sent(external_id=job.key)

    def begin(self) -> None:
        """Canaries are awaited from now on."""
        self._since = self._clock.now()

    async def look(self) -> str:
        """Why the way is taken to be broken, in words; empty when it is not. Raises StoreFailed."""
        if self._since is None:
            return ""
        way = await self._database.read(chores.last_way)
        heard = self._since
        if way is not None:
            heard, self.took = max(way.settled, heard), way.took
        self.age = max(self._clock.now() - heard, timedelta())
        return (
            f"no clock has come through for {self.age.total_seconds():.0f} seconds" if self.age > LATE else ""
        )
