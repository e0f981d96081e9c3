"""Starting while Slack says nothing: nobody who is to be telephoned waits for it."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.slack import room as rooms
from tests.handlers.slack.stage import StubBoard, StubDesk, room


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
