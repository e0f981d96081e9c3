"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable

from aiohttp import WSMsgType, web

from sandbox.slack.app import App
from sandbox.slack.errors import Json
from sandbox.slack.parcel import NOBODY, TIMEOUT, Answer, Parcel

MAX_CONNECTIONS = 10
HEARTBEAT = 25.0
"""Seconds between pings; the Node client gives a connection up after 30 s without one."""
BACK_SECONDS = 10.0
"""How long, in machine time, an app is waited for whose last connection the sandbox itself has cut."""
ACK_SECONDS = 3.0
"""How long an acknowledgement may take, in machine time, as Slack allows."""


class Sockets:
    """The open connections of the app. An acknowledgement is honoured on whichever connection it arrives."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.ack_seconds = ACK_SECONDS
        self.on_connect: list[Callable[[], None]] = []
        self.on_change: list[Callable[[], None]] = []
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._wires: dict[web.WebSocketResponse, asyncio.Transport | None] = {}
        self._deaf: set[web.WebSocketResponse] = set()
        self._turn = 0
        self._back_by = 0.0
        self._waiting: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Answer]]] = {}

    def ticket(self, base_url: str) -> str:
        """A single-use address for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"ws{base_url.removeprefix('http')}/link/?ticket={ticket}&app_id={self.app.id}"

    def connected(self) -> bool:
        """Whether at least one connection is open."""
        return bool(self._open)

    def awaited(self) -> bool:
        """Whether the sandbox itself cut the last connection a moment ago, so that the app is on its way back."""
        return not self._open and time.monotonic() < self._back_by

    def _expect_back(self) -> None:
        if self._open:
            self._back_by = time.monotonic() + BACK_SECONDS

    @property
    def count(self) -> int:
        """Open connections."""
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="unknown or used ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=0)
        await socket.prepare(request)
        if len(self._open) >= MAX_CONNECTIONS:
            await self._goodbye(socket, "too_many_websockets")
            return socket
        await socket.send_json(self._hello())
        self._cut([one for one in self._open if one in self._deaf])
        self._open.append(socket)
        self._back_by = 0.0
        self._wires[socket] = request.transport
        self._tell(self.on_change)
        self._tell(self.on_connect)
        try:
            await self._listen(socket)
        finally:
            self._gone(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": 18_060,
            },
            "connection_info": {"app_id": self.app.id},
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                said = json.loads(message.data)
            except ValueError:
                continue
            if isinstance(said, dict) and isinstance(said.get("envelope_id"), str):
                self._acknowledged(said["envelope_id"], said.get("payload"))

    def _acknowledged(self, envelope_id: str, payload: object) -> None:
        found = self._waiting.pop(envelope_id, None)
        if found is not None and not found[1].done():
            found[1].set_result(Answer(acked=True, body=payload, status=200))

    def _gone(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
        self._wires.pop(socket, None)
        self._deaf.discard(socket)
        for envelope_id, (carrier, future) in list(self._waiting.items()):
            if carrier is socket and not self._open:
                del self._waiting[envelope_id]
                if not future.done():
                    future.set_result(NOBODY)
        self._tell(self.on_change)

    @staticmethod
    def _tell(listeners: list[Callable[[], None]]) -> None:
        for listener in listeners:
            listener()

    async def carry(self, parcel: Parcel, attempt: int, reason: str) -> Answer:
        """Send an envelope over the next connection in turn and wait for its acknowledgement."""
        if not self._open:
            return NOBODY
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = (socket, future)
        try:
            if socket not in self._deaf:
                await socket.send_json(self._envelope(parcel, envelope_id, attempt, reason))
            return await asyncio.wait_for(future, self.ack_seconds)
        except TimeoutError:
            return TIMEOUT
        except (ConnectionError, RuntimeError):
            return TIMEOUT if self._open else NOBODY
        finally:
            self._waiting.pop(envelope_id, None)

    @staticmethod
    def _envelope(parcel: Parcel, envelope_id: str, attempt: int, reason: str) -> Json:
        envelope: Json = {
            "envelope_id": envelope_id,
            "payload": parcel.payload,
            "type": parcel.kind,
            "accepts_response_payload": parcel.answers,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        return envelope

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come anew, as Slack does every few hours; then close the old ones."""
        self._expect_back()
        for socket in [one for one in self._open if one not in self._deaf]:
            await self._goodbye(socket, reason, close=reason != "warning")

    @staticmethod
    async def _goodbye(socket: web.WebSocketResponse, reason: str, *, close: bool = True) -> None:
        debug = {"host": "applink-sandbox"}
        try:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": debug})
        except (ConnectionError, RuntimeError):
            return
        if close:
            await asyncio.sleep(0.2)
            await socket.close()

    def drop(self) -> None:
        """Cut every connection without a word; what was not acknowledged will come again."""
        self._expect_back()
        self._cut(list(self._open))

    def deafen(self) -> None:
        """Leave every connection open, and neither say nor hear anything on it, not even a ping, until the app connects anew."""
        for socket in self._open:
            socket._cancel_heartbeat()  # noqa: SLF001 -- it would close the connection: aiohttp has no other word for it
            wire = self._wires.get(socket)
            if wire is not None:
                wire.pause_reading()
            self._deaf.add(socket)

    def _cut(self, sockets: list[web.WebSocketResponse]) -> None:
        for socket in sockets:
            wire = self._wires.get(socket)
            self._gone(socket)
            if wire is not None:
                wire.abort()

    async def close(self) -> None:
        """Close every connection properly."""
        for socket in list(self._open):
            await socket.close()
