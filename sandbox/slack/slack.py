"""The Slack of the sandbox, put together from its parts."""

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.wire import WireLog


class Slack:
    """One workspace with one app, its people, channels, messages, views and connections."""

    def __init__(self, clock: Clock, wire: WireLog, faults: Faults) -> None:
        self.clock = clock
        self.wire = wire
        self.faults = faults
        self.base_url = "http://127.0.0.1"

    def busy(self) -> list[str]:
        """What is unacknowledged or in flight, in words; empty means quiet."""
        return []

    def reset(self) -> None:
        """A fresh world with the seeded cast; connections stay."""

    async def close(self) -> None:
        """End what still runs and close the connections."""
