"""Reading conversations back: page by page to the end, at a pace that leaves Slack's limits to what is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import NotSent
from handlers.slack.client import once
from handlers.slack.parse import Json, storable

log = structlog.get_logger(__name__)

PAGE = 200
"""Messages asked for at once; Slack gives fewer to apps that it limits (15 a minute: slack.dev, rate limits of May 2025)."""
AT_ONCE = 20
"""Readings that follow each other without a pause; a reading back of what was sent needs the other thirty of a minute."""
PACE = 2.0
"""Machine seconds between two further readings."""
_FOR_GOOD = frozenset({"missing_scope", "is_archived", "not_in_channel"})
"""Refusals that no waiting mends, though something sent would wait for a person to mend them."""


class Unreadable(Exception):
    """Slack will not show it, and says so with `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reading:
    """One go at reading. Raises Unreadable, or bot.ports.Unknown when Slack did not answer."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._asked = 0

    async def history(self, channel: str, since: datetime) -> list[Json]:
        """What stands in a channel since a moment, without the replies in threads."""

        def page(**more: Any) -> Awaitable[AsyncSlackResponse]:  # noqa: ANN401 -- the SDK's own parameters
            oldest = f"{since.timestamp():.6f}"
            return self._client.conversations_history(channel=channel, oldest=oldest, limit=PAGE, **more)

        return await self._all(page, f"conversations.history:{channel}")

    async def thread(self, channel: str, ts: str) -> list[Json]:
        """A message with all its replies; nothing when it is gone. Of a reply, that reply alone."""

        def page(**more: Any) -> Awaitable[AsyncSlackResponse]:  # noqa: ANN401 -- the SDK's own parameters
            return self._client.conversations_replies(channel=channel, ts=ts, limit=PAGE, **more)

        try:
            return await self._all(page, f"conversations.replies:{channel}")
        except Unreadable as refusal:
            if refusal.reason == "thread_not_found":
                return []
            raise

    async def _all(self, page: Callable[..., Awaitable[AsyncSlackResponse]], scope: str) -> list[Json]:
        found: list[Json] = []
        cursor = ""
        while True:
            answer = await self._page(page, scope, cursor)
            found += storable(answer.get("messages") or [])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    async def _page(
        self, page: Callable[..., Awaitable[AsyncSlackResponse]], scope: str, cursor: str
    ) -> Json:
        """One page, however long Slack makes us wait for it."""
        while True:
            self._asked += 1
            if self._asked > AT_ONCE:
                await asyncio.sleep(PACE)
            try:
                return await once(page(cursor=cursor) if cursor else page(), scope)
            except NotSent as refusal:
                word = refusal.reason.partition(":")[0]
                if refusal.retry_after is None or word in _FOR_GOOD:
                    raise Unreadable(word) from refusal
                log.info(
                    "slack.reading_waits", scope=scope, seconds=refusal.retry_after, reason=refusal.reason
                )
                await asyncio.sleep(refusal.retry_after)
