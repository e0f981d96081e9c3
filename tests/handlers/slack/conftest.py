"""A Slack that notes what it is asked and answers as told; and the room that talks to it."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.slack import http
from handlers.slack.room import SlackRoom
from sandbox.server import Sandbox, build_app
from tests.handlers.slack.outside import Outside
from tests.handlers.slack.stage import BOT, TEAM, Json, StubBoard, StubDesk, escalated, room, ticket
from tests.handlers.slack.wired import Wired, wire_up


@dataclass
class FakeSlack:
    """The Web API. `refuses` maps a method to Slack's word for no; `calls` are method and what was sent."""

    calls: list[tuple[str, Json]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def of(self, method: str) -> list[Json]:
        """What was sent to one method."""
        return [sent for called, sent in self.calls if called == method]

    async def answer(self, request: web.Request) -> web.Response:
        """One call."""
        method = request.match_info["method"]
        sent = await _sent(request)
        self.calls.append((method, sent))
        if method in self.refuses:
            return web.json_response({"ok": False, "error": self.refuses[method]})
        known: Json = {
            "auth.test": {"team_id": TEAM, "user_id": BOT, "bot_id": "B0FRONTBOT", "team": "Frontdoor Demo"},
            "conversations.open": {"channel": {"id": "D1"}},
            "views.open": {"view": {"id": "V9", "hash": "1.y"}},
            "chat.getPermalink": {
                "permalink": f"https://frontdoor.example/archives/{sent.get('channel')}/p1"
            },
            "chat.postMessage": {"ts": "9.1", "channel": sent.get("channel")},
        }
        return web.json_response({"ok": True, **known.get(method, {})})

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url."""
        self.calls.append(("response_url", await request.json()))
        return web.Response(text="ok")


async def _sent(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    return {name: str(value) for name, value in (await request.post()).items()}


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """The fake, listening on loopback."""
    fake = FakeSlack()
    app = web.Application()
    app.router.add_post("/api/{method}", fake.answer)
    app.router.add_post("/respond", fake.respond)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("")).rstrip("/")
        yield fake


@pytest.fixture
def desk() -> StubDesk:
    """A desk that takes everything."""
    return StubDesk()


@pytest.fixture
def board() -> StubBoard:
    """A board with one request."""
    return StubBoard(tickets={12: ticket(owner="sam")})


@pytest.fixture
async def slack_room(slack: FakeSlack, desk: StubDesk, board: StubBoard) -> AsyncIterator[SlackRoom]:
    """A started room without a socket."""
    made = room(desk, board, slack.url)
    await made.start()
    slack.calls.clear()
    yield made
    await made.stop()


@pytest.fixture
def deliver(slack_room: SlackRoom) -> Any:
    """Hand one payload to the Bolt app, as the socket would."""

    async def hand_over(body: Json, **headers: str) -> BoltResponse:
        request = AsyncBoltRequest(
            mode="socket_mode",
            body=body,
            headers={name.replace("_", "-"): [value] for name, value in headers.items()},
        )
        return await slack_room.bolt.async_dispatch(request)

    return hand_over


@pytest.fixture
async def outside(desk: StubDesk) -> AsyncIterator[Outside]:
    """A sandbox of its own, time standing still, and a started room without a socket."""
    sandbox = Sandbox(rate=0)
    sandbox.slack.limits.enabled = False
    async with TestServer(build_app(sandbox)) as server, ClientSession() as http:
        url = str(server.make_url("")).rstrip("/")
        board = StubBoard(tickets={12: escalated()})
        ours = room(desk, board, url)
        await ours.start()
        yield Outside(sandbox, url, http, ours, board)
        await ours.stop()


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Wired]:
    """The machinery with its loops running, and Slack over the wire."""
    async with wire_up(tmp_path) as made:
        yield made


@pytest.fixture
async def brings(wired: Wired) -> AsyncIterator[Callable[[Json], Awaitable[int]]]:
    """Slack brings a body to the machinery's address, signed just now; the status that it is answered with."""
    app = web.Application()
    app.add_routes(wired.room.http_routes())

    async def bring(body: Json) -> int:
        raw, stamp = json.dumps(body), str(int(wired.stage.clock.wall().timestamp()))
        digest = hmac.new(b"sandbox-signing-secret", f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/json",
        }
        async with client.post(http.PATH, data=raw, headers=headers) as answer:
            return answer.status

    async with TestClient(TestServer(app)) as client:
        yield bring
