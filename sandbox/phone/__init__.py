"""The telephone side of the sandbox: a Twilio on loopback and the telephones of the cast."""

from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.wire import WireLog

__all__ = ["Phone", "add_routes"]


class Phone:
    """The account, its calls and messages, and the telephones they reach."""

    def __init__(self, clock: Clock, wire: WireLog, faults: Faults) -> None:
        self._clock, self._wire, self._faults = clock, wire, faults

    async def start(self) -> None:
        """Begin to follow the clock (needs a running loop)."""

    async def stop(self) -> None:
        """End what is under way and close all connections."""

    def reset(self) -> None:
        """A fresh world: no calls, no messages, every telephone just rings."""

    def busy(self) -> list[str]:
        """What is under way right now, in words: requests being answered, webhooks in flight, events due."""
        return []

    def next_event(self) -> datetime | None:
        """When the next timed thing happens (somebody stops ringing, a Gather runs out), in sandbox time."""
        return None

    def state(self) -> dict[str, Any]:
        """Calls and messages for the page: {"calls": [...], "sms": [...]}."""
        return {"calls": [], "sms": []}


def add_routes(app: web.Application, phone: Phone) -> None:
    """Serve Twilio's REST API under /2010-04-01."""
