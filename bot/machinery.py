"""Everything behind the door, put together: desk, board, watch, delivery and metronome over one database."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot import house
from bot.board import Board
from bot.canary import Canary
from bot.clock import Clock
from bot.delivery import Delivery, Patience
from bot.desk import Aftermath, Desk, NotStored
from bot.emission import Leased
from bot.ending import end
from bot.in_force import InForce
from bot.metrics import Metrics
from bot.ports import Sender
from bot.scheduler import Metronome
from bot.storage.engine import Database, StoreFailed
from bot.watch import Watch
from bot.watchdog import Watched
from policies import coverage

log = structlog.get_logger(__name__)
BEAT = 1.0
"""Machine seconds between two beats of the safety poll: how late anything is at most when a wake was lost."""
RETRY_BEAT = 5.0
"""Machine seconds between two looks for events whose step failed."""
FRESH = 3.0
"""Machine seconds since the last look at the clocks for which the watch is taken to move."""
CALM_CHECK = 0.02


class Machinery:
    """Build it, add the senders, `start`, and at the end `stop`.

    `keeps_house` lets the house's own clocks run; where hours are skipped they would only be in the way. `pulse` hears of
    each part that moves: the loop, the clocks, and the storage.
    """

    def __init__(
        self,
        database: Database,
        in_force: InForce,
        clock: Clock,
        *,
        patience: Patience | None = None,
        keeps_house: bool = False,
        pulse: Callable[[str], None] = lambda _part: None,
    ) -> None:
        owner = f"p{secrets.token_hex(6)}"
        self._in_force, self._clock, self._keeps_house, self._pulse = in_force, clock, keeps_house, pulse
        self._database = database = Watched(database, lambda: pulse("storage"))
        self.metrics = Metrics()
        self.board = Board(database, in_force, clock)
        aftermath = Aftermath(wake=self._wake_delivery, armed=self._armed, carry=self._carry)
        self.desk = Desk(database, in_force, clock, aftermath, owner=owner, metrics=self.metrics)
        self.watch = Watch(database, self.desk, clock, self.metrics)
        self.delivery = Delivery(
            database, self.desk, in_force, clock, owner=owner, metrics=self.metrics, patience=patience
        )
        self.canary = Canary(database, clock)
        self.delivery.add(self.canary)
        self._metronome = Metronome()
        self._tasks: list[asyncio.Task[None]] = []
        self._retrying = asyncio.Event()

    def add(self, *senders: Sender) -> None:
        """From now on these carry out their kinds of effect."""
        for sender in senders:
            self.delivery.add(sender)

    def wake(self) -> None:
        """Look at clocks and effects now: something was stored, or time has moved."""
        self.watch.wake()
        self.delivery.wake()

    async def start(self) -> None:
        """Begin: doubt what an earlier process had in hand, fire what came due meanwhile, deliver what waits."""
        if self._database.dialect == "sqlite":
            await self.delivery.recover()
        if self._keeps_house:
            now = self._clock.now()
            zone = self._in_force.office.zone
            await self._database.write(lambda conn: house.arm(conn, now))
            await self._database.write(lambda conn: house.watch_coverage(conn, zone, now))
            self.canary.begin()
        self._metronome.every(BEAT, self.wake)
        self._metronome.every(RETRY_BEAT, self._retrying.set)
        self._metronome.start()
        loops = (self.watch.run(), self.delivery.run(), self._retry(), self._beat(), self._ask_storage())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """End gracefully: nothing new is begun, what is in hand is finished. The database stays open for its owner."""
        self._metronome.stop()
        await self.delivery.drain()
        await self.desk.drain()
        await self.delivery.drain()  # what the last events have leased
        await end(*self._tasks)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def idle(self) -> datetime | None:
        """Return when nothing is in hand: no event on its way, no clock due, nothing to send within 5 machine seconds.

        The answer is the next moment at which something is due, None when nothing is.
        """
        while True:
            await self.desk.drain()
            if await self.watch.is_due() or await self.delivery.under_way():
                self.wake()
                await asyncio.sleep(CALM_CHECK)
                continue
            moments = (await self.watch.next_due(), await self.delivery.next_release())
            if (
                not self.desk.in_flight
                and not await self.delivery.under_way()
                and not await self.watch.is_due()
            ):
                return min((moment for moment in moments if moment is not None), default=None)

    async def figures(self) -> bytes:
        """The metrics, as Prometheus reads them."""
        await self.canary.look()
        self.metrics.canary(self.canary.age, self.canary.took)
        self.metrics.coverage(coverage.total(await self.board.gaps()))
        return self.metrics.show(await self.board.counts(), self.watch.tick_age)

    async def _beat(self) -> None:
        """That this runs says that the loop turns."""
        while True:
            self._pulse("loop")
            if self.watch.tick_age < FRESH:
                self._pulse("clocks")
            await asyncio.sleep(BEAT / 2)

    async def _ask_storage(self) -> None:
        """Where nothing is written for long, an empty transaction shows that one can be; refused is an answer too."""
        while True:
            with contextlib.suppress(StoreFailed):
                await self._database.write(lambda _conn: None)
            await asyncio.sleep(BEAT)

    async def _retry(self) -> None:
        while True:
            await self._retrying.wait()
            self._retrying.clear()
            with contextlib.suppress(NotStored, StoreFailed):
                await self.desk.retry_failed()

    def _wake_delivery(self) -> None:
        self.delivery.wake()

    def _armed(self, due: datetime) -> None:
        self.watch.armed(due)

    def _carry(self, leased: Sequence[Leased]) -> None:
        self.delivery.carry(leased)
