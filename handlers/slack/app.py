"""The Bolt app: acknowledges after the listener, authorizes from what was learned at the start, keeps count of what is in hand."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from handlers.slack.parse import Json, storable

log = structlog.get_logger(__name__)


class Traffic:
    """What Slack delivers: how many deliveries, how many in hand, how long since the last one (machine seconds)."""

    def __init__(self, clock: Clock, counted: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._counted = counted
        self._last = clock.monotonic()
        self._idle = asyncio.Event()
        self._idle.set()
        self.count = 0
        self.in_hand = 0

    @property
    def age(self) -> float:
        """Seconds since the last delivery, or since the start."""
        return self._clock.monotonic() - self._last

    async def middleware(
        self, body: Json, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Counts, makes texts storable for whoever comes next, and answers the one notice that has no listener in Bolt."""
        self._last = self._clock.monotonic()
        self.count += 1
        self._counted()
        body.update(storable(body))
        if body.get("type") == "app_rate_limited":
            log.error("slack.app_rate_limited")
            return BoltResponse(status=200)
        self.in_hand += 1
        self._idle.clear()
        try:
            return await next_()
        finally:
            self.in_hand -= 1
            if not self.in_hand:
                self._idle.set()

    async def drained(self, seconds: float) -> bool:
        """Whether everything in hand came to its end within `seconds`."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True


Keep = Callable[[Json, Exception], Awaitable[bool]]
"""Keeps a delivery whose listener failed; whether it is kept, so that Slack need not bring it again."""


def build(
    known: Callable[[], AuthorizeResult | None], client: AsyncWebClient, traffic: Traffic, keep: Keep
) -> AsyncApp:
    """An app without listeners. `known` gives what auth.test said; before that nothing is acknowledged.

    What comes over HTTP has to be verified before it is handed in: see `http.routes`.
    """

    async def authorize() -> AuthorizeResult:
        found = known()
        if found is None:
            raise NotKnownYet("auth.test has not been answered yet")
        return found

    async def failed(error: Exception, body: Json) -> BoltResponse | None:
        """Returning nothing leaves the delivery unacknowledged: Slack brings it again."""
        log.error("slack.listener_failed", reason=type(error).__name__, exc_info=error)
        return BoltResponse(status=200) if await keep(body, error) else None

    logger = logging.getLogger("slack_bolt.frontdoor")
    logger.setLevel(logging.ERROR)  # Bolt warns of SLACK_BOT_TOKEN in the environment, which is ours to read
    app = AsyncApp(
        name="frontdoor",
        logger=logger,
        process_before_response=True,
        request_verification_enabled=False,
        client=client,
        authorize=authorize,
    )
    app.error(failed)
    app.middleware(traffic.middleware)
    return app


class NotKnownYet(Exception):
    """Something arrived before Slack had said who we are."""
