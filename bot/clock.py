"""The only module that asks the machine what time it is. Aware UTC everywhere.

There are two times: `now`, the process's own, which a rehearsal may skip; and `wall`, the machine's, for what concerns
providers: leases, retries, rate limits, signatures.
"""

import asyncio
import contextlib
import json
import math
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import aiohttp
import structlog

log = structlog.get_logger(__name__)
RECONNECT = 0.2
"""Seconds between two tries to reach the clock that is followed."""
_STEP = timedelta(seconds=1)


class Clock(Protocol):
    """Tells the time of the process."""

    def now(self) -> datetime:
        """The process's time, aware UTC; never goes back."""
        ...

    def wall(self) -> datetime:
        """The machine's time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Machine seconds from an arbitrary start; never goes back."""
        ...

    def seconds_until(self, moment: datetime) -> float:
        """Machine seconds until `moment` is now; infinite while time stands still."""
        ...


class SystemClock:
    """The machine's clock, made steady: it follows a step forwards and rides out a step back.

    Anchored once and carried on by a clock that counts suspended time too, so that a corrected clock fires nothing twice.
    `not_before` is the latest time that was ever told here: what is told begins there at the earliest, also on a machine
    that came up in another year. `stepped` hears of each step of the machine's clock, in seconds. Any thread may ask.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] | None = None,
        steady: Callable[[], float] | None = None,
        *,
        not_before: datetime | None = None,
    ) -> None:
        self._wall = wall or (lambda: datetime.now(UTC))
        self._steady = steady or _steady
        self._lock = threading.Lock()
        machine = self._wall()
        self._base, self._anchor = max(machine, not_before or machine), self._steady()
        self._ahead = self._base - machine
        self.stepped: Callable[[float], None] = lambda _seconds: None

    def now(self) -> datetime:
        """See Clock.now."""
        with self._lock:
            machine, steady = self._wall(), self._steady()
            ours = self._base + timedelta(seconds=steady - self._anchor)
            step = self._ahead - (ours - machine)
            if machine > ours + _STEP:
                step = machine - ours
                self._base, self._anchor, ours = machine, steady, machine
            self._ahead = ours - machine
        if abs(step) > _STEP:  # outside the lock: whoever hears of it may ask the time
            seconds = step.total_seconds()
            log.warning("the machine's clock stepped", seconds=seconds, ahead=self.ahead)
            self.stepped(seconds)
        return ours

    @property
    def ahead(self) -> float:
        """Seconds by which this clock was ahead of the machine's when it was last asked: a step back that is ridden out."""
        return self._ahead.total_seconds()

    def wall(self) -> datetime:
        """See Clock.wall: here the same as `now`."""
        return self.now()

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        """See Clock.seconds_until."""
        return (moment - self.now()).total_seconds()


class LinkedClock:
    """Follows the clock of a sandbox over its link, and answers there when nothing is in hand.

    `url` is the websocket's address, `name` how this process is called there. Before `ready` is set there is no time.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url, self._name = url, name
        self._base: datetime | None = None
        self._anchor, self._rate = 0.0, 0.0
        self._system = SystemClock()
        self.ready = asyncio.Event()
        self.listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """See Clock.now. Raises RuntimeError before the first word of the sandbox."""
        if self._base is None:
            raise RuntimeError("the clock's link has not told the time yet: await clock.ready first")
        return self._base + timedelta(seconds=(time.monotonic() - self._anchor) * self._rate)

    def wall(self) -> datetime:
        """See Clock.wall."""
        return self._system.now()

    def monotonic(self) -> float:
        """See Clock.monotonic."""
        return time.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        """See Clock.seconds_until."""
        ahead = (moment - self.now()).total_seconds()
        if ahead <= 0:
            return ahead
        return ahead / self._rate if self._rate else math.inf

    async def run(self, idle: Callable[[], Awaitable[datetime | None]]) -> None:
        """Follow the link until cancelled. `idle` returns when nothing is in hand, with the next due moment."""
        async with aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError):
                    await self._follow(session, idle)
                await asyncio.sleep(RECONNECT)

    async def _follow(
        self, session: aiohttp.ClientSession, idle: Callable[[], Awaitable[datetime | None]]
    ) -> None:
        answering: asyncio.Task[None] | None = None
        async with session.ws_connect(self._url, params={"name": self._name}, heartbeat=20) as link:
            try:
                async for message in link:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    word = json.loads(message.data)
                    if word["type"] == "time":
                        self._set(datetime.fromisoformat(word["now"]), float(word["rate"]))
                    elif word["type"] == "settle":
                        if answering is not None:
                            answering.cancel()
                        answering = asyncio.create_task(_answer(link, word, idle))
            finally:
                if answering is not None:
                    answering.cancel()

    def _set(self, now: datetime, rate: float) -> None:
        self._base, self._anchor, self._rate = now.astimezone(UTC), time.monotonic(), rate
        self.ready.set()
        for listener in self.listeners:
            listener()


async def _answer(
    link: aiohttp.ClientWebSocketResponse,
    word: dict[str, Any],
    idle: Callable[[], Awaitable[datetime | None]],
) -> None:
    due = await idle()
    text = None if due is None else due.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with contextlib.suppress(ConnectionError):
        await link.send_json({"type": "idle", "seq": word["seq"], "next_due": text})


def _steady() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)
