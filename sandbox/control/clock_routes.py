"""Moving the sandbox's time: forward by seconds or to a moment, to the next night, or at which rate it runs."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox.clock import Clock, isoformat
from sandbox.control.posted import Refused, Timed, posted
from sandbox.wire import WireLog

NIGHT_HOUR = 23
NIGHT_ZONE = ZoneInfo("Asia/Karachi")
FARTHEST = timedelta(days=400)
"""One step goes no farther: a longer one is a typing error."""


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    clock: Clock
    wire: WireLog


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/clock/advance, settle, night and rate."""
    hand = Hand(sandbox)
    for name, work in {
        "advance": hand.advance,
        "settle": hand.settle,
        "night": hand.night,
        "rate": hand.rate,
    }.items():
        app.router.add_post(f"/_control/clock/{name}", posted(sandbox, work))


class Hand:
    """The hand at the clock. Every act answers with the time it then is and the rate it runs at."""

    def __init__(self, sandbox: World) -> None:
        self._sandbox, self._clock, self._wire = sandbox, sandbox.clock, sandbox.wire

    async def advance(self, given: dict[str, Any]) -> dict[str, Any]:
        """{seconds} or {to}: go forward, by way of everything that is due until then."""
        return await self._go(target_of(given, self._clock.now()))

    async def night(self, _given: dict[str, Any]) -> dict[str, Any]:
        """Go to the next 23:00 in Karachi."""
        return await self._go(next_night(self._clock.now()))

    async def settle(self, _given: dict[str, Any]) -> dict[str, Any]:
        """Wait until nothing is under way; time is not touched."""
        await self._sandbox.timeline.settle()
        return self._told()

    async def rate(self, given: dict[str, Any]) -> dict[str, Any]:
        """{rate}: 1 runs with machine time, 0 stands still."""
        if given.get("rate") not in (0, 1):
            raise Refused("rate is 0 (stand still) or 1 (run with machine time)")
        await self._sandbox.timeline.set_rate(int(given["rate"]))
        self._wire.record("clock", "person", "clock.rate", f"the clock runs at rate {given['rate']}")
        return self._told()

    async def _go(self, target: datetime) -> dict[str, Any]:
        self._wire.record("clock", "person", "clock.advance", f"time goes to {isoformat(target)}")
        await self._sandbox.timeline.advance(target)
        self._wire.touch()
        return self._told()

    def _told(self) -> dict[str, Any]:
        return {"now": isoformat(self._clock.now()), "rate": self._clock.rate}


def target_of(given: dict[str, Any], now: datetime) -> datetime:
    """The moment meant by {"seconds": n} or {"to": iso with a zone}; raises Refused when it is none or too far."""
    seconds, to = given.get("seconds"), given.get("to")
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0:
        if seconds > FARTHEST.total_seconds():
            raise Refused(f"at most {FARTHEST.days} days in one step")
        return now + timedelta(seconds=seconds)
    if not isinstance(to, str):
        raise Refused("give seconds (a number from 0) or to (a moment)")
    try:
        target = datetime.fromisoformat(to)
    except ValueError as error:
        raise Refused(f"to is not a moment: {error}") from error
    if target.tzinfo is None:
        raise Refused("to needs a zone, for example Z")
    if not now <= target <= now + FARTHEST:
        raise Refused(f"to lies before now ({isoformat(now)}) or more than {FARTHEST.days} days ahead")
    return target.astimezone(UTC)


def next_night(now: datetime) -> datetime:
    """The next 23:00 in Karachi after `now`."""
    local = now.astimezone(NIGHT_ZONE)
    night = local.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return (night if night > local else night + timedelta(days=1)).astimezone(UTC)
