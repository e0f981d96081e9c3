"""Tokens, scopes, rate limits and faults of the Web API."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.limits import POST_BURST
from sandbox.slack.scopes import RULES
from sandbox.slack.web_api import METHODS
from tests.sandbox.slack_stage import APP_TOKEN, RETAIL, SUPPORT, Stage, error_of, refusal


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_tokens(stage: Stage, token: str, error: str) -> None:
    """None, a wrong one, and one of another kind."""
    assert await error_of(stage.client(token).chat_postMessage(channel=SUPPORT, text="x")) == error


async def test_the_app_token_opens_connections_only(stage: Stage) -> None:
    """And the bot token does not."""
    assert await error_of(stage.web.api_call("apps.connections.open")) == "not_allowed_token_type"


async def test_scopes_are_told_and_asked_for(stage: Stage) -> None:
    """x-oauth-scopes on every answer; missing_scope says what is needed and what there is."""
    answer = await stage.web.auth_test()
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    await stage.post("app", scopes=["users:read"])

    refused = await refusal(stage.web.chat_postMessage(channel=SUPPORT, text="x"))

    assert (refused["error"], refused["needed"], refused["provided"]) == (
        "missing_scope",
        "chat:write",
        "users:read",
    )


async def test_each_kind_of_conversation_has_its_scope(stage: Stage) -> None:
    """groups:history does not read a public channel."""
    await stage.post("app", scopes=["groups:history"])

    refused = await refusal(stage.web.conversations_history(channel=RETAIL))

    assert (refused["error"], refused["needed"]) == ("missing_scope", "channels:history")


async def test_an_unknown_method(stage: Stage) -> None:
    """unknown_method."""
    assert await error_of(stage.web.api_call("chat.shout")) == "unknown_method"


async def test_posts_are_limited_per_channel(stage: Stage) -> None:
    """A short burst, then 429 with Retry-After, for that channel alone; switched off, all pass."""
    await stage.post("limits", rate_limits=True)
    for _ in range(POST_BURST):
        await stage.web.chat_postMessage(channel=SUPPORT, text="x")

    with pytest.raises(SlackApiError) as caught:
        await stage.web.chat_postMessage(channel=SUPPORT, text="x")

    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    assert int(caught.value.response.headers["Retry-After"]) >= 1
    await stage.web.chat_postMessage(channel=RETAIL, text="x")
    await stage.post("limits", rate_limits=False)
    await stage.web.chat_postMessage(channel=SUPPORT, text="x")


async def test_methods_are_limited_by_tier(stage: Stage) -> None:
    """Twenty a minute on tier 2, another method is not affected."""
    await stage.post("limits", rate_limits=True)
    for _ in range(20):
        await stage.web.users_list()

    assert await error_of(stage.web.users_list()) == "ratelimited"
    assert (await stage.web.usergroups_list())["ok"] is True


@pytest.mark.parametrize(
    ("mode", "done"),
    [("429", False), ("500-before", False), ("500-after", True), ("drop-after", True), ("hang-after", True)],
)
async def test_faults_before_and_after_the_effect(stage: Stage, mode: str, done: bool) -> None:
    """Whether it was done is not to be seen from the answer."""
    await stage.post(
        "fault", service="slack", method="chat.postMessage", mode=mode, retry_after=7, delay=0.05
    )
    client = AsyncWebClient(
        "xoxb-sandbox-bot", base_url=f"{stage.url}/api/", session=stage.http, retry_handlers=[]
    )

    with pytest.raises((SlackApiError, ClientError)) as caught:
        await client.chat_postMessage(channel=SUPPORT, text="x")

    if isinstance(caught.value, SlackApiError) and mode == "429":
        assert caught.value.response.headers["Retry-After"] == "7"
    assert await stage.texts(SUPPORT) == (["x"] if done else [])
    await client.chat_postMessage(channel=SUPPORT, text="again")
    assert (await stage.texts(SUPPORT))[-1] == "again"


async def test_a_request_can_land_late(stage: Stage) -> None:
    """Nobody hears of it, and later it stands there after all."""
    await stage.post("fault", service="slack", method="chat.postMessage", mode="lands-late", delay=0.05)
    client = AsyncWebClient(
        "xoxb-sandbox-bot", base_url=f"{stage.url}/api/", session=stage.http, retry_handlers=[]
    )

    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=SUPPORT, text="x")

    async with asyncio.timeout(10):
        while await stage.texts(SUPPORT) != ["x"]:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.02)


async def test_the_sdks_own_retry_posts_twice(stage: Stage) -> None:
    """What the design says of the default client: a dropped connection makes two messages of one call."""
    await stage.post("fault", service="slack", method="chat.postMessage", mode="drop-after")

    await stage.web.chat_postMessage(channel=SUPPORT, text="x")

    assert await stage.texts(SUPPORT) == ["x", "x"]


async def test_a_named_error(stage: Stage) -> None:
    """ok_false:<error> answers with that error."""
    await stage.post("fault", service="slack", method="views.open", mode="ok_false:internal_error")

    assert await error_of(stage.web.views_open(trigger_id="x", view={})) == "internal_error"


async def test_no_token_is_ever_logged(stage: Stage) -> None:
    """Neither in a header, a form nor an answer."""
    client = stage.client(APP_TOKEN)
    await client.apps_connections_open(app_token=APP_TOKEN)
    body = {"token": "xoxb-sandbox-bot", "channel": SUPPORT, "text": "x"}
    async with stage.http.post(f"{stage.url}/api/chat.postMessage", data=body) as response:
        assert (await response.json())["ok"] is True

    log = str((await stage.get("log"))["entries"])

    assert "xoxb" not in log
    assert "xapp" not in log
    assert "ticket=" not in log


def test_every_method_has_a_rule() -> None:
    """Scope and tier of each are known."""
    assert set(METHODS) == set(RULES)


def test_the_coverage_sheet_is_true(repository: Path) -> None:
    """It names as full or partial exactly the methods there are, and as absent none of them."""
    text = (repository / "sandbox" / "COVERAGE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+\.[A-Za-z.]+)` \| (full|partial|absent) \|", text, flags=re.MULTILINE)
    told: dict[str, set[Any]] = {}
    for name, state in rows:
        told.setdefault(state, set()).add(name)

    assert told["full"] | told["partial"] == set(METHODS)
    assert not told["absent"] & set(METHODS)
