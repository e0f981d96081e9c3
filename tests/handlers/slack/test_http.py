"""Slack over HTTP: signed by Slack or refused, and never larger than what Slack sends."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import SystemClock
from bot.desk import Outcome
from handlers.slack import http
from handlers.slack.room import SlackRoom
from tests.handlers.slack.stage import SAM, StubDesk, message, press, typed

SECRET = "sandbox-signing-secret"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(slack_room: SlackRoom) -> AsyncIterator[Client]:
    """Somebody who sends requests to our address."""
    app = web.Application()
    app.add_routes(slack_room.http_routes())
    async with TestClient(TestServer(app)) as made:
        yield made


def _signed(
    body: str, *, secret: str = SECRET, age: int = 0, kind: str = "application/json"
) -> dict[str, Any]:
    stamp = str(int(SystemClock().now().timestamp()) - age)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "data": body,
        "headers": {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": kind,
        },
    }


async def test_a_signed_event_goes_through_the_door(client: Client, desk: StubDesk) -> None:
    answer = await client.post(http.PATH, **_signed(json.dumps(message())))

    assert (answer.status, len(desk.taken)) == (200, 1)


async def test_what_was_not_stored_is_delivered_again(client: Client, desk: StubDesk) -> None:
    desk.fails = True

    assert (await client.post(http.PATH, **_signed(json.dumps(message())))).status == 500


async def test_the_address_is_verified(client: Client) -> None:
    answer = await client.post(
        http.PATH, **_signed(json.dumps({"type": "url_verification", "challenge": "c"}))
    )

    assert (answer.status, await answer.json()) == (200, {"challenge": "c"})


async def test_a_button_and_a_command_come_as_forms(client: Client, desk: StubDesk) -> None:
    desk.answer = Outcome(accepted=True)
    form = "application/x-www-form-urlencoded"
    payload = "payload=" + quote(json.dumps(press("claim")))
    assert (await client.post(http.PATH, **_signed(payload, kind=form))).status == 200
    command = urlencode(typed("help", user=SAM))
    answer = await client.post(http.PATH, **_signed(command, kind=form))

    assert len(desk.taken) == 1
    assert "/frontdoor away" in await answer.text()


@pytest.mark.parametrize(
    "spoil",
    [
        {"secret": "somebody-elses"},
        {"age": 301},
    ],
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    client: Client, desk: StubDesk, spoil: dict[str, Any]
) -> None:
    answer = await client.post(http.PATH, **_signed(json.dumps(message()), **spoil))

    assert (answer.status, desk.taken) == (401, [])


@pytest.mark.parametrize("stamp", ["", "yesterday", "1e9", "-1", "٣"])
async def test_a_stamp_that_is_no_number_is_refused_and_breaks_nothing(
    client: Client, desk: StubDesk, stamp: str
) -> None:
    sent = _signed(json.dumps(message()))
    sent["headers"]["X-Slack-Request-Timestamp"] = stamp

    assert (await client.post(http.PATH, **sent)).status == 401
    assert desk.taken == []


async def test_a_body_larger_than_slacks_is_refused(client: Client) -> None:
    answer = await client.post(http.PATH, **_signed("x" * 1_000_001))

    assert answer.status == 413
