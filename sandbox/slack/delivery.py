"""Brings events, clicks and commands to the app: retries as Slack does, waits while nobody is there, errs on demand.

Retries follow machine time, scaled: Slack tries again almost at once, after one minute and after five; here it is at
once, after 1 s and after 5 s. With nobody connected an event waits as long as Slack's three retries would have taken
(six minutes of sandbox time) and is lost afterwards: the app has to read it back from the history.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.slack.errors import Json, Refused
from sandbox.slack.http_delivery import HttpCarrier
from sandbox.slack.parcel import NOBODY, TIMEOUT, Answer, Carrier, Parcel
from sandbox.slack.sockets import Sockets
from sandbox.wire import Entry, WireLog

PAUSES = (0.0, 0.0, 1.0, 5.0)
"""Machine seconds before the first attempt and before each retry."""
KEPT = timedelta(minutes=6)
"""How old an event may become, in sandbox time, while nobody is connected."""
REORDER_PATIENCE = 2.0


@dataclass(slots=True)
class Job:
    """An event on its way. `born` is sandbox time."""

    parcel: Parcel
    born: datetime
    attempt: int = 0
    reason: str = ""


class Delivery:
    """The outgoing side. `busy` knows what is unacknowledged while somebody is there to acknowledge it."""

    def __init__(
        self, clock: Clock, wire: WireLog, faults: Faults, sockets: Sockets, http: HttpCarrier
    ) -> None:
        self._clock, self._wire, self._faults = clock, wire, faults
        self._sockets, self._http = sockets, http
        self.pauses = PAUSES
        self._tasks: set[asyncio.Task[None]] = set()
        self._active: dict[int, str] = {}
        self._asked = 0
        self._parked: list[Job] = []
        self._late: list[tuple[datetime, Job]] = []
        self._held: Job | None = None
        sockets.on_connect.append(self.flush)
        clock.listeners.append(self._release_late)

    @property
    def carrier(self) -> Carrier:
        """Socket Mode, or HTTP when an address was given."""
        return self._http if self._http.request_url else self._sockets

    def connected(self) -> bool:
        """Whether an app is there to hear."""
        return self.carrier.connected()

    def busy(self) -> list[str]:
        """What is unacknowledged, in words; an app whose connection was just cut is waited for a while."""
        away = ["slack: the bot is reconnecting"] if self._sockets.awaited() else []
        return [*self._active.values(), *away]

    def next_event(self) -> datetime | None:
        """The moment at which a delayed delivery is due, in sandbox time."""
        return min((due for due, _ in self._late), default=None)

    def send(self, parcel: Parcel) -> None:
        """Bring an event; returns at once."""
        job = Job(parcel, self._clock.now())
        fault = self._faults.take("slack", parcel.kind, delivery=True)
        if fault is None:
            self._start(job)
            self._let_held_go()
        else:
            self._misdeliver(job, fault)

    def _misdeliver(self, job: Job, fault: Fault) -> None:
        if fault.mode == "late-delivery":
            self._late.append((self._clock.now() + timedelta(seconds=fault.delay or 0.0), job))
            self._spawn(self._watch_late())
        elif fault.mode == "reorder":
            self._let_held_go()
            self._held = job
            self._spawn(self._hold(job))
        elif fault.mode == "drop-socket":
            self._spawn(self._drop_and_deliver(job))
        else:
            self._start(job)
            self._start(Job(job.parcel, job.born, 1, "timeout"))

    async def _drop_and_deliver(self, job: Job) -> None:
        self._sockets.drop()
        await self._deliver(job)

    async def _watch_late(self) -> None:
        while self._late:
            self._release_late()
            await asyncio.sleep(0.05)

    def _release_late(self) -> None:
        now = self._clock.now()
        due = [job for moment, job in self._late if moment <= now]
        self._late = [(moment, job) for moment, job in self._late if moment > now]
        for job in due:
            self._start(job)

    async def _hold(self, job: Job) -> None:
        key = self._begin(job.parcel)
        await asyncio.sleep(REORDER_PATIENCE)
        self._end(key)
        if self._held is job:
            self._let_held_go()

    def _let_held_go(self) -> None:
        if self._held is not None:
            job, self._held = self._held, None
            self._start(job)

    def flush(self) -> None:
        """Somebody connected: bring what waited, unless it is too old by now."""
        parked, self._parked = self._parked, []
        for job in parked:
            if self._clock.now() - job.born <= KEPT:
                job.attempt = max(job.attempt, 1)
                self._start(job)
            else:
                self._lost(job.parcel, "nobody was connected for too long")

    def _lost(self, parcel: Parcel, why: str) -> None:
        summary = f"Lost: {parcel.summary} ({why})"
        self._wire.record("slack", "out", parcel.name, summary, request=parcel.payload, ok=False)

    def _start(self, job: Job) -> asyncio.Task[None]:
        return self._spawn(self._deliver(job))

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send_and_wait(self, parcel: Parcel, seconds: float) -> None:
        """Bring an event and stay until it is acknowledged, `seconds` of machine time at most."""
        if self.connected():
            await asyncio.wait({self._start(Job(parcel, self._clock.now()))}, timeout=seconds)

    def _begin(self, parcel: Parcel) -> int:
        self._asked += 1
        self._active[self._asked] = f"slack {parcel.name} is not acknowledged"
        return self._asked

    def _end(self, key: int) -> None:
        self._active.pop(key, None)

    async def _deliver(self, job: Job) -> None:
        for pause in self.pauses[job.attempt :]:
            if pause:
                key = self._begin(job.parcel) if self.connected() else 0
                await asyncio.sleep(pause)
                self._end(key)
            answer = await self._attempt(job.parcel, job.attempt, job.reason)
            if answer.acked or answer.no_retry:
                return
            if not self.connected() and self.carrier is self._sockets:
                self._parked.append(job)
                return
            job.attempt, job.reason = job.attempt + 1, answer.why_not
        self._lost(job.parcel, f"not acknowledged in {len(self.pauses)} attempts")

    async def _attempt(self, parcel: Parcel, attempt: int, reason: str) -> Answer:
        if not self.connected() and self.carrier is self._sockets:
            return NOBODY
        key = self._begin(parcel)
        again = f" (again, attempt {attempt}: {reason})" if attempt else ""
        entry = self._wire.record(
            "slack", "out", parcel.name, parcel.summary + again, request=parcel.payload, response={}
        )
        try:
            answer = await self.carrier.carry(parcel, attempt, reason)
        finally:
            self._end(key)
        self._note(entry, answer)
        return answer

    def _note(self, entry: Entry, answer: Answer) -> None:
        self._wire.amend(entry, answer.json(), ok=answer.acked)

    async def ask(self, parcel: Parcel) -> Answer:
        """Bring a click, command or submission and wait for the answer, once and at most three seconds."""
        if self.carrier is self._sockets and not self.connected():
            raise Refused("no bot is connected")
        fault = self._faults.take("slack", parcel.kind, delivery=True)
        if fault is not None and fault.mode == "drop-socket":
            self._sockets.drop()
            return TIMEOUT
        if fault is not None and fault.mode == "duplicate-delivery":
            self._spawn(self._once(parcel))
        if fault is not None and fault.mode in ("late-delivery", "reorder"):
            await asyncio.sleep(fault.delay or REORDER_PATIENCE)
        answer = await self._attempt(parcel, 0, "")
        if answer.why_not == "connection_failed":
            raise Refused("no bot is connected")
        return answer

    async def _once(self, parcel: Parcel) -> None:
        await self._attempt(parcel, 0, "")

    def state(self) -> Json:
        """How the app is connected, for the page."""
        return {
            "mode": "http" if self._http.request_url else "socket",
            "connected": self.connected(),
            "connections": self._sockets.count,
            "waiting": len(self._parked),
        }

    def reset(self) -> None:
        """Forget everything under way."""
        for task in list(self._tasks):
            task.cancel()
        self._parked, self._late, self._held = [], [], None
        self._active.clear()

    async def close(self) -> None:
        """End what still runs."""
        tasks = list(self._tasks)
        self.reset()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sockets.close()
        await self._http.close()
