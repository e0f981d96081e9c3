"""The official SDK reads what the sandbox's Twilio answers, refusals included; what Twilio never documented is refused."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from sandbox.cast import ACCOUNT_SID, AUTH_TOKEN
from tests.sandbox.phone_stage import FRONTDOOR, LEE, SAM, Stage, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


GOOD = {"To": LEE, "From": FRONTDOOR, "Url": "http://127.0.0.1:9/twiml"}


async def create(on: Stage, token: str = AUTH_TOKEN, **form: str) -> tuple[int, dict[str, Any]]:
    basic = base64.b64encode(f"{ACCOUNT_SID}:{token}".encode()).decode()
    url = f"{on.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
    headers = {"Authorization": f"Basic {basic}"}
    async with aiohttp.ClientSession() as web, web.post(url, data=form, headers=headers) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21201),
        ({"To": "Lee"}, 21211),
        ({"To": "+15005550003"}, 21215),
        ({"From": ""}, 21213),
        ({"From": "+12025550199"}, 21210),
        ({"Url": ""}, 21205),
        ({"Url": "ftp://example.com/x"}, 21205),
        ({"StatusCallback": "http://bad_host/x"}, 21609),
        ({"StatusCallbackEvent": "finished"}, 21626),
        ({"Timeout": "soon"}, 20001),
        ({"Timeout": "601"}, 20001),
        ({"MachineDetection": "Maybe"}, 20001),
    ],
)
async def test_a_wrong_parameter_is_refused_with_twilios_code(
    on: Stage, change: dict[str, str], code: int
) -> None:
    status, body = await create(on, **(GOOD | change))
    assert (status, body["code"], body["status"]) == (400, code, 400)
    assert body["more_info"].endswith(f"/{code}")
    assert (await on.see("calls"))["calls"] == []


async def test_a_parameter_that_twilio_does_not_document_is_named_and_refused(on: Stage) -> None:
    status, body = await create(on, **GOOD, ValidityPeriod="60")
    assert (status, body["code"]) == (400, 20001)
    assert "ValidityPeriod" in body["message"]


async def test_a_wrong_token_is_not_let_in(on: Stage) -> None:
    status, body = await create(on, token="guess", **GOOD)
    assert (status, body["code"]) == (401, 20003)
    assert (await on.see("calls"))["calls"] == []


async def test_the_account_is_active(on: Stage) -> None:
    account = await on.sdk(lambda client: client.api.accounts(ACCOUNT_SID).fetch())
    assert (account.status, account.sid) == ("active", ACCOUNT_SID)


async def test_the_sdk_raises_the_code_it_was_refused_with(on: Stage) -> None:
    with pytest.raises(TwilioRestException) as raised:
        await on.sdk(lambda client: client.calls("CA" + "0" * 32).fetch())
    assert (raised.value.status, raised.value.code) == (404, 20404)


async def test_calls_are_listed_newest_first_and_by_number(on: Stage) -> None:
    first, second = await on.ring(to=LEE), await on.ring(to=SAM)
    listed = await on.sdk(lambda client: [call.sid for call in client.calls.list()])
    assert listed == [second, first]
    of_lee = await on.sdk(lambda client: client.calls.list(to=LEE, status="ringing"))
    assert [call.sid for call in of_lee] == [first]


async def test_a_queued_call_is_missed_by_a_filter_on_its_start(on: Stage) -> None:
    ringing, queued = await on.ring(to=LEE), await on.ring(to=SAM)
    today = datetime(2026, 11, 18, tzinfo=UTC)
    found = await on.sdk(lambda client: [call.sid for call in client.calls.list(start_time_after=today)])
    assert found == [ringing]
    assert queued in await on.sdk(lambda client: [call.sid for call in client.calls.list(to=SAM)])


async def test_the_sdk_turns_the_pages(on: Stage) -> None:
    placed = [await on.ring(to=LEE) for _ in range(5)]

    def all_in_pages_of_two(client: Client) -> list[str]:
        return [str(call.sid) for call in client.calls.stream(page_size=2)]

    assert await on.sdk(all_in_pages_of_two) == placed[::-1]


async def test_an_ended_call_can_not_be_changed(on: Stage) -> None:
    sid = await on.ring()
    await on.skip(25)
    with pytest.raises(TwilioRestException) as raised:
        await on.sdk(lambda client: client.calls(sid).update(status="completed"))
    assert raised.value.code == 21220


async def test_the_wire_log_tells_of_requests_and_webhooks_and_keeps_the_token_out(on: Stage) -> None:
    await on.ring()
    entries = (await on.see("log?since=0"))["entries"]
    assert [entry["kind"] for entry in entries] == ["calls.create", "call.status", "call.status"]
    assert [entry["direction"] for entry in entries] == ["in", "out", "out"]
    assert entries[1]["response"]["status"] == 204
    assert AUTH_TOKEN not in str(entries)
