"""A short message is queued, sent, delivered or not, and the bot hears of each step."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.sandbox.phone_stage import FRONTDOOR, LEE, Stage, stage


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built
        assert built.bot.forged == []


async def text(on: Stage, body: str = "Open Slack, please.") -> Any:
    callback = f"{on.bot.url}/sms"
    return await on.sdk(
        lambda client: client.messages.create(to=LEE, from_=FRONTDOOR, body=body, status_callback=callback)
    )


async def test_a_message_is_delivered_a_second_later(on: Stage) -> None:
    sent = await text(on)
    assert (sent.status, sent.num_segments) == ("queued", "1")
    await on.skip(1)
    assert on.bot.callbacks("/sms") == ["sent", "delivered"]
    seen = await on.sdk(lambda client: client.messages(sent.sid).fetch())
    assert (seen.status, seen.body, seen.error_code) == ("delivered", "Open Slack, please.", None)
    assert [message["body"] for message in (await on.see("state"))["sms"]] == ["Open Slack, please."]


async def test_a_telephone_out_of_reach_gets_none(on: Stage) -> None:
    await on.do("phone/behaviour", number=LEE, mode="unreachable")
    await text(on)
    await on.skip(1)
    assert on.bot.callbacks("/sms") == ["sent", "undelivered"]
    assert on.bot.fields("/sms")[-1]["ErrorCode"] == "30003"


async def test_messages_are_listed_by_number(on: Stage) -> None:
    sent = await text(on)
    listed = await on.sdk(lambda client: client.messages.list(to=LEE, limit=20))
    assert [message.sid for message in listed] == [sent.sid]
    assert await on.sdk(lambda client: client.messages.list(to="+12025550199")) == []


@pytest.mark.parametrize(
    ("body", "segments"),
    [("a" * 160, "1"), ("a" * 161, "2"), ("€" * 81, "2"), ("ے" * 70, "1"), ("ے" * 71, "2")],
)
async def test_it_is_counted_as_networks_count(on: Stage, body: str, segments: str) -> None:
    assert (await text(on, body)).num_segments == segments


async def test_an_empty_message_is_refused(on: Stage) -> None:
    with pytest.raises(TwilioRestException) as raised:
        await text(on, "")
    assert raised.value.code == 21602
