"""The clock link: bots follow the sandbox's clock over a websocket, and say when they have nothing left to do."""

from datetime import datetime

from aiohttp import web

from sandbox.clock import Clock
from sandbox.wire import WireLog


class ClockLink:
    """The linked bots. Time is told at connect and at every change; `settle` asks all of them for idleness."""

    def __init__(self, clock: Clock, wire: WireLog) -> None:
        self._clock, self._wire = clock, wire

    async def settle(self) -> dict[str, datetime | None]:
        """Ask every linked bot, wait until each said idle or is gone; their next due moments by name."""
        return {}

    def waiting_for(self) -> list[str]:
        """Bots asked to settle that have not yet said idle, in words."""
        return []

    def bots(self) -> list[dict[str, object]]:
        """[{"name", "connected"}] of every bot seen."""
        return []


def add_routes(app: web.Application, link: ClockLink) -> None:
    """Serve the websocket /_clock."""
