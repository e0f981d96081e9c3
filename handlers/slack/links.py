"""Links to our own messages, as Slack gives them. A link is a convenience: where there is none, nothing waits for it."""

import asyncio

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Posted

_BOUND = 1.0
"""Seconds that words may wait for their link."""


class Links:
    """Permalinks, each asked for once. They never change while the message is there."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: dict[tuple[str, str], str] = {}

    async def to(self, posted: Posted | None) -> str:
        """The address of a message; empty when there is no message or Slack does not say within a second."""
        if posted is None:
            return ""
        place = (posted.channel, posted.ts)
        if place not in self._known:
            found = await self._ask(*place)
            if not found:
                return ""
            self._known[place] = found
        return self._known[place]

    async def _ask(self, channel: str, ts: str) -> str:
        try:
            async with asyncio.timeout(_BOUND):
                answer = await self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return ""
        link = str(answer.get("permalink") or "")
        return link if link.startswith(("https://", "http://")) and not set(link) & set("<>|") else ""
