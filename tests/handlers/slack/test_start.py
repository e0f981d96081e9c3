"""Starting while Slack says nothing, and ending at any moment: nobody who is to be telephoned waits for it."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.slack import room as rooms
from sandbox.server import Sandbox, build_app
from tests.handlers.slack.stage import NOW, StubBoard, StubDesk, room


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The start waits for an instant only."""
    monkeypatch.setattr(rooms, "FIRST_LOOK", 0.05)


async def _hang(_request: web.Request) -> Any:
    await asyncio.Event().wait()


@pytest.mark.usefixtures("short")
async def test_the_start_goes_on_while_slack_says_nothing() -> None:
    """Long before a request to Slack is given up; and it can be ended in the middle of that."""
    app = web.Application()
    app.router.add_post("/api/{method}", _hang)
    async with TestServer(app) as server:
        made = room(StubDesk(), StubBoard(), str(server.make_url("")).rstrip("/"))
        async with asyncio.timeout(5):
            await made.start()
            assert made.healthy() == "Slack has not said yet who we are (auth.test)"
            await made.stop()


@pytest.mark.usefixtures("short")
async def test_a_slack_that_says_nothing_is_given_up_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request has its own few seconds, in the session that all of them share, too."""
    monkeypatch.setattr(rooms, "TIMEOUT", 0.05)
    monkeypatch.setattr(rooms, "CHECK", 0.01)
    thrice, asked = asyncio.Event(), [0]

    async def hang(request: web.Request) -> Any:
        asked[0] += 1
        if asked[0] == 3:
            thrice.set()
        await _hang(request)

    app = web.Application()
    app.router.add_post("/api/{method}", hang)
    async with TestServer(app) as server:
        made = room(StubDesk(), StubBoard(), str(server.make_url("")).rstrip("/"))
        await made.start()
        async with asyncio.timeout(10):
            await thrice.wait()
        await made.stop()


@dataclass
class Committing(StubDesk):
    """In the middle of a commit when it is to end, and so it gets its result instead."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self, at: datetime) -> None:
        self.begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await super().heard(at)


@pytest.mark.usefixtures("short")
async def test_asked_to_stop_in_the_middle_of_a_commit_it_does() -> None:
    """The watch keeps that we listen, and would go on for ever if it were told but once that it is to end."""
    desk = Committing()
    async with TestServer(build_app(Sandbox(rate=0))) as server:
        made = room(desk, StubBoard(), str(server.make_url("")).rstrip("/"), sockets=True)
        await made.start()
        async with asyncio.timeout(10):
            await desk.begun.wait()
        ending = asyncio.create_task(made.stop())
        done, _ = await asyncio.wait({ending}, timeout=5)

        assert (done, desk.heard_until) == ({ending}, NOW)
