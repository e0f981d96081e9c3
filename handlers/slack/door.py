"""Between people's clicks and the desk: bounded in time, answered in words, shown where the person is looking."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.desk import NotStored, Outcome
from handlers.slack import blocks
from handlers.slack.client import error_of
from handlers.slack.forms.form import notice
from handlers.slack.parse import Origin
from handlers.slack.tools import Tools
from policies.events import AnyEvent

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds a click may take: Slack gives up after three."""
_SHOWING = 0.8
"""Seconds that an answer to a click may hold up its acknowledgement; it goes on afterwards."""
_RESPONSE_URL = 4
_ELSEWHERE = frozenset({"open", "away", "try_again", "terms"})
"""Verbs whose effect is not seen on the card they may have been pressed on."""
NOT_RECORDED = Outcome(accepted=False, said="Not recorded. Please press again.")


class Door:
    """Hands people's wishes to the desk, and its answers to people."""

    def __init__(self, tools: Tools) -> None:
        self._desk = tools.desk
        self._client = tools.client
        self._tools = tools
        self._showing: set[asyncio.Task[None]] = set()

    async def ask(self, event: AnyEvent) -> Outcome:
        """The desk's answer; after two seconds, or when it could not be stored, that nothing was recorded."""
        try:
            return await asyncio.wait_for(self._desk.handle(event), PATIENCE)
        except (TimeoutError, NotStored) as problem:
            log.warning("slack.not_recorded", event_kind=event.kind, reason=type(problem).__name__)
            return NOT_RECORDED

    async def answer(self, origin: Origin, outcome: Outcome, verb: str) -> None:
        """Tell what came of a press or a form, unless the card or the Home before this person shows it already."""
        office = self._tools.office
        internal = {"", office.support_channel, office.escalation_channel}
        if not (outcome.accepted and origin.channel in internal and verb not in _ELSEWHERE):
            await self.tell(origin, outcome.said)

    async def tell(self, origin: Origin, words: str) -> None:
        """Show words to this person alone, where they pressed. Never holds up an acknowledgement for long."""
        if words:
            await self._soon(self._show(origin, blocks.cut(words, blocks.TEXT)))

    async def drain(self) -> None:
        """Wait for what is still being shown."""
        if self._showing:
            await asyncio.wait(self._showing, timeout=_RESPONSE_URL)

    async def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)
        await asyncio.wait({task}, timeout=_SHOWING)

    async def _show(self, origin: Origin, words: str) -> None:
        try:
            if origin.channel:
                await self._client.chat_postEphemeral(
                    channel=origin.channel, user=origin.user, text=words, thread_ts=origin.thread or None
                )
            elif origin.trigger:
                await self._client.views_open(trigger_id=origin.trigger, view=notice("Frontdoor", words))
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as problem:
            log.info("slack.ephemeral_refused", reason=error_of(problem) or type(problem).__name__)
            await self._respond(origin, words)

    async def _respond(self, origin: Origin, words: str) -> None:
        """The other way to the same eyes: the address that came with the click, or else a direct message."""
        try:
            if origin.response_url and self._client.session is not None:
                body = {"text": words, "response_type": "ephemeral", "replace_original": False}
                limit = aiohttp.ClientTimeout(total=_RESPONSE_URL)
                async with self._client.session.post(origin.response_url, json=body, timeout=limit) as answer:
                    answer.raise_for_status()
            else:
                direct = await self._client.conversations_open(users=origin.user)
                await self._client.chat_postMessage(channel=direct["channel"]["id"], text=words)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as problem:
            log.warning("slack.answer_not_shown", reason=error_of(problem) or type(problem).__name__)
