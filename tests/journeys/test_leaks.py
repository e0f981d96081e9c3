"""Strangers, faults and mistakes, and nothing of anybody in what the bot says about them."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.driver import Stage, open_stage
from tests.journeys.leaks import leaks
from tests.journeys.telling import BLOCK

WORDS = "My password is hunter2-hunter2 and I am at casey@example-retail.example"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Delivery over HTTP, and a bot that may complain; what it says is looked through at the end, as in every journey."""
    stage = open_stage(tmp_path, http=True)
    try:
        yield stage
    finally:
        stage.close()


def sent(stage: Stage, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    """A stranger's request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://{stage.bot.environment['FRONTDOOR_LISTEN']}{path}", body, named)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_failures_of_every_side_tell_nothing_of_anybody(stage: Stage) -> None:
    token = stage.bot.environment["TWILIO_AUTH_TOKEN"]
    forged = f"AccountSid={token}&To=%2B12025550121&Digits=4&words={WORDS}".encode()
    strangers = [
        sent(
            stage, "/slack/events", WORDS.encode(), X_Slack_Request_Timestamp="NaN", X_Slack_Signature=token
        ),
        sent(stage, f"/phone/key/{token}?to=+12025550121", forged, X_Twilio_Signature=token),
        sent(stage, f"/phone/{token}/+12025550121", forged),
        sent(stage, "/metrics", forged),
    ]
    assert [status for status, _ in strangers] == [401, 403, 404, 405]
    stage.casey.writes(f"{WORDS}\nand nobody answers +12025550132")
    stage.passes(minutes=1)
    stage.sam.on_card("claim")
    stage.sam.on_card("escalate")
    for method, mode in (("chat.postMessage", "500-after"), ("chat.update", "ok_false:fatal_error")):
        stage.control("fault", service="slack", method=method, mode=mode, times=2)
    stage.control("fault", service="twilio", method="calls.create", mode="500-before", times=2)
    stage.sam.fills(**BLOCK)
    stage.passes(minutes=20)

    assert stage.calls()
    assert stage.bot.complaints()
    assert leaks([text for _, text in strangers], stage.bot.environment, [WORDS]) == []


def test_what_may_not_be_said_is_found_when_it_is(stage: Stage) -> None:
    """The net itself: every kind of it, as a log writes it."""
    environment = stage.bot.environment
    token = environment["SLACK_BOT_TOKEN"]
    lines = [f'{{"event": "{token}"}}', "calling 12025550111", "to: a.b@example.com", f"failed: {WORDS} ..."]

    found = [one.partition(":")[0] for one in leaks(["\n".join(lines), "fine"], environment, [WORDS])]

    assert found == [
        "SLACK_BOT_TOKEN",
        "the number of sam",
        "words of a person",
        "an e-mail address",
        "an e-mail address",
    ]
