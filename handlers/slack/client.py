"""Slack's Web API for this room: one client without retries of its own, and what each failure means for an effect."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import NotSent, Unknown

TIMEOUT = 8
"""Seconds for one call: below the ten a sender has, above what Slack needs on a bad day."""
_MAYBE = frozenset({"fatal_error", "internal_error", "request_timeout", "unknown_error"})
"""Slack's texts say of these that part of the operation may have succeeded."""
_SOON = {
    "ratelimited": 30.0,
    "rate_limited": 30.0,
    "message_limit_exceeded": 60.0,
    "service_unavailable": 10.0,
    "team_added_to_org": 60.0,
    "external_channel_migrating": 60.0,
    "accesslimited": 60.0,
    "invalid_auth": 60.0,
    "not_authed": 60.0,
    "token_expired": 60.0,
    "token_revoked": 60.0,
    "account_inactive": 60.0,
    "missing_scope": 60.0,
    "is_archived": 60.0,
    "not_in_channel": 60.0,
}
"""Surely not done and worth trying again, after so many seconds. A person mends tokens, scopes and channels meanwhile."""
CLOSED = frozenset({"is_archived", "not_in_channel", "channel_not_found", "restricted_action"})
"""Nothing can be said in this channel until a person mends it."""
REFUSED = frozenset(
    {"invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive", "missing_scope"}
)
"""Not the message's fault: nothing that is asked with this token, or without this scope, is done."""


def web_client(token: str | None, base_url: str) -> AsyncWebClient:
    """A client that sends once: the SDK's own retries post twice when a connection drops."""
    return AsyncWebClient(token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])


async def once(call: Awaitable[AsyncSlackResponse], scope: str) -> dict[str, Any]:
    """The answer to one call. Raises NotSent when it was surely not done, Unknown when it may have been.

    `scope` is the method and channel that have to wait after a 429.
    """
    try:
        answer = await call
    except SlackApiError as error:
        raise _meaning(error, scope) from error
    except aiohttp.ClientConnectorError as error:
        raise NotSent(f"Slack cannot be reached: {error}", retry_after=5.0, scope="") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Unknown(f"{scope}: {type(error).__name__}") from error
    return answer.data if isinstance(answer.data, dict) else {}


def error_of(problem: BaseException | None) -> str:
    """Slack's own word for what went wrong, such as message_not_found; empty for anything else."""
    if not isinstance(problem, SlackApiError):
        return ""
    data = getattr(problem.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _meaning(error: SlackApiError, scope: str) -> NotSent | Unknown:
    """What a refusal of Slack means."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    word = error_of(error)
    if status == 429:
        return NotSent("ratelimited", retry_after=_retry_after(error), scope=scope)
    if status >= 500 or word in _MAYBE or (not word and status < 400):
        return Unknown(f"{scope}: {word or status}")
    if not word:
        return NotSent(f"Slack answers {status}", retry_after=30.0)
    reason = f"{word}: {_needed(error)}" if word == "missing_scope" else word
    return NotSent(
        reason,
        retry_after=_SOON.get(word),
        scope=scope if word in {"ratelimited", "rate_limited"} else "",
        alarm="channel" if word in CLOSED and scope.startswith("chat.") else "",
    )


def _needed(error: SlackApiError) -> str:
    """The scope that Slack misses."""
    data = getattr(error.response, "data", None)
    return str(data.get("needed", "")) if isinstance(data, dict) else ""


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(found) if found.isdecimal() else 30.0
