"""What the page and scripts can see: the state of everything, the wire log, and a stream of changes."""

import asyncio
from typing import Any, Protocol

from aiohttp import WSCloseCode, web

from sandbox.clock import Clock, isoformat
from sandbox.clocklink import ClockLink
from sandbox.faults import Faults
from sandbox.phone import Phone
from sandbox.wire import WireLog


class Visible(Protocol):
    """A part of the sandbox that shows itself."""

    def state(self) -> dict[str, Any]:
        """What is to be seen of it, as plain data."""
        ...


class World(Protocol):
    """What these routes need of the sandbox."""

    clock: Clock
    wire: WireLog
    phone: Phone
    faults: Faults
    clocklink: ClockLink

    @property
    def slack(self) -> Visible:
        """The Slack side."""
        ...


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/state, /_control/log and the websocket /_control/stream."""
    stream = Stream(sandbox)

    async def state(_request: web.Request) -> web.Response:
        return web.json_response(state_of(sandbox))

    async def log(request: web.Request) -> web.Response:
        since = request.query.get("since", "0")
        if not since.isdigit():
            return web.json_response({"ok": False, "error": "since is the number of an entry"}, status=400)
        entries = sandbox.wire.since(int(since))
        return web.json_response({"ok": True, "entries": entries, "version": sandbox.wire.version})

    async def goodbye(_app: web.Application) -> None:
        await stream.close()

    app.router.add_get("/_control/state", state)
    app.router.add_get("/_control/log", log)
    app.router.add_get("/_control/stream", stream.serve)
    app.on_shutdown.append(goodbye)


def state_of(sandbox: World) -> dict[str, Any]:
    """Everything the page shows: time, people, channels, views, calls, messages, bots, faults to come."""
    return {
        "ok": True,
        "now": isoformat(sandbox.clock.now()),
        "rate": sandbox.clock.rate,
        "version": sandbox.wire.version,
        "bots": sandbox.clocklink.bots(),
        "faults": sandbox.faults.waiting(),
        **sandbox.phone.state(),
        **sandbox.slack.state(),
    }


class Stream:
    """Pushes to every page what changed: {"type": "changed"} with version and clock, and new log entries."""

    def __init__(self, sandbox: World) -> None:
        self._sandbox = sandbox
        self._pages: dict[web.WebSocketResponse, asyncio.Event] = {}
        sandbox.wire.listeners.append(self._changed)
        sandbox.clock.listeners.append(self._changed)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Push to one page until it goes; entries start after `?since=N`, by default with the next one."""
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        wire = self._sandbox.wire
        since = request.query.get("since", "")
        told = int(since) if since.isdigit() else len(wire.entries)
        changed = self._pages[socket] = asyncio.Event()
        changed.set()
        pusher = asyncio.get_running_loop().create_task(self._push(socket, changed, told))
        try:
            async for _message in socket:
                continue
        finally:
            del self._pages[socket]
            pusher.cancel()
            await asyncio.gather(pusher, return_exceptions=True)
        return socket

    async def close(self) -> None:
        """Say goodbye to every page: the sandbox ends."""
        await asyncio.gather(*[page.close(code=WSCloseCode.GOING_AWAY) for page in self._pages])

    def _changed(self) -> None:
        for changed in self._pages.values():
            changed.set()

    async def _push(self, socket: web.WebSocketResponse, changed: asyncio.Event, told: int) -> None:
        wire, clock = self._sandbox.wire, self._sandbox.clock
        while not socket.closed:
            await changed.wait()
            changed.clear()
            told = min(told, len(wire.entries))
            entries = wire.since(told)
            told += len(entries)
            if entries:
                await socket.send_json({"type": "log", "entries": entries})
            now = {"now": isoformat(clock.now()), "rate": clock.rate}
            await socket.send_json({"type": "changed", "version": wire.version, **now})
