"""Puts the rooms of the sandbox together behind one aiohttp application on loopback."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox import clocklink
from sandbox.clock import Clock
from sandbox.clocklink import ClockLink
from sandbox.control import (
    clock_routes,
    fault_routes,
    phone_routes,
    slack_routes,
    state_routes,
    story_routes,
    terms_routes,
)
from sandbox.control.terms_routes import AskBot
from sandbox.faults import Faults
from sandbox.phone import Phone
from sandbox.phone import routes as phone_addresses
from sandbox.slack import Slack
from sandbox.slack import routes as slack_addresses
from sandbox.timeline import Timeline
from sandbox.wire import WireLog

ROOMS = (
    slack_addresses,
    phone_addresses,
    clocklink,
    slack_routes,
    phone_routes,
    clock_routes,
    fault_routes,
    state_routes,
    story_routes,
    terms_routes,
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MEGABYTE = 1024 * 1024
PAGE = Path(__file__).parent / "page"


class Sandbox:
    """Everything that one sandbox is made of. `base_url` is the address it was last reached at, without a slash."""

    def __init__(self, *, rate: int = 1) -> None:
        self.clock = Clock(rate=rate)
        self.wire = WireLog(self.clock)
        self.faults = Faults()
        self.slack = Slack(self.clock, self.wire, self.faults)
        self.phone = Phone(self.clock, self.wire, self.faults)
        self.clocklink = ClockLink(self.clock, self.wire)
        self.timeline = Timeline(self)
        self.base_url = "http://127.0.0.1"
        self.ask_bot: AskBot | None = None
        """Runs a command of the bot beside it; only a sandbox that started its bot can."""

    def reset(self) -> None:
        """A fresh world at the start of its time; bots stay connected, the log begins anew."""
        self.faults.clear()
        self.slack.reset()
        self.phone.reset()
        self.clock.reset()
        self.slack.world.seed()
        self.wire.clear()

    def reached_at(self, base_url: str) -> None:
        """Remember the address that links, tickets and response addresses are to carry."""
        self.base_url = base_url
        self.slack.base_url = base_url


def is_local(request: web.Request) -> bool:
    """Whether it was asked by a loopback name, and not by a page of somebody else in this machine's browser."""
    origin = request.headers.get("Origin", "")
    ours = origin in ("", f"{request.scheme}://{request.host}")
    return ours and request.url.host in LOOPBACK


def build_app(sandbox: Sandbox) -> web.Application:
    """The application that serves the page, Slack, Twilio, the clock link and the control API."""

    @web.middleware
    async def remember_address(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not is_local(request):
            raise web.HTTPForbidden(
                text="The sandbox answers its own page and programs of this machine only."
            )
        sandbox.reached_at(f"{request.scheme}://{request.host}")
        return await handler(request)

    app = web.Application(middlewares=[remember_address], client_max_size=64 * MEGABYTE)
    for room in ROOMS:
        room.add_routes(app, sandbox)

    async def index(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})

    app.router.add_get("/", index)
    app.router.add_static("/static/", PAGE)

    async def goodbye(_app: web.Application) -> None:
        await sandbox.slack.close()

    app.on_shutdown.append(goodbye)
    return app
