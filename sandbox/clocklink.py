"""The clock link: bots follow the sandbox's clock over a websocket, and say when they have nothing left to do."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiohttp import WSCloseCode, WSMsgType, web

from sandbox.clock import Clock, isoformat
from sandbox.wire import WireLog


class HasClockLink(Protocol):
    """What the route needs of the sandbox."""

    @property
    def clocklink(self) -> "ClockLink":
        """The linked bots."""
        ...


@dataclass(slots=True, eq=False)
class Link:
    """One linked bot: what is still to be sent to it, and which settles it has yet to answer."""

    name: str
    socket: web.WebSocketResponse
    outgoing: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    asked: dict[int, asyncio.Future[None]] = field(default_factory=dict)
    next_due: datetime | None = None

    def tell(self, message: dict[str, Any]) -> None:
        """Send after all that was told before."""
        self.outgoing.put_nowait(json.dumps(message))

    def answered(self, up_to: float) -> None:
        """It is idle as of settle number `up_to`."""
        for seq in [seq for seq in self.asked if seq <= up_to]:
            waiting = self.asked.pop(seq)
            if not waiting.done():
                waiting.set_result(None)


class ClockLink:
    """The linked bots. Time is told at connect and at every change; `settle` asks all of them for idleness."""

    def __init__(self, clock: Clock, wire: WireLog) -> None:
        self._clock, self._wire = clock, wire
        self._links: list[Link] = []
        self._seen: list[str] = []
        self._seq = 0
        clock.listeners.append(self._tell_time)

    async def settle(self) -> list[datetime]:
        """Ask every linked bot and wait until each said idle or is gone; the moments at which they have something due."""
        self._seq += 1
        links, seq = tuple(self._links), self._seq
        loop = asyncio.get_running_loop()
        for link in links:
            link.asked[seq] = loop.create_future()
            link.tell({"type": "settle", "seq": seq})
        await asyncio.gather(*[link.asked[seq] for link in links])
        return [link.next_due for link in self._links if link.next_due is not None]

    def waiting_for(self) -> list[str]:
        """Bots asked to settle that have not yet said idle, in words."""
        return [f"bot {link.name!r} has not said that it is idle" for link in self._links if link.asked]

    def bots(self) -> list[dict[str, object]]:
        """[{"name", "connected"}] of every bot seen, in the order they came."""
        linked = {link.name for link in self._links}
        return [{"name": name, "connected": name in linked} for name in self._seen]

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Follow one bot until it goes; one that is gone is not waited for."""
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        link = self._join(request.query.get("name", "bot"), socket)
        writer = asyncio.get_running_loop().create_task(_write(link))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._heard(link, message.data)
        finally:
            self._leave(link)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def close(self) -> None:
        """Say goodbye to every bot: the sandbox ends."""
        await asyncio.gather(*[link.socket.close(code=WSCloseCode.GOING_AWAY) for link in self._links])

    def _join(self, name: str, socket: web.WebSocketResponse) -> Link:
        link = Link(name, socket)
        self._links.append(link)
        if name not in self._seen:
            self._seen.append(name)
        link.tell(self._time())
        self._wire.record("clock", "in", "clock.linked", f"bot {name!r} follows the clock")
        return link

    def _leave(self, link: Link) -> None:
        self._links.remove(link)
        link.answered(float("inf"))
        self._wire.record("clock", "in", "clock.unlinked", f"bot {link.name!r} no longer follows the clock")

    def _heard(self, link: Link, text: str) -> None:
        try:
            link.next_due, seq = _idle(text)
        except (KeyError, TypeError, ValueError) as error:
            words = f"bot {link.name!r}: {error}: {text[:200]}"
            self._wire.record("clock", "in", "clock.error", words, ok=False)
        else:
            link.answered(seq)

    def _time(self) -> dict[str, Any]:
        self._seq += 1
        return {
            "type": "time",
            "seq": self._seq,
            "now": isoformat(self._clock.now()),
            "rate": self._clock.rate,
        }

    def _tell_time(self) -> None:
        if self._links:
            message = self._time()
            for link in self._links:
                link.tell(message)


async def _write(link: Link) -> None:
    while not link.socket.closed:
        await link.socket.send_str(await link.outgoing.get())


def _idle(text: str) -> tuple[datetime | None, int]:
    """The next due moment and the number of the settle in {"type": "idle", "seq", "next_due"}; raises ValueError."""
    message = json.loads(text)
    if message["type"] != "idle":
        raise ValueError("a bot says idle, nothing else")
    due = None if message.get("next_due") is None else datetime.fromisoformat(message["next_due"])
    if due is not None and due.tzinfo is None:
        raise ValueError("next_due needs a zone")
    return due, int(message["seq"])


def add_routes(app: web.Application, sandbox: HasClockLink) -> None:
    """Serve the websocket /_clock."""
    app.router.add_get("/_clock", sandbox.clocklink.serve)

    async def goodbye(_app: web.Application) -> None:
        await sandbox.clocklink.close()

    app.on_shutdown.append(goodbye)
