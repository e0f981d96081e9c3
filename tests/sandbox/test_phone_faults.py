"""What goes wrong with a telephone provider goes wrong here on demand, and exactly so often."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.sandbox.phone_stage import LEE, Stage, say, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built


async def placed(on: Stage) -> list[str]:
    return [call["to"] for call in (await on.see("calls"))["calls"]]


async def test_429_places_no_call_and_only_once(on: Stage) -> None:
    await on.do("fault", service="twilio", method="calls.create", mode="429", retry_after=2)
    with pytest.raises(TwilioRestException) as raised:
        await on.ring()
    assert (raised.value.status, raised.value.code) == (429, 20429)
    assert await placed(on) == []
    await on.ring()
    assert await placed(on) == [LEE]


async def test_500_before_places_no_call(on: Stage) -> None:
    await on.do("fault", service="twilio", method="*", mode="500-before")
    with pytest.raises(TwilioRestException) as raised:
        await on.ring()
    assert raised.value.status == 500
    assert await placed(on) == []


async def test_500_after_has_placed_the_call(on: Stage) -> None:
    await on.do("fault", service="twilio", method="calls.create", mode="500-after")
    with pytest.raises(TwilioRestException) as raised:
        await on.ring()
    assert raised.value.status == 500
    found = await on.sdk(lambda client: client.calls.list(to=LEE))
    assert [call.to for call in found] == [LEE]


@pytest.mark.parametrize(("mode", "calls"), [("hang", []), ("hang-after", [LEE]), ("drop-after", [LEE])])
async def test_a_lost_answer_leaves_it_open_whether_it_rings(on: Stage, mode: str, calls: list[str]) -> None:
    await on.do("fault", service="twilio", method="calls.create", mode=mode, delay=0.1)
    with pytest.raises(requests.ConnectionError):
        await on.ring()
    assert await placed(on) == calls


async def test_a_request_can_land_late(on: Stage) -> None:
    """Nobody hears of it, and later it rings after all."""
    await on.do("fault", service="twilio", method="calls.create", mode="lands-late", delay=0.05)
    with pytest.raises(requests.ConnectionError):
        await on.ring()
    async with asyncio.timeout(10):
        while await placed(on) != [LEE]:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.02)


async def test_any_error_of_twilio_can_be_asked_for(on: Stage) -> None:
    await on.do("fault", service="twilio", method="calls.create", mode="error:21215")
    with pytest.raises(TwilioRestException) as raised:
        await on.ring()
    assert (raised.value.status, raised.value.code) == (400, 21215)


async def test_a_duplicate_callback_carries_the_same_token(on: Stage) -> None:
    await on.do("fault", service="twilio", method="call.status", mode="duplicate-delivery")
    await on.ring()
    assert on.bot.callbacks() == ["initiated", "initiated", "ringing"]
    tokens = [headers["I-Twilio-Idempotency-Token"] for headers in on.bot.headers]
    assert tokens[0] == tokens[1] != tokens[2]


async def test_a_late_callback_comes_after_its_delay(on: Stage) -> None:
    await on.do("fault", service="twilio", method="call.status", mode="late-delivery", delay=12)
    await on.ring()
    assert on.bot.callbacks() == ["ringing"]
    await on.skip(12)
    assert on.bot.callbacks() == ["ringing", "initiated"]


async def test_a_reordered_callback_comes_after_its_successor(on: Stage) -> None:
    on.bot.documents["/twiml"] = say("Hello.")
    await on.ring()
    await on.do("fault", service="twilio", method="call.status", mode="reorder")
    await on.do("phone/answer", number=LEE)
    assert on.bot.callbacks() == ["initiated", "ringing", "completed", "in-progress"]
    assert [fields["SequenceNumber"] for fields in on.bot.fields("/status")] == ["0", "1", "3", "2"]


async def test_faults_are_called_off(on: Stage) -> None:
    await on.do("fault", service="twilio", method="*", mode="500-before", times=9)
    await on.do("faults/clear")
    await on.ring()
    assert await placed(on) == [LEE]


async def test_a_fault_nobody_knows_is_refused_in_words(on: Stage) -> None:
    refused = await on.do("fault", status=400, service="twilio", method="*", mode="explode")
    assert "explode" in refused["error"]
    assert "500-after" in refused["error"]
