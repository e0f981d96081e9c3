"""A call on the sandbox's Twilio goes the way a real one goes, seen by the official SDK and by the bot's webhooks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.sandbox.phone_stage import LEE, MENU, SAM, Stage, say, stage

START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage() as built:
        yield built
        assert built.bot.forged == []


async def test_a_ringing_call_is_seen_as_ringing_by_the_sdk(on: Stage) -> None:
    sid = await on.ring()
    call = await on.sdk(lambda client: client.calls(sid).fetch())
    assert (call.status, call.to, call.direction) == ("ringing", LEE, "outbound-api")
    assert call.date_created == START
    assert on.bot.callbacks() == ["initiated", "ringing"]


async def test_nobody_answers_and_the_ringing_ends_after_exactly_its_timeout(on: Stage) -> None:
    sid = await on.ring(timeout=25)
    await on.skip(24.999)
    assert (await on.call(sid))["status"] == "ringing"
    await on.skip(10)
    ended = await on.call(sid)
    assert (ended["ended_as"], ended["ended_at"]) == ("no-answer", "2026-11-18T09:00:25.000000Z")
    assert on.bot.callbacks() == ["initiated", "ringing", "no-answer"]


async def test_a_pressed_key_reaches_the_action_of_the_gather(on: Stage) -> None:
    on.bot.documents |= {"/twiml": MENU, "/keys": say("It is yours.")}
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    assert (await on.call(sid))["can"] == ["press", "hangup"]
    pressed = await on.do("phone/press", number=LEE, digit="4")
    assert pressed["heard"] is True
    assert [fields["Digits"] for fields in on.bot.fields("/keys")] == ["4"]
    ended = await on.call(sid)
    assert (ended["ended_as"], ended["ended_by"], ended["digits"]) == ("completed", "bot", "4")
    said = [line["text"] for line in ended["transcript"] if line["who"] == "bot"]
    assert said == ["Ticket twelve. Press four.", "It is yours."]
    assert on.bot.callbacks() == ["initiated", "ringing", "in-progress", "completed"]


async def test_callbacks_are_numbered_and_say_when(on: Stage) -> None:
    on.bot.documents["/twiml"] = "<Response><Pause length='90'/></Response>"
    await on.ring()
    await on.skip(5)
    await on.do("phone/answer", number=LEE)
    await on.skip(90)
    posted = on.bot.fields("/status")
    assert [fields["SequenceNumber"] for fields in posted] == ["0", "1", "2", "3"]
    assert [fields["Timestamp"][17:25] for fields in posted] == [
        "09:00:00",
        "09:00:00",
        "09:00:05",
        "09:01:35",
    ]
    assert (posted[-1]["CallDuration"], posted[-1]["Duration"]) == ("90", "2")


async def test_silence_is_posted_as_empty_digits_when_asked_for(on: Stage) -> None:
    on.bot.documents |= {"/twiml": MENU, "/keys": "<Response><Hangup/></Response>"}
    await on.ring()
    await on.do("phone/answer", number=LEE)
    await on.skip(7.9)
    assert on.bot.fields("/keys") == []
    await on.skip(0.1)
    assert [fields["Digits"] for fields in on.bot.fields("/keys")] == [""]


async def test_silence_falls_through_to_the_next_verb_otherwise(on: Stage) -> None:
    on.bot.documents["/twiml"] = "<Response><Gather/><Say>Nobody there.</Say></Response>"
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    await on.skip(5)
    ended = await on.call(sid)
    assert ended["ended_at"] == "2026-11-18T09:00:05.000000Z"
    assert [line["text"] for line in ended["transcript"] if line["who"] == "bot"] == ["Nobody there."]


async def test_several_digits_end_with_the_finishing_key(on: Stage) -> None:
    on.bot.documents |= {"/twiml": '<Response><Gather action="/keys"/></Response>', "/keys": say("Thanks.")}
    await on.ring()
    await on.do("phone/answer", number=LEE)
    for digit in "12#":
        await on.do("phone/press", number=LEE, digit=digit)
    assert [fields["Digits"] for fields in on.bot.fields("/keys")] == ["12"]


async def test_a_key_with_nothing_listening_is_not_heard(on: Stage) -> None:
    on.bot.documents["/twiml"] = "<Response><Pause length='60'/></Response>"
    await on.ring()
    await on.do("phone/answer", number=LEE)
    assert (await on.do("phone/press", number=LEE, digit="4"))["heard"] is False


async def test_a_redirect_is_followed(on: Stage) -> None:
    on.bot.documents |= {
        "/twiml": "<Response><Redirect>/again?x=1</Redirect></Response>",
        "/again": say("Here."),
    }
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    assert [line["text"] for line in (await on.call(sid))["transcript"] if line["who"] == "bot"] == ["Here."]


async def test_the_person_hangs_up(on: Stage) -> None:
    on.bot.documents["/twiml"] = MENU
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    await on.do("phone/hangup", number=LEE)
    ended = await on.call(sid)
    assert (ended["ended_as"], ended["ended_by"]) == ("completed", "person")
    assert on.bot.callbacks()[-1] == "completed"


@pytest.mark.parametrize(
    ("mode", "after", "status", "sip"),
    [("busy", 1, "busy", "486"), ("fail", 1, "failed", "404"), ("unreachable", 1, "failed", "480")],
)
async def test_a_telephone_that_never_rings(
    on: Stage, mode: str, after: float, status: str, sip: str
) -> None:
    await on.do("phone/behaviour", number=LEE, mode=mode)
    sid = await on.ring()
    await on.skip(after)
    assert (await on.call(sid))["ended_as"] == status
    assert on.bot.callbacks() == ["initiated", status]
    assert on.bot.fields("/status")[-1]["SipResponseCode"] == sip


async def test_declining_is_busy(on: Stage) -> None:
    await on.ring()
    await on.do("phone/busy", number=LEE)
    assert on.bot.callbacks() == ["initiated", "ringing", "busy"]


async def test_a_voicemail_answers_hears_the_text_and_presses_nothing(on: Stage) -> None:
    on.bot.documents |= {"/twiml": MENU, "/keys": MENU}
    await on.do("phone/behaviour", number=LEE, mode="voicemail")
    sid = await on.ring(timeout=25)
    await on.skip(60)
    ended = await on.call(sid)
    assert (ended["answered_at"], ended["ended_at"]) == (
        "2026-11-18T09:00:20.000000Z",
        "2026-11-18T09:00:40.000000Z",
    )
    assert (ended["ended_as"], ended["ended_by"]) == ("completed", "voicemail")
    assert [fields["Digits"] for fields in on.bot.fields("/keys")] == ["", ""]


async def test_a_short_ring_ends_before_the_voicemail_picks_up(on: Stage) -> None:
    await on.do("phone/behaviour", number=LEE, mode="voicemail")
    sid = await on.ring(timeout=15)
    await on.skip(60)
    assert (await on.call(sid))["ended_as"] == "no-answer"


async def test_somebody_answers_and_never_presses_a_key(on: Stage) -> None:
    on.bot.documents |= {"/twiml": MENU, "/keys": "<Response><Hangup/></Response>"}
    await on.do("phone/behaviour", number=LEE, mode="answer-silent")
    sid = await on.ring()
    await on.skip(60)
    ended = await on.call(sid)
    assert (ended["answered_at"], ended["ended_at"]) == (
        "2026-11-18T09:00:03.000000Z",
        "2026-11-18T09:00:11.000000Z",
    )


async def test_machine_detection_tells_later_what_answered(on: Stage) -> None:
    on.bot.documents["/twiml"] = "<Response><Pause length='60'/></Response>"
    amd = {
        "machine_detection": "Enable",
        "async_amd": "true",
        "async_amd_status_callback": f"{on.bot.url}/amd",
    }
    sid = await on.ring(**amd)
    await on.do("phone/voicemail", number=LEE)
    assert on.bot.fields("/amd") == []
    await on.skip(4)
    assert [fields["AnsweredBy"] for fields in on.bot.fields("/amd")] == ["machine_start"]
    call = await on.sdk(lambda client: client.calls(sid).fetch())
    assert call.answered_by == "machine_start"


async def test_a_second_call_waits_its_second_and_can_be_cancelled_meanwhile(on: Stage) -> None:
    await on.ring(to=LEE)
    second = await on.ring(to=SAM)
    assert (await on.call(second))["status"] == "queued"
    cancelled = await on.sdk(lambda client: client.calls(second).update(status="canceled"))
    assert cancelled.status == "canceled"
    third = await on.ring(to=SAM)
    await on.skip(2)
    seen = await on.call(third)
    assert (seen["queued_at"], seen["ringing_at"]) == (
        "2026-11-18T09:00:00.000000Z",
        "2026-11-18T09:00:02.000000Z",
    )


async def test_a_ringing_call_is_cancelled(on: Stage) -> None:
    sid = await on.ring()
    await on.sdk(lambda client: client.calls(sid).update(status="canceled"))
    await on.sandbox.timeline.settle()
    assert on.bot.callbacks() == ["initiated", "ringing", "canceled"]
    await on.do("phone/answer", status=400, number=LEE)


async def test_cancelling_leaves_an_answered_call_alone_but_completing_ends_it(on: Stage) -> None:
    on.bot.documents["/twiml"] = MENU
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    left = await on.sdk(lambda client: client.calls(sid).update(status="canceled"))
    assert left.status == "in-progress"
    ended = await on.sdk(lambda client: client.calls(sid).update(status="completed"))
    assert ended.status == "completed"


async def test_a_live_call_is_given_other_words(on: Stage) -> None:
    on.bot.documents["/twiml"] = MENU
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    await on.sdk(lambda client: client.calls(sid).update(twiml=say("Already taken.")))
    await on.sandbox.timeline.settle()
    ended = await on.call(sid)
    assert [line["text"] for line in ended["transcript"] if line["who"] == "bot"][-1] == "Already taken."
    assert ended["ended_as"] == "completed"


async def test_a_telephone_in_use_is_busy_for_the_next_caller(on: Stage) -> None:
    on.bot.documents["/twiml"] = MENU
    await on.ring()
    await on.do("phone/answer", number=LEE)
    second = await on.ring()
    await on.skip(2)
    assert (await on.call(second))["ended_as"] == "busy"


@pytest.mark.parametrize(
    ("document", "code"),
    [("<Response><Say>cut off", "12100"), ("<Reply/>", "12102"), ("<Response>\x0b</Response>", "12100")],
)
async def test_words_that_are_no_twiml_end_the_call_with_twilios_error(
    on: Stage, document: str, code: str
) -> None:
    on.bot.documents["/twiml"] = document
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    ended = await on.call(sid)
    assert ended["ended_by"] == "application error"
    assert any(line["text"].startswith(f"error {code}") for line in ended["transcript"])


async def test_json_in_place_of_twiml_is_refused_by_type(on: Stage) -> None:
    on.bot.documents["/twiml"] = lambda _fields: web.json_response({})
    sid = await on.ring()
    await on.do("phone/answer", number=LEE)
    assert any("12300" in line["text"] for line in (await on.call(sid))["transcript"])


async def test_the_fallback_is_asked_when_the_words_cannot_be_had(on: Stage) -> None:
    on.bot.documents |= {
        "/twiml": lambda _fields: web.Response(status=500),
        "/fallback": say("Open Slack, please."),
    }
    sid = await on.ring(fallback_url=f"{on.bot.url}/fallback")
    await on.do("phone/answer", number=LEE)
    assert [fields["ErrorCode"] for fields in on.bot.fields("/fallback")] == ["11200"]
    said = [line["text"] for line in (await on.call(sid))["transcript"] if line["who"] == "bot"]
    assert said == ["Open Slack, please."]


async def test_a_bot_that_is_down_is_written_into_the_transcript(on: Stage) -> None:
    nowhere = "http://127.0.0.1:9"
    sid = await on.ring(url=f"{nowhere}/twiml", status_callback=f"{nowhere}/status")
    await on.do("phone/answer", number=LEE)
    words = [line["text"] for line in (await on.call(sid))["transcript"] if line["who"] == "system"]
    assert any("error 11200" in text for text in words)


async def test_only_the_events_asked_for_are_told(on: Stage) -> None:
    await on.ring(status_callback_event=["answered"])
    await on.skip(30)
    assert on.bot.callbacks() == []


async def test_a_telephone_rings_by_itself_when_the_clock_runs() -> None:
    async with stage(rate=1) as on:
        on.bot.documents["/twiml"] = MENU
        sid = await on.ring()
        before = on.now
        await on.skip(25)
        assert (await on.call(sid))["ended_as"] == "no-answer"
        assert on.sandbox.clock.rate == 1
        assert before + timedelta(seconds=25) <= on.now


async def test_detection_in_line_asks_for_the_words_only_after_its_verdict(on: Stage) -> None:
    on.bot.documents["/twiml"] = say("Open Slack, please.")
    sid = await on.ring(machine_detection="DetectMessageEnd")
    await on.do("phone/voicemail", number=LEE)
    await on.skip(11)
    assert on.bot.fields("/twiml") == []
    await on.skip(1)
    assert [fields["AnsweredBy"] for fields in on.bot.fields("/twiml")] == ["machine_end_beep"]
    assert (await on.call(sid))["ended_at"] == "2026-11-18T09:00:12.000000Z"


async def test_a_webhook_by_get_is_signed_over_its_query(on: Stage) -> None:
    on.bot.documents["/twiml"] = say("Hello.")
    sid = await on.ring(url=f"{on.bot.url}/twiml?call=7&empty=", method="GET")
    await on.do("phone/answer", number=LEE)
    assert [line["text"] for line in (await on.call(sid))["transcript"] if line["who"] == "bot"] == ["Hello."]


async def test_the_time_limit_cuts_a_call(on: Stage) -> None:
    on.bot.documents["/twiml"] = "<Response><Pause length='600'/></Response>"
    sid = await on.ring(time_limit=150)
    await on.do("phone/answer", number=LEE)
    await on.skip(600)
    ended = await on.call(sid)
    assert (ended["ended_at"], ended["ended_by"]) == ("2026-11-18T09:02:30.000000Z", "time limit")
