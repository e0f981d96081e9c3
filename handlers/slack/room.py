"""Slack as one room: what the composition root makes, starts, asks for its health, and stops."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError

from bot.board import Board
from bot.clock import Clock
from bot.desk import Desk, NotStored
from bot.ending import end
from bot.in_force import InForce
from bot.settings import SLACK, Misconfigured
from bot.storage.engine import StoreFailed
from handlers.slack import http
from handlers.slack.app import Traffic, build
from handlers.slack.catchup import CatchUp
from handlers.slack.client import TIMEOUT, error_of, web_client
from handlers.slack.door import Door
from handlers.slack.listeners import Listeners
from handlers.slack.modals import Modals
from handlers.slack.sender import MEND, SlackSender
from handlers.slack.skew import Skew
from handlers.slack.sockets import Sockets
from handlers.slack.tools import Tools
from handlers.slack.typed import Typed

log = structlog.get_logger(__name__)

CHECK = 1.0
"""Seconds between two looks at the connection."""
FIRST_LOOK = 3.0
"""Seconds for which the start waits for Slack: who is to be telephoned does not wait for a bad network."""
LOOK_BACK = 600.0
"""Machine seconds between two readings in HTTP mode: one call for each channel and open thread, a fraction of Slack's fifty a minute."""
_DRAIN = 5.0
_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAccess:
    """What the settings say of Slack. Without an app token deliveries come over HTTP, signed with the secret."""

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = SLACK


class SlackRoom:
    """Both directions of Slack. With an app token deliveries come through a socket, without one over `http_routes`."""

    def __init__(
        self,
        desk: Desk,
        board: Board,
        in_force: InForce,
        clock: Clock,
        access: SlackAccess,
        counted: Callable[[], None] = lambda: None,
        *,
        skewed: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._access, self._clock = access, clock
        self._looked = clock.monotonic()
        self._who: AuthorizeResult | None = None
        self._watching: asyncio.Task[None] | None = None
        self.client = web_client(access.bot_token, access.api_url)
        self.traffic = Traffic(clock, counted)
        self._skew = Skew(clock.wall, skewed)
        tools = Tools(client=self.client, desk=desk, board=board, in_force=in_force, clock=clock)
        self._door = Door(tools)
        self.sender = SlackSender(tools)
        modals = Modals(tools, self._door)
        typed = Typed(tools, self._door, modals)
        self._listeners = Listeners(tools, self._door, modals, typed, self.sender)
        self.catch_up = CatchUp(tools, lambda: self._listeners.own, away=bool(access.app_token))
        self._listeners.dated = self.catch_up.dated
        desk.replay = self._listeners.replay
        bare = web_client(None, access.api_url)
        self.bolt: AsyncApp = build(lambda: self._who, bare, self.traffic, self._listeners.keep)
        self._listeners.register(self.bolt)
        self._wall = clock.wall
        self._sockets: Sockets | None = None
        if access.app_token:
            self._sockets = Sockets(self.bolt, self.client, access.app_token, clock, self.traffic)

    @property
    def team(self) -> str:
        """Our workspace's id; empty until Slack has said it."""
        return self._listeners.own

    async def start(self) -> None:
        """Ask Slack who we are, connect, and keep watch. Raises Misconfigured when Slack refuses the token.

        When Slack does not answer within 3 seconds it is tried on: clocks and telephones go on meanwhile.
        """
        limit = aiohttp.ClientTimeout(
            total=TIMEOUT
        )  # the SDK's own is only for sessions that it opens itself
        self.client.session = aiohttp.ClientSession(timeout=limit, trace_configs=[self._skew.trace()])
        first = asyncio.create_task(self._look(), name="slack-first-look")
        done, _ = await asyncio.wait({first}, timeout=FIRST_LOOK)
        if done:
            first.result()
        self._watching = asyncio.create_task(self._watch(first), name="slack-watch")

    async def close_intake(self) -> None:
        """Take no more deliveries, and finish those in hand. What goes out goes on."""
        watching, self._watching = self._watching, None
        if watching is not None:
            await end(watching)
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        if self._sockets is not None:
            await self._sockets.close()
        await self.catch_up.stop()
        if not await self.traffic.drained(_DRAIN):
            log.warning("slack.not_drained", in_hand=self.traffic.in_hand)

    async def stop(self) -> None:
        """Take no more, finish what is in hand, and close."""
        await self.close_intake()
        await self._door.drain()
        if self.client.session is not None:
            await self.client.session.close()

    def http_routes(self, registry: CollectorRegistry | None = None) -> list[web.RouteDef]:
        """The routes for delivery over HTTP; none in Socket Mode. Refusals are counted in `registry`."""
        if self._sockets is not None:
            return []
        return http.routes(self.bolt, self._access.signing_secret, self._wall, registry)

    def healthy(self) -> str | None:
        """Why Slack is not ready, in words; None when it is."""
        if self._who is None:
            return "Slack has not said yet who we are (auth.test)"
        if self.sender.refused:
            return f"Slack refuses what we ask ({self.sender.refused}): {MEND}"
        return (self._sockets.problem or None) if self._sockets is not None else None

    async def _watch(self, first: asyncio.Task[None]) -> None:
        """`first` is the look of the start, which may still be under way and ends with this."""
        look: Awaitable[None] = first
        while True:
            try:
                await look
            except Misconfigured as problem:
                log.error("slack.refused", reason=str(problem))
            except Exception:
                # A watch that dies leaves us deaf for ever; one that complains every second is heard.
                log.exception("slack.watch_failed")
            await asyncio.sleep(CHECK)
            look = self._look()

    async def _look(self) -> None:
        if self._who is None:
            await self._introduce()
        if self._who is None:
            return
        try:
            await self.catch_up.prepare()
            await self._listen()
        except (StoreFailed, NotStored) as problem:
            log.warning("slack.not_kept", reason=str(problem))

    async def _listen(self) -> None:
        """Keep the connection, and make good what was missed without one.

        Over HTTP nobody tells us that Slack has given up on us, so what came is looked through every few minutes.
        """
        if self._sockets is None:
            if self._clock.monotonic() - self._looked > LOOK_BACK:
                self._looked = self._clock.monotonic()
                self.catch_up.doubt(away=False)
            await self.catch_up.listening(sure=False)
            return
        await self._sockets.check()
        deaf = self._sockets.take_deafness()
        if deaf is not None:
            self.catch_up.doubt(deaf)
        if not self._sockets.problem:
            await self.catch_up.listening()

    async def _introduce(self) -> None:
        try:
            answer = await self.client.auth_test()
        except SlackApiError as error:
            word = error_of(error)
            if word in _TOKEN:
                mend = "Copy the Bot User OAuth Token from the app's page OAuth & Permissions."
                raise Misconfigured((f"SLACK_BOT_TOKEN is refused by Slack ({word}). {mend}",)) from error
            log.warning("slack.auth_test_failed", reason=word)
            return
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("slack.unreachable", reason=type(error).__name__)
            return
        self._who = AuthorizeResult.from_auth_test_response(
            bot_token=self._access.bot_token, auth_test_response=answer
        )
        self._listeners.own = str(answer["team_id"])
