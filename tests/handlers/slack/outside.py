"""The sandbox as the Slack of a test, and what can be done and seen in it."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from handlers.slack.room import SlackRoom
from sandbox.server import Sandbox
from tests.handlers.slack.stage import StubBoard


@dataclass
class Outside:
    """A sandbox, and a room of ours connected to it."""

    sandbox: Sandbox
    url: str
    http: ClientSession
    room: SlackRoom
    board: StubBoard = field(default_factory=StubBoard)

    async def messages(self, place: str) -> list[dict[str, Any]]:
        """What stands in a channel, replies too."""
        async with self.http.get(f"{self.url}/_control/messages/{place}") as answer:
            return list((await answer.json())["messages"])

    async def do(self, what: str, **given: Any) -> dict[str, Any]:
        """Something a person does, or a fault."""
        async with self.http.post(f"{self.url}/_control/{what}", json=given) as answer:
            done = await answer.json()
            assert answer.status == 200, done
            return dict(done)

    async def fault(self, method: str, mode: str, **more: Any) -> None:
        """The next call of `method` goes wrong."""
        await self.do("fault", service="slack", method=method, mode=mode, times=1, **more)
