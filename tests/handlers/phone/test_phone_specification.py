"""Every request that we make is one that Twilio's own OpenAPI description knows."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handlers.phone.sender import EVENTS
from policies.effects import HangUp, Sms
from tests.handlers.phone.fake_twilio import Request, fake_twilio
from tests.handlers.phone.stage import CALL, LEE, build, job

pytestmark = pytest.mark.spec

ACCOUNT_PATH = "/2010-04-01/Accounts/{AccountSid}"
PATHS = ("Calls.json", "Calls/{Sid}.json", "Messages.json")
DOCUMENTED_EVENTS = {"initiated", "ringing", "answered", "completed"}


@pytest.fixture(scope="module")
def description(twilio_openapi: Path) -> dict[str, Any]:
    """The part of the description that we use: the whole file takes seconds to load."""
    whole = json.loads(twilio_openapi.read_text(encoding="utf-8"))
    whole["paths"] = {path: whole["paths"][path] for path in (f"{ACCOUNT_PATH}/{name}" for name in PATHS)}
    return whole


@pytest.fixture(scope="module")
def openapi(description: dict[str, Any]) -> Any:
    from openapi_core import OpenAPI

    return OpenAPI.from_dict(description)


@pytest.fixture
async def requests() -> AsyncIterator[list[Request]]:
    """Everything that the room ever asks: calls with and without a public address, reading back, ending, texting."""
    async with fake_twilio() as twilio:
        for public_url in ("https://frontdoor.example.test", ""):
            room, _, board, clock = build(twilio.url, public_url=public_url)
            await room.sender.send(job())
            twilio.calls[-1]["status"] = "ringing"
            await room.sender.look_up(job(replace(CALL, token="13-1")))
            await room.sender.send(job(HangUp(token="12-1", number=LEE)))
            twilio.calls[-1]["status"] = "in-progress"
            board.waiting.clear()
            await room.sender.send(job(HangUp(token="12-1", number=LEE)))
            twilio.calls[-1]["status"] = "queued"
            clock.time += timedelta(minutes=2)
            await room.poller.round()
            await room.sender.send(job(Sms(person="lee", number=LEE, text="Open Slack.")))
            await room.sender.look_up(job(Sms(person="lee", number=LEE, text="Open Slack.")))
            await room.account.close()
        yield twilio.requests


def test_the_scenario_asks_for_everything(requests: list[Request]) -> None:
    """Otherwise the others prove nothing."""
    assert {(one.method, one.path.rpartition("/")[2][:2]) for one in requests} == {
        ("POST", "Ca"),
        ("GET", "Ca"),
        ("POST", "CA"),
        ("GET", "CA"),
        ("POST", "Me"),
        ("GET", "Me"),
    }


def test_every_request_is_valid(requests: list[Request], openapi: Any) -> None:
    from openapi_core.testing import MockRequest

    for one in requests:
        openapi.validate_request(
            MockRequest(
                "https://api.twilio.com",
                one.method.lower(),
                one.path,
                args=one.query,
                headers=one.headers,
                data=one.raw or None,
                content_type="application/x-www-form-urlencoded",
            )
        )


def test_a_request_that_is_wrong_is_seen_to_be_wrong(openapi: Any) -> None:
    """The check itself can fail: no From, and a timeout that is no number."""
    from openapi_core.exceptions import OpenAPIError
    from openapi_core.testing import MockRequest

    for form in (b"To=%2B12025550121", b"To=%2B12025550121&From=%2B12025550100&Timeout=soon"):
        wrong = MockRequest(
            "https://api.twilio.com",
            "post",
            f"/2010-04-01/Accounts/AC{'0' * 32}/Calls.json",
            headers={"Authorization": "Basic eDp5"},
            data=form,
            content_type="application/x-www-form-urlencoded",
        )
        with pytest.raises(OpenAPIError):
            openapi.validate_request(wrong)


def test_no_parameter_is_unknown(requests: list[Request], description: dict[str, Any]) -> None:
    """Twilio ignores what it does not know: a typing error would go unnoticed."""
    for one in requests:
        operation = description["paths"][_template(one.path)][one.method.lower()]
        if one.method == "GET":
            known = {parameter["name"] for parameter in operation["parameters"]}
            assert set(one.query) <= known, one.path
        else:
            (media,) = operation["requestBody"]["content"].values()
            assert set(one.form) <= set(media["schema"]["properties"]), one.path


def test_only_documented_events_are_asked_for() -> None:
    """The description has no list of them; this one is from Twilio's documentation of the call resource."""
    assert set(EVENTS) == DOCUMENTED_EVENTS


def _template(path: str) -> str:
    last = path.rpartition("/")[2]
    return f"{ACCOUNT_PATH}/{'Calls/{Sid}.json' if last.startswith('CA') else last}"
