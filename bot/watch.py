"""Reads which clocks have run out and takes them to the desk, in the order they were due."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.desk import Desk, Fired, NotStored
from bot.metrics import Metrics
from bot.storage import clocks
from bot.storage.clocks import DueClock, Look
from bot.storage.engine import Database, StoreFailed

log = structlog.get_logger(__name__)
BATCH = 100
"""Clocks in one transaction: larger ones gain little, and what a client wrote meanwhile waits behind them."""
AHEAD = 2
"""Transactions that stand in the writer's line at once, so that nothing patient slips in between."""
LOOK = 10
"""Batches that are read in one look where nobody else takes clocks: a look between them would leave the line empty."""
POLL = 1.0
"""Machine seconds after which the clocks are looked at even if nobody asked: the bound of every lateness."""
BUSY = 0.02
"""Machine seconds until tickets are looked at again that another replica had in hand."""
BACK_OFF = (1.0, 5.0, 30.0, 120.0)
"""Machine seconds for which a ticket whose clock failed is left alone; the last one repeats."""


@dataclass(slots=True)
class _Penalty:
    times: int
    until: float


class Watch:
    """One loop, single-flight: look, hand over, wait for the next due moment, a wake, or the poll."""

    def __init__(self, database: Database, desk: Desk, clock: Clock, metrics: Metrics) -> None:
        self._database, self._desk, self._clock, self._metrics = database, desk, clock, metrics
        self._woken = asyncio.Event()
        self._penalties: dict[int, _Penalty] = {}
        self._last_tick = clock.monotonic()
        self._next: datetime | None = None

    def wake(self) -> None:
        """Look again now: time has moved, or the metronome beat."""
        self._woken.set()

    def armed(self, due: datetime) -> None:
        """A clock was armed: look again now if it comes before what is waited for."""
        if self._next is None or due < self._next:
            self._woken.set()

    @property
    def tick_age(self) -> float:
        """Machine seconds since the clocks were last looked at with success."""
        return self._clock.monotonic() - self._last_tick

    async def run(self) -> None:
        """Watch until cancelled; whatever fails is logged and tried again."""
        while True:
            self._woken.clear()
            try:
                wait = await self._turn()
            except (NotStored, StoreFailed) as error:
                log.error("the clocks could not be looked at", reason=str(error))
                wait = POLL / 4
            except Exception:
                log.exception("looking at the clocks failed")
                wait = POLL
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(wait, 0.0)):
                    await self._woken.wait()

    async def fire_due(self) -> int:
        """Hand over everything that has run out by now, also what runs out on the way; how many clocks took effect."""
        self._next = None  # whatever is armed while we look is looked at again
        total = 0
        elsewhere: set[int] = set()
        while (look := await self._look(leave_out=elsewhere)).due or elsewhere:
            if not look.due:
                elsewhere.clear()
                await asyncio.sleep(BUSY)
                continue
            fired = await self._hand_over(look.due)
            total += fired.done
            if not fired.done and not fired.failed:
                elsewhere |= {clock.ticket for clock in look.due}
        self._last_tick, self._next = self._clock.monotonic(), look.next_due
        return total

    async def _hand_over(self, due: Sequence[DueClock]) -> Fired:
        """In transactions of a batch each; where the writer keeps their order, the next is in line before one is done."""
        fired: list[Fired] = []
        under_way: deque[tuple[Sequence[DueClock], asyncio.Task[Fired]]] = deque()
        batches = [due[start : start + BATCH] for start in range(0, len(due), BATCH)]
        try:
            while batches or under_way:
                while batches and len(under_way) < AHEAD:
                    batch = batches.pop(0)
                    under_way.append((batch, asyncio.create_task(self._desk.handle_clocks(batch))))
                batch, task = under_way.popleft()
                fired.append(await task)
                self._judge(batch, fired[-1])
        finally:
            await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)
        failed = tuple(clock for one in fired for clock in one.failed)
        return Fired(done=sum(one.done for one in fired), failed=failed)

    async def is_due(self) -> bool:
        """Whether a clock has run out that is not being left alone."""
        return bool((await self._look(1)).due)

    async def next_due(self) -> datetime | None:
        """When the next clock runs out, without the tickets that are being left alone."""
        left_alone = self._left_alone()
        return await self._database.read(lambda conn: clocks.next_due(conn, left_alone))

    async def _turn(self) -> float:
        await self.fire_due()
        return POLL if self._next is None else min(self._clock.seconds_until(self._next), POLL)

    async def _look(self, limit: int = 0, leave_out: Collection[int] = ()) -> Look:
        limit = limit or (BATCH * LOOK if self._database.dialect == "sqlite" else BATCH)
        now, left_alone = self._clock.now(), (*self._left_alone(), *leave_out)
        return await self._database.read(lambda conn: clocks.look(conn, now, limit, left_alone))

    def _left_alone(self) -> tuple[int, ...]:
        now = self._clock.monotonic()
        return tuple(ticket for ticket, penalty in self._penalties.items() if penalty.until > now)

    def _judge(self, due: Sequence[DueClock], fired: Fired) -> None:
        """A ticket whose clock failed is left alone for a while; one that went well is forgiven."""
        if not fired.done and not fired.failed:
            return
        self._last_tick = self._clock.monotonic()  # catching up on many is no standstill
        now, bad = self._clock.now(), {clock.ticket for clock in fired.failed}
        for clock in due:
            if clock.ticket not in bad:
                self._penalties.pop(clock.ticket, None)
                self._metrics.lateness.observe(max((now - clock.due).total_seconds(), 0.0))
        for ticket in bad:
            times = self._penalties[ticket].times + 1 if ticket in self._penalties else 1
            pause = BACK_OFF[min(times, len(BACK_OFF)) - 1]
            self._penalties[ticket] = _Penalty(times, self._clock.monotonic() + pause)
            log.error("a ticket's clock keeps failing", ticket=ticket, times=times, pause_seconds=pause)
