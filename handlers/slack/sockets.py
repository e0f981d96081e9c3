"""Socket Mode with the websockets adapter, and a watch over it: a connection that stays down or silent is built anew."""

import asyncio
import contextlib
import logging

import structlog
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from websockets.exceptions import WebSocketException

from bot.clock import Clock
from handlers.slack.app import Traffic
from handlers.slack.client import error_of

log = structlog.get_logger(__name__)

DOWN = 30.0
"""Seconds without a connection after which the handler is thrown away; until then it is given new connections."""
PING = 10.0
"""Machine seconds between two pings. A deaf connection is known 40 s later: 10 to the ping, 20 for its pong, 10 to close (websockets)."""
SILENT = 1800.0
"""Seconds without any delivery after which a connection that looks well is replaced all the same."""
RETRY = 5.0
"""Seconds after a refused connection before the next one is asked for: Slack allows about fifty a minute."""
_CLOSING = 3.0
_CONNECTING = 15.0
_NO_CONNECTION = (
    SlackApiError,
    ClientError,
    WebSocketException,
    OSError,
    TimeoutError,
    AttributeError,  # the SDK, of an answer that is no JSON: a page of whatever stands before Slack
)


class Sockets:
    """One connection to Slack, kept. `check` is called every few seconds."""

    def __init__(
        self, app: AsyncApp, client: AsyncWebClient, token: str, clock: Clock, traffic: Traffic
    ) -> None:
        self._app = app
        self._client = client
        self._token = token
        self._clock = clock
        self._traffic = traffic
        self._handler: AsyncSocketModeHandler | None = None
        self._well = clock.monotonic()
        self._made = clock.monotonic()
        self._refused = clock.monotonic() - RETRY
        self._deaf: float | None = None
        self.problem = "not connected yet"

    def take_deafness(self) -> float | None:
        """How many seconds we may not have heard Slack, said once; None when nothing was missed."""
        deaf, self._deaf = self._deaf, None
        return deaf

    async def check(self) -> None:
        """See whether the connection is there; mend it, and after too long without, or in silence, build it anew."""
        now = self._clock.monotonic()
        if await self._connected():
            self._well, self.problem = now, ""
            if min(self._traffic.age, now - self._made) > SILENT:
                log.info("slack.socket_renewed", silent_for=round(self._traffic.age))
                silent = self._traffic.age
                await self._renew()
                self._deaf = silent
            return
        self._lost(now)
        if now - self._refused < RETRY:
            return
        if self._handler is None or now - self._well > DOWN:
            await self._renew()
        else:
            # The SDK would look only every ten seconds.
            await self._connect(self._handler)

    def _lost(self, now: float) -> None:
        """What comes from now on may be missed; a dead peer is noticed by its missing pongs, after PING."""
        if self._handler is not None and not self.problem:
            self.problem = "the connection to Slack was lost"
            log.warning("slack.socket_lost", open_for=round(now - self._made))
        if self._handler is not None:
            self._deaf = max(self._deaf or 0.0, now - self._well)

    async def _connected(self) -> bool:
        """Whether the connection is open, with somebody here who reads from it."""
        if self._handler is None:
            return False
        client = self._handler.client
        reads = client.message_receiver is not None and not client.message_receiver.done()
        return reads and not client.message_processor.done() and bool(await client.is_connected())

    async def close(self) -> None:
        """Take no more; bounded."""
        handler, self._handler = self._handler, None
        self.problem = "closed"
        if handler is not None:
            await _closed(handler)

    async def _renew(self) -> None:
        """A new handler, connected before the old one goes. What fails is said, and tried again at the next check."""
        fresh = AsyncSocketModeHandler(
            self._app,
            app_token=self._token,
            web_client=self._client,
            logger=logging.getLogger("slack_bolt.frontdoor.sockets"),
            ping_interval=PING,
        )
        # What the SDK mended behind our back would not be read back.
        fresh.client.default_auto_reconnect_enabled = False
        if not await self._connect(fresh):
            await _closed(fresh)
            return
        old, self._handler = self._handler, fresh
        self._made = self._clock.monotonic()
        if old is not None:
            await _closed(old)

    async def _connect(self, handler: AsyncSocketModeHandler) -> bool:
        """Whether `handler` has a new connection; `problem` says why not."""
        try:
            async with asyncio.timeout(_CONNECTING):
                await handler.client.connect_to_new_endpoint()
        except _NO_CONNECTION as error:
            self._refused = self._clock.monotonic()
            self.problem = f"no connection to Slack: {error_of(error) or type(error).__name__}"
            log.warning("slack.socket_failed", reason=self.problem)
            return False
        self._well, self.problem = self._clock.monotonic(), ""
        return True


async def _closed(handler: AsyncSocketModeHandler) -> None:
    """Closed, or given up after three seconds: a wedged handler must not hold us."""
    if handler.client.message_receiver is not None:
        handler.client.message_receiver.cancel()
    with contextlib.suppress(TimeoutError, WebSocketException, OSError):
        async with asyncio.timeout(_CLOSING):
            await handler.client.close()  # type: ignore[no-untyped-call]  # the SDK gives it no types
