"""The stage of the telephone tests: the real sandbox on loopback, and a bot of a few lines that it rings back."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sandbox.cast import ACCOUNT_SID, AUTH_TOKEN
from sandbox.server import Sandbox, build_app

SAM = "+12025550111"
LEE = "+12025550121"
FRONTDOOR = "+12025550100"
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Where the time of every sandbox begins."""
MENU = (
    '<Response><Gather numDigits="1" timeout="8" action="/keys?call=7" actionOnEmptyResult="true">'
    "<Say>Ticket twelve. Press four.</Say></Gather></Response>"
)


def say(words: str) -> str:
    """A document that says `words` and ends."""
    return f"<Response><Say>{words}</Say></Response>"


@dataclass
class Bot:
    """Answers the sandbox's webhooks: `documents` by path, callbacks with 204; checks every signature."""

    url: str = ""
    documents: dict[str, str | Callable[[dict[str, str]], web.Response | Awaitable[web.Response]]] = field(
        default_factory=dict
    )
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """One webhook."""
        fields = {key: str(value) for key, value in (await request.post()).items()}
        signature = request.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(AUTH_TOKEN).validate(f"{self.url}{request.path_qs}", fields, signature):
            self.forged.append(request.path_qs)
        self.heard.append((request.path, fields))
        self.headers.append(request.headers)
        document = self.documents.get(request.path)
        if callable(document):
            answer = document(fields)
            return await answer if isinstance(answer, Awaitable) else answer
        if document is None:
            return web.Response(status=204)
        return web.Response(text=document, content_type="text/xml")

    def callbacks(self, path: str = "/status") -> list[str]:
        """The CallStatus (or MessageStatus) of every callback, in the order it came."""
        return [
            fields.get("CallStatus") or fields["MessageStatus"]
            for where, fields in self.heard
            if where == path
        ]

    def fields(self, path: str) -> list[dict[str, str]]:
        """What was posted to `path`."""
        return [fields for where, fields in self.heard if where == path]


class Stage:
    """A paused sandbox, a bot, and hands for both sides."""

    def __init__(self, sandbox: Sandbox, url: str, bot: Bot, web_client: aiohttp.ClientSession) -> None:
        self.sandbox, self.url, self.bot, self._web = sandbox, url, bot, web_client
        http = TwilioHttpClient(timeout=10)
        self.client = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=http)
        self.client.api.base_url = url

    async def sdk(self, work: Callable[[Client], Any]) -> Any:
        """Use the official SDK (it blocks, so in a thread)."""
        return await asyncio.to_thread(work, self.client)

    async def ring(self, to: str = LEE, **more: Any) -> str:
        """Create a call as the bot does, wait until all is quiet; the call's SID."""
        given: dict[str, Any] = {
            "url": f"{self.bot.url}/twiml",
            "status_callback": f"{self.bot.url}/status",
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "timeout": 25,
        } | more
        call = await self.sdk(lambda client: client.calls.create(to=to, from_=FRONTDOOR, **given))
        await self.sandbox.timeline.settle()
        return str(call.sid)

    async def do(self, route: str, status: int = 200, **given: Any) -> dict[str, Any]:
        """POST to the control API; then wait until all is quiet."""
        async with self._web.post(f"{self.url}/_control/{route}", data=json.dumps(given)) as response:
            answer: dict[str, Any] = await response.json()
            assert response.status == status, answer
        await self.sandbox.timeline.settle()
        return answer

    async def see(self, route: str) -> dict[str, Any]:
        """GET from the control API."""
        async with self._web.get(f"{self.url}/_control/{route}") as response:
            seen: dict[str, Any] = await response.json()
            return seen

    async def call(self, sid: str) -> dict[str, Any]:
        """The call as the page shows it."""
        return next(call for call in (await self.see("calls"))["calls"] if call["sid"] == sid)

    async def skip(self, seconds: float) -> None:
        """Let sandbox time pass."""
        await self.sandbox.timeline.advance(self.sandbox.clock.now() + timedelta(seconds=seconds))

    @property
    def now(self) -> datetime:
        """Sandbox time."""
        return self.sandbox.clock.now()


@asynccontextmanager
async def stage(rate: int = 0) -> AsyncIterator[Stage]:
    """Sandbox and bot on free loopback ports."""
    bot = Bot()
    listener = web.Application()
    listener.router.add_route("*", "/{path:.*}", bot.answer)
    sandbox = Sandbox(rate=rate)
    async with (
        TestServer(listener) as bot_server,
        TestServer(build_app(sandbox)) as server,
        aiohttp.ClientSession() as client,
    ):
        bot.url = str(bot_server.make_url("")).rstrip("/")
        yield Stage(sandbox, str(server.make_url("")).rstrip("/"), bot, client)
