"""A message that lands after it was given up: what the client reads in the end, over the wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

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

    async def late(self, seconds: float) -> None:
        """The next message is lost, and lands so much later."""
        await self.fault("lands-late", delay=seconds)

    async def fault(self, mode: str, method: str = "chat.postMessage", **more: Any) -> None:
        """The next call of `method` goes wrong."""
        await self._post("fault", service="slack", method=method, mode=mode, **more)

    async def _post(self, what: str, **given: Any) -> dict[str, Any]:
        async with ClientSession() as http, http.post(f"{self.root}/_control/{what}", json=given) as answer:
            done = await answer.json()
            assert answer.status == 200, done
            return dict(done)

    async def writes(self) -> int:
        """Casey writes in the client's channel, and it comes through the door; the request's number."""
        message = (
            await self._post("message", user=stage.CASEY.user, channel=stage.RETAIL, text="It is down")
        )["message"]
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


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Wired]:
    """Loops running, Slack over the wire."""
    sandbox = Sandbox(rate=0)
    sandbox.slack.limits.enabled = False
    async with TestServer(build_app(sandbox)) as server:
        root = str(server.make_url("")).rstrip("/")
        made = await stage.build(stage.migrated(tmp_path), patience=replace(QUICK, settle=SETTLE))
        access = SlackAccess(
            bot_token="xoxb-sandbox-bot", signing_secret="sandbox-signing-secret", api_url=f"{root}/api/"
        )
        machinery = made.machinery
        room = SlackRoom(machinery.desk, machinery.board, made.office, made.clock, access)
        machinery.add(room.sender)
        await room.start()
        await machinery.start()
        yield Wired(made, sandbox, root)
        await machinery.stop()
        await room.stop()
        await made.database.close()


async def _until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- nobody is told of what happens over the wire
            await asyncio.sleep(0.02)


async def test_a_first_response_that_lands_late_is_not_read_twice(wired: Wired) -> None:
    """Lost, not there when it was looked for, said again, and then the lost one came: one of them stays."""
    number = await wired.writes()
    await wired.stage.settled()
    await wired.late(1.3)
    wired.stage.clock.move(11)
    wired.stage.machinery.wake()
    await _until(lambda: "chat.delete" in wired.wire())
    await wired.stage.settled()

    read, posted = "conversations.replies", "chat.postMessage"
    assert wired.wire() == [read, posted, posted, read, "chat.delete"]
    (ts,) = wired.said()
    places = await wired.stage.machinery.board.posts(number)
    assert places["1:first_response"].ts == ts
    facts = [fact.kind for fact in await wired.stage.machinery.board.timeline(number)]
    assert facts.count("first_response_posted") == 1


async def test_what_was_said_again_is_looked_at_once_more_and_left_alone(wired: Wired) -> None:
    """The lost one stayed lost: one more reading, and nothing else."""
    await wired.writes()
    await wired.stage.settled()
    await wired.fault("500-before")
    wired.stage.clock.move(11)
    wired.stage.machinery.wake()
    await _until(lambda: wired.wire().count("conversations.replies") == 2)
    await wired.stage.settled()

    read, posted = "conversations.replies", "chat.postMessage"
    assert wired.wire() == [posted, read, posted, read]
    assert len(wired.said()) == 1
