"""The way out: each effect asked for once, its outcome told truly, and found again after silence."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.ports import NotSent, Sent, TooEarly, Unknown
from handlers.phone import client as client_module
from handlers.phone import sender as sender_module
from policies.effects import Card, HangUp, Sms
from policies.words import spoken
from tests.handlers.phone.fake_twilio import FakeTwilio, fake_twilio, refused
from tests.handlers.phone.stage import CALL, LEE, OURS, PUBLIC, START, build, call_info, job, sid, ticket

HANG_UP = HangUp(token="12-1", number=LEE)
SMS = Sms(person="lee", number=LEE, text="SUP-12 waits for you. Open Slack.")


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as fake:
        yield fake


@pytest.fixture
async def set_up(twilio: FakeTwilio) -> AsyncIterator[Any]:
    """The room beside the fake, and its stubs; `quiet` is the same room without a public address."""
    room, desk, board, clock = build(twilio.url)
    quiet, _, quiet_board, _ = build(twilio.url, public_url="")
    yield SimpleNamespace(
        room=room,
        sender=room.sender,
        desk=desk,
        board=board,
        clock=clock,
        quiet=quiet,
        quiet_board=quiet_board,
    )
    await room.account.close()
    await quiet.account.close()


# ---------------------------------------------------------------- calls
async def test_a_call_carries_its_token_and_asks_for_every_step(set_up: Any, twilio: FakeTwilio) -> None:
    """Rings as long as the terms say, without machine detection, limited in length."""
    sent = await set_up.sender.send(job())

    (request,) = twilio.requests
    assert sent == Sent(external_id=sid(1))
    assert request.form.getall("StatusCallbackEvent") == ["initiated", "ringing", "answered", "completed"]
    assert {key: request.form[key] for key in request.form if key != "StatusCallbackEvent"} == {
        "To": LEE,
        "From": OURS,
        "Timeout": "25",
        "TimeLimit": "150",
        "Url": f"{PUBLIC}/phone/answer/12-1",
        "Method": "POST",
        "FallbackUrl": f"{PUBLIC}/phone/answer/12-1?again=1",
        "FallbackMethod": "POST",
        "StatusCallback": f"{PUBLIC}/phone/status/12-1",
        "StatusCallbackMethod": "POST",
    }


async def test_without_a_public_address_the_call_says_the_words_itself(
    set_up: Any, twilio: FakeTwilio
) -> None:
    """No keys are offered that nobody could take."""
    await set_up.quiet.sender.send(job())

    (request,) = twilio.requests
    assert set(request.form) == {"To", "From", "Timeout", "TimeLimit", "Twiml"}
    assert spoken.without_keys("Lee Lead", (ticket(),)) in request.form["Twiml"]
    assert "Gather" not in request.form["Twiml"]


async def test_our_own_number_is_never_rung(set_up: Any, twilio: FakeTwilio) -> None:
    for effect in (replace(CALL, number=OURS), replace(SMS, number=OURS)):
        with pytest.raises(NotSent, match="our own"):
            await set_up.sender.send(job(effect))
    assert twilio.requests == []


@pytest.mark.parametrize(
    ("code", "status", "words", "alarms"),
    [
        (21211, 400, "not a valid telephone number", False),
        (21214, 400, "cannot be routed", False),
        (21215, 400, "not enabled in the telephone account", True),
        (20003, 401, "does not accept our account", True),
        (29999, 400, "refused it with code 29999", True),
    ],
)
async def test_a_refusal_is_final_and_alarms_where_we_are_to_blame(
    set_up: Any,
    twilio: FakeTwilio,
    caplog: pytest.LogCaptureFixture,
    code: int,
    status: int,
    words: str,
    alarms: bool,
) -> None:
    """One request, plain words, and no number in the log."""
    twilio.faults = [refused(code, status)]

    with pytest.raises(NotSent, match=words) as failure:
        await set_up.sender.send(job())

    assert failure.value.retry_after is None
    assert len(twilio.requests) == 1
    assert ("telephone configuration" in caplog.text) is alarms
    assert LEE not in caplog.text + str(failure.value)


async def test_too_many_requests_are_tried_again_when_twilio_says(set_up: Any, twilio: FakeTwilio) -> None:
    """Documented as not processed: safe, and only calls wait."""
    twilio.faults = [refused(20429, 429, **{"Retry-After": "7"}), refused(20429, 429)]

    with pytest.raises(NotSent) as told:
        await set_up.sender.send(job())
    with pytest.raises(NotSent) as untold:
        await set_up.sender.send(job())

    assert (told.value.retry_after, told.value.scope) == (7.0, "calls")
    assert untold.value.retry_after == 5.0


@pytest.mark.parametrize(
    "fault",
    [
        "drop",
        "accept-and-drop",
        "accept-and-500",
        {"text": "<h1>Bad gateway</h1>", "status": 502},
        {"text": "<h1>OK</h1>", "status": 201},
        {"text": "{}", "status": 201, "content_type": "application/json"},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
    ],
    ids=str,
)
async def test_whatever_is_not_clear_is_unknown_and_never_dialled_twice(
    set_up: Any, twilio: FakeTwilio, fault: Any
) -> None:
    twilio.faults = [fault]

    with pytest.raises(Unknown):
        await set_up.sender.send(job())

    assert len(twilio.requests) == 1


async def test_a_twilio_that_hangs_is_given_up_in_time(
    set_up: Any, twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK's own client ignores its timeout; ours does not."""
    monkeypatch.setattr(sender_module, "PATIENCE", 0.05)
    twilio.faults = ["hang"]

    with pytest.raises(Unknown):
        await set_up.sender.send(job())

    assert len(twilio.requests) == 1


async def test_the_client_itself_is_bounded(twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where no sender stands around it: polling."""
    monkeypatch.setattr(client_module, "PATIENCE", 0.05)
    room, *_ = build(twilio.url)
    twilio.faults = ["hang"]

    with pytest.raises(Unknown):
        await room.account.call(sid(1))

    await room.account.close()


async def test_a_twilio_that_cannot_be_connected_was_surely_not_asked() -> None:
    room, *_ = build("http://127.0.0.1:1")

    with pytest.raises(NotSent) as failure:
        await room.sender.send(job())

    assert failure.value.retry_after == 5.0
    await room.account.close()


async def test_a_refused_callback_address_still_rings(
    set_up: Any, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    """21609 is an alarm for us and no reason not to ring: the end is found by asking."""
    twilio.faults = [refused(21609)]

    sent = await set_up.sender.send(job())

    assert sent.external_id == sid(1)
    assert "StatusCallback" not in twilio.requests[1].form
    assert twilio.requests[1].form["Url"] == f"{PUBLIC}/phone/answer/12-1"
    assert "code 21609" in caplog.text


async def test_what_is_no_affair_of_the_telephone_is_refused(set_up: Any) -> None:
    with pytest.raises(NotSent, match="nothing a telephone can do"):
        await set_up.sender.send(job(Card(slot="card:support")))


async def test_requests_are_authenticated_and_numbers_stay_out_of_the_log(
    set_up: Any, twilio: FakeTwilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    await set_up.sender.send(job())
    await set_up.sender.look_up(job(replace(CALL, token="13-1")))

    assert twilio.requests[0].headers["Authorization"].startswith("Basic ")
    assert LEE not in caplog.text
    assert LEE.replace("+", "%2B") not in caplog.text


# ---------------------------------------------------------------- hanging up
@pytest.mark.parametrize("status", ["queued", "ringing"])
async def test_a_call_that_nobody_answered_is_cancelled(set_up: Any, twilio: FakeTwilio, status: str) -> None:
    twilio.add_call(status)

    assert await set_up.sender.send(job(HANG_UP)) == Sent(external_id=sid(1))
    assert twilio.calls[0]["status"] == "canceled"


async def test_whoever_is_listening_hears_that_it_is_taken(set_up: Any, twilio: FakeTwilio) -> None:
    """By whom, and then the call ends: nobody is cut off without a word."""
    twilio.add_call("in-progress")
    set_up.board.waiting.clear()
    set_up.board.ticket_ = ticket(acknowledged_by="bo", acknowledged_at=START)

    await set_up.sender.send(job(HANG_UP))

    assert set(twilio.requests[1].form) == {"Twiml"}
    assert "Bo Backup has taken it." in twilio.requests[1].form["Twiml"]


async def test_a_key_that_is_being_answered_is_not_talked_over(set_up: Any, twilio: FakeTwilio) -> None:
    """The person who pressed 4 hears "acknowledged", not a hang-up."""
    twilio.add_call("in-progress")
    set_up.board.waiting.clear()
    set_up.room.lines.learn(sid(1), "12-1", START, CALL.ring).pressed = True

    await set_up.sender.send(job(HANG_UP))

    assert twilio.asked() == [f"GET /Calls/{sid(1)}.json"]


async def test_a_key_that_another_replica_answered_is_not_talked_over(
    set_up: Any, twilio: FakeTwilio
) -> None:
    """Whoever hangs up need not be who was asked by Twilio."""
    twilio.add_call("in-progress")
    set_up.board.waiting.clear()
    set_up.board.known = {f"key:{sid(1)}:2"}

    await set_up.sender.send(job(HANG_UP))

    assert twilio.asked() == [f"GET /Calls/{sid(1)}.json"]


async def test_a_conversation_that_others_wait_for_goes_on(set_up: Any, twilio: FakeTwilio) -> None:
    """The call speaks for every request that waits for this person; one of them was taken."""
    twilio.add_call("in-progress")
    set_up.board.waiting["lee"] = (ticket(13),)

    await set_up.sender.send(job(HANG_UP))

    assert twilio.asked() == [f"GET /Calls/{sid(1)}.json"]


@pytest.mark.parametrize("status", ["completed", "busy", "canceled"])
async def test_a_call_that_is_over_needs_nothing(set_up: Any, twilio: FakeTwilio, status: str) -> None:
    twilio.add_call(status)

    assert await set_up.sender.send(job(HANG_UP)) == Sent(external_id=sid(1))
    assert twilio.asked() == [f"GET /Calls/{sid(1)}.json"]


async def test_a_call_that_ended_meanwhile_is_fine(set_up: Any, twilio: FakeTwilio) -> None:
    """21220 between asking and cancelling."""
    twilio.add_call("ringing")
    twilio.faults = [None, refused(21220)]

    assert await set_up.sender.send(job(HANG_UP)) == Sent(external_id=sid(1))


async def test_a_call_that_was_never_placed_needs_nothing(set_up: Any, twilio: FakeTwilio) -> None:
    set_up.board.calls["12-1"] = call_info("", state="cancelled")

    assert await set_up.sender.send(job(HANG_UP)) == Sent()
    assert twilio.requests == []


@pytest.mark.parametrize("state", ["sending", "unknown"])
async def test_a_call_that_is_being_placed_is_ended_as_soon_as_its_sid_is_known(
    set_up: Any, twilio: FakeTwilio, state: str
) -> None:
    set_up.board.calls["12-1"] = call_info("", state=state)
    with pytest.raises(TooEarly):
        await set_up.sender.send(job(HANG_UP))

    set_up.room.lines.learn(twilio.add_call("ringing"), "12-1", START, CALL.ring)

    assert await set_up.sender.send(job(HANG_UP)) == Sent(external_id=sid(1))
    assert twilio.calls[0]["status"] == "canceled"


async def test_a_database_that_cannot_be_read_is_tried_again(set_up: Any, twilio: FakeTwilio) -> None:
    """Nothing was asked of Twilio yet."""
    set_up.board.fails = 1

    with pytest.raises(NotSent) as failure:
        await set_up.sender.send(job(HANG_UP))

    assert failure.value.retry_after == 5.0
    assert twilio.requests == []


async def test_hanging_up_is_simply_done_again(set_up: Any, twilio: FakeTwilio) -> None:
    assert await set_up.sender.look_up(job(HANG_UP)) is None
    assert twilio.requests == []


# ---------------------------------------------------------------- text messages
async def test_a_message_is_sent_and_found_by_its_words(set_up: Any, twilio: FakeTwilio) -> None:
    twilio.faults = ["accept-and-500"]
    with pytest.raises(Unknown):
        await set_up.sender.send(job(SMS))

    assert dict(twilio.requests[0].form) == {"To": LEE, "From": OURS, "Body": SMS.text}
    assert await set_up.sender.look_up(job(SMS)) == Sent(external_id=sid(1).replace("CA", "SM"))
    assert await set_up.sender.look_up(job(replace(SMS, text="Another."))) is None
    assert await set_up.sender.look_up(job(SMS, START + timedelta(hours=1))) is None


async def test_a_message_that_the_person_unsubscribed_from_is_given_up(
    set_up: Any, twilio: FakeTwilio
) -> None:
    twilio.faults = [refused(21610)]

    with pytest.raises(NotSent, match="unsubscribed"):
        await set_up.sender.send(job(SMS))


async def test_a_test_call_says_its_words_without_a_public_address_too(
    set_up: Any, twilio: FakeTwilio
) -> None:
    await set_up.quiet.sender.send(job(replace(CALL, says="Your code is: 0. 8. 1. 5.")))

    (request,) = twilio.requests
    assert "<Say" in request.form["Twiml"]
    assert "Your code is: 0. 8. 1. 5." in request.form["Twiml"]
