"""A sandbox on a free port, with the official SDK pointed at it."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox

BOT_TOKEN = "xoxb-sandbox-bot"
APP_TOKEN = "xapp-sandbox-app"
SECRET = "sandbox-signing-secret"
CASEY, CLEO, SAM, LEE, ALERTS = "U0CASEY001", "U0CLEO0001", "U0SAM00001", "U0LEE00001", "U0ALERTBOT"
BOT = "U0FRONTBOT"
RETAIL, SUPPORT, GENERAL = "C0RETAIL01", "C0SUPPORT1", "C0GENERAL1"


class Stage:
    """One running sandbox; everything opened through it is closed with it."""

    def __init__(self, sandbox: Sandbox, url: str, http: ClientSession, stack: AsyncExitStack) -> None:
        self.sandbox, self.url, self.http, self._stack = sandbox, url, http, stack
        self.slack = sandbox.slack
        self.web = self.client()

    def client(self, token: str = BOT_TOKEN) -> AsyncWebClient:
        """The official client, unmodified."""
        return AsyncWebClient(token, base_url=f"{self.url}/api/", session=self.http)

    def app(self) -> AsyncApp:
        """A Bolt app that acknowledges once its listeners are done."""
        return AsyncApp(client=self.client(), signing_secret=SECRET, process_before_response=True)

    async def connect(self, app: AsyncApp) -> AsyncSocketModeHandler:
        """Connect over Socket Mode with the websockets adapter."""
        handler = AsyncSocketModeHandler(app, APP_TOKEN)
        await handler.connect_async()
        self._stack.push_async_callback(handler.close_async)
        return handler

    async def listen(self, app: AsyncApp) -> str:
        """Serve the app over HTTP; its request URL."""

        async def handler(request: web.Request) -> web.Response:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        return await self.serve(handler)

    async def serve(self, handler: Callable[[web.Request], Awaitable[web.Response]]) -> str:
        """Serve any handler; its address."""
        served = web.Application()
        served.router.add_post("/slack/events", handler)
        server = TestServer(served)
        await self._stack.enter_async_context(server)
        return str(server.make_url("/slack/events"))

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """The control API, which must agree."""
        status, answer = await self.try_post(path, **body)
        assert status == 200, answer
        return answer

    async def try_post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        """The control API: status and answer."""
        async with self.http.post(f"{self.url}/_control/{path}", json=body) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> dict[str, Any]:
        """What the control API shows."""
        async with self.http.get(f"{self.url}/_control/{path}") as response:
            return dict(await response.json())

    async def say(self, user: str, channel: str, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes; the message."""
        return dict((await self.post("message", user=user, channel=channel, text=text, **more))["message"])

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        await self.sandbox.timeline.settle()

    async def texts(self, channel: str) -> list[str]:
        """The texts of a channel, oldest first."""
        return [message["text"] for message in (await self.get(f"messages/{channel}"))["messages"]]

    async def kinds(self, direction: str) -> list[str]:
        """The kinds of the wire log's entries of one direction."""
        entries = (await self.get("log"))["entries"]
        return [entry["kind"] for entry in entries if entry["direction"] == direction]


async def error_of(call: Awaitable[Any]) -> str:
    """The error code with which Slack refuses a call."""
    return str((await refusal(call))["error"])


async def refusal(call: Awaitable[Any]) -> dict[str, Any]:
    """The whole answer with which Slack refuses a call."""
    try:
        await call
    except SlackApiError as error:
        return dict(error.response.data)
    raise AssertionError("the call was accepted")


def words(text: str) -> dict[str, Any]:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str, text: str = "Press", **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": words(text), **more}


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    """An actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An input block; the element's action_id is that of the block."""
    element = {"action_id": block_id, **element}
    return {"type": "input", "block_id": block_id, "label": words(block_id), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal that can be submitted."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": words("Form"),
        "submit": words("Send"),
        "blocks": list(blocks),
        **more,
    }
