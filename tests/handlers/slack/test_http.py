"""Slack over HTTP: signed by Slack just now, or refused without a trace on any request."""

import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict
from prometheus_client import CollectorRegistry

from bot.desk import Outcome
from handlers.slack import http
from handlers.slack.room import SlackRoom
from tests.handlers.slack.stage import (
    BLOCK,
    NOW,
    RETAIL,
    SAM,
    StubDesk,
    chosen,
    message,
    press,
    submit,
    typed,
)

SECRET = "sandbox-signing-secret"
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def figures() -> CollectorRegistry:
    """Where refusals are counted."""
    return CollectorRegistry()


@pytest.fixture
async def client(slack_room: SlackRoom, figures: CollectorRegistry) -> AsyncIterator[Client]:
    """Somebody who sends requests to our address."""
    app = web.Application()
    app.add_routes(slack_room.http_routes(figures))
    async with TestClient(TestServer(app)) as made:
        yield made


def _signed(
    body: str | bytes, *, secret: str = SECRET, age: int = 0, kind: str = "application/json", stamp: str = ""
) -> dict[str, Any]:
    """A request as Slack signs it, so many seconds ago; `stamp` instead of its time."""
    stamp = stamp or str(int(NOW.timestamp()) - age)
    raw = body.encode() if isinstance(body, str) else body
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
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


def _counted(figures: CollectorRegistry) -> dict[str, float]:
    """Refusals by reason."""
    return {
        sample.labels["reason"]: sample.value
        for metric in figures.collect()
        for sample in metric.samples
        if sample.name == "frontdoor_slack_requests_refused_total"
    }


def _spoilt(**headers: str | None) -> dict[str, Any]:
    """A right request with other headers; None takes one away."""
    sent = _signed(json.dumps(message()))
    for name, value in headers.items():
        sent["headers"].pop(name.replace("_", "-"))
        if value is not None:
            sent["headers"][name.replace("_", "-")] = value
    return sent


def _twice(name: str) -> dict[str, Any]:
    """A right request that has one header a second time."""
    sent = _signed(json.dumps(message()))
    headers = CIMultiDict(sent["headers"])
    headers.add(name, sent["headers"][name])
    return sent | {"headers": headers}


RIGHT = _signed(json.dumps(message()))
ODD = {
    "a secret that is not ours": ("forged", _signed(json.dumps(message()), secret="somebody-elses")),
    "signed for another body": ("forged", RIGHT | {"data": json.dumps(message(text="Give it to me"))}),
    "six minutes old": ("stale", _signed(json.dumps(message()), age=360)),
    "a second too old": ("stale", _signed(json.dumps(message()), age=301)),
    "six minutes in the future": ("stale", _signed(json.dumps(message()), age=-360)),
    "signed at the beginning of time": ("stale", _signed(json.dumps(message()), stamp="0")),
    "no time": ("malformed", _spoilt(X_Slack_Request_Timestamp=None)),
    "no signature": ("malformed", _spoilt(X_Slack_Signature=None)),
    "neither": ("malformed", {"data": "{}", "headers": {"Content-Type": "application/json"}}),
    "an empty signature": ("malformed", _spoilt(X_Slack_Signature="")),
    "two times": ("malformed", _twice("X-Slack-Request-Timestamp")),
    "two signatures": ("malformed", _twice("X-Slack-Signature")),
    "a signature in capitals": (
        "malformed",
        _spoilt(X_Slack_Signature=RIGHT["headers"]["X-Slack-Signature"].upper()),
    ),
    "another version": (
        "malformed",
        _spoilt(X_Slack_Signature=RIGHT["headers"]["X-Slack-Signature"].replace("v0", "v1")),
    ),
    "a signature that is no hash": ("malformed", _spoilt(X_Slack_Signature="v0=ä")),
    **{
        f"a time like {stamp!r}": ("malformed", _signed(json.dumps(message()), stamp=stamp))
        for stamp in (" ", "yesterday", "NaN", "inf", "1e9", "-1", "+1", "1.5", "٣", "²", "9" * 400)
    },
    "a time in other digits": (
        "malformed",
        _signed(
            json.dumps(message()), stamp="".join(chr(0x0660 + int(d)) for d in str(int(NOW.timestamp())))
        ),
    ),
}


@pytest.mark.parametrize("oddity", ODD)
async def test_what_slack_did_not_sign_just_now_is_refused_and_counted(
    client: Client, desk: StubDesk, figures: CollectorRegistry, caplog: pytest.LogCaptureFixture, oddity: str
) -> None:
    reason, sent = ODD[oddity]

    answer = await client.post(http.PATH, **sent)

    assert (answer.status, await answer.text()) == (401, "401: This request is not signed by Slack.")
    assert (desk.taken, _counted(figures), caplog.records) == ([], {reason: 1.0}, [])


@pytest.mark.parametrize(
    "body", [b"\xff\xfe{}", b"{", b"[]", b"payload=%7B", b"payload=7", b'{"authorizations": [7]}']
)
async def test_what_cannot_be_read_is_refused_even_when_it_is_signed(
    client: Client,
    desk: StubDesk,
    figures: CollectorRegistry,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
) -> None:
    answer = await client.post(http.PATH, **_signed(body))

    assert (answer.status, desk.taken, _counted(figures)) == (400, [], {"unreadable": 1.0})
    assert caplog.records == []


@pytest.mark.parametrize("kind", ["", "text/plain; charset=klingon", "application/json; charset=utf-16"])
async def test_what_slack_signed_is_read_as_it_was_signed_whatever_its_type_says(
    client: Client, desk: StubDesk, kind: str
) -> None:
    answer = await client.post(http.PATH, **_signed(json.dumps(message()), kind=kind))

    assert (answer.status, len(desk.taken)) == (200, 1)


async def test_a_body_of_unsaid_length_is_read_too(client: Client, desk: StubDesk) -> None:
    """A proxy may pass on in pieces what Slack sent whole."""
    sent = _signed(json.dumps(message()))
    answer = await client.post(http.PATH, headers=sent["headers"], data=io.BytesIO(sent["data"].encode()))

    assert (answer.status, len(desk.taken)) == (200, 1)


FORM = "application/x-www-form-urlencoded"
ESCALATION = {name: getattr(BLOCK, name) for name in BLOCK.__dataclass_fields__} | {
    "saas_name": chosen("Retail POS"),
    "branch": chosen("Harbour"),
    "branch_other": "",
}
REPLAYED = {
    "an event": (json.dumps(message()), "application/json"),
    "a press": ("payload=" + quote(json.dumps(press("claim"))), FORM),
    "a form": ("payload=" + quote(json.dumps(submit("escalate", ESCALATION))), FORM),
    "a command": (urlencode(typed(f"new <#{RETAIL}|retail> Printing fails", user=SAM)), FORM),
}


@pytest.mark.parametrize("what", REPLAYED)
async def test_what_is_sent_again_within_the_five_minutes_carries_the_same_key(
    client: Client, desk: StubDesk, what: str
) -> None:
    """By its key the inbox knows it, and gives the first answer again: see the door's own tests."""
    body, kind = REPLAYED[what]
    sent = _signed(body, kind=kind)

    answers = [(await client.post(http.PATH, **sent)).status for _ in range(3)]

    keys = [event.key for event in desk.taken]
    assert (answers, len(keys), len(set(keys))) == ([200] * 3, 3, 1)
