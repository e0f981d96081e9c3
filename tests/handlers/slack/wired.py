"""The machinery over the wire: loops running, and a room of ours that speaks to a sandbox."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.in_force import InForce
from handlers.slack.room import SlackAccess, SlackRoom
from policies.events import MessagePosted
from sandbox.server import Sandbox, build_app
from tests.bot import stage
from tests.bot.stage import QUICK, Stage

SETTLE = timedelta(milliseconds=800)


@dataclass
class Wired:
    """The machinery, with a room that speaks to a sandbox."""

    stage: Stage
    sandbox: Sandbox
    root: str
    room: SlackRoom

    async def late(self, seconds: float) -> None:
        """The next message is lost, and lands so much later."""
        await self.fault("lands-late", delay=seconds)

    async def fault(self, mode: str, method: str = "chat.postMessage", **more: Any) -> None:
        """The next call of `method` goes wrong."""
        await self.do("fault", service="slack", method=method, mode=mode, **more)

    async def do(self, what: str, **given: Any) -> dict[str, Any]:
        async with ClientSession() as http, http.post(f"{self.root}/_control/{what}", json=given) as answer:
            done = await answer.json()
            assert answer.status == 200, done
            return dict(done)

    async def writes(self) -> int:
        """Casey writes in the client's channel, and it comes through the door; the request's number."""
        message = (await self.do("message", user=stage.CASEY.user, channel=stage.RETAIL, text="It is down"))[
            "message"
        ]
        outcome = await self.stage.do(
            MessagePosted(
                key=message["ts"],
                at=self.stage.clock.now(),
                actor=stage.CASEY,
                channel=stage.RETAIL,
                ts=message["ts"],
                text="It is down",
            )
        )
        return outcome.ticket or 0

    def said(self) -> list[str]:
        """What the bot has said to the client, as it stands there now."""
        shown = self.sandbox.slack.messages(stage.RETAIL, "")
        return [message["ts"] for message in shown if message.get("bot_id")]

    def wire(self) -> list[str]:
        """What was asked of Slack about the client's channel, in order."""
        return [
            entry["kind"]
            for entry in self.sandbox.wire.since(0)
            if entry["request"].get("channel") == stage.RETAIL and entry["direction"] == "in"
        ]


@asynccontextmanager
async def wire_up(folder: Path) -> AsyncIterator[Wired]:
    """Everything started, and stopped at the end."""
    sandbox = Sandbox(rate=0)
    sandbox.slack.limits.enabled = False
    async with TestServer(build_app(sandbox)) as server:
        root = str(server.make_url("")).rstrip("/")
        made = await stage.build(stage.migrated(folder), patience=replace(QUICK, settle=SETTLE))
        access = SlackAccess(
            bot_token="xoxb-sandbox-bot", signing_secret="sandbox-signing-secret", api_url=f"{root}/api/"
        )
        machinery = made.machinery
        room = SlackRoom(machinery.desk, machinery.board, InForce(made.office), made.clock, access)
        machinery.add(room.sender)
        await room.start()
        await machinery.start()
        yield Wired(made, sandbox, root, room)
        await machinery.stop()
        await room.stop()
        await made.database.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- nobody is told of what happens over the wire
            await asyncio.sleep(0.02)
