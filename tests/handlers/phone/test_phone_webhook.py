"""The way in: what a caller hears, what a key does, how a call ends, each told once and only by Twilio."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from policies.ticket import Message
from policies.words import spoken
from tests.handlers.phone.stage import (
    ACCOUNT,
    PUBLIC,
    START,
    TOKEN,
    Answer,
    Stage,
    build,
    call_info,
    sid,
    ticket,
)

ANSWER, KEY, STATUS = "/phone/answer/12-1", "/phone/key/12-1?n=1", "/phone/status/12-1"


def words(document: str) -> str:
    """What is said."""
    return unescape(" ".join(re.findall(r"<Say[^>]*>([^<]*)</Say>", document)))


def action(document: str) -> str:
    """Where the call goes on, as a path."""
    (found,) = re.findall(r'action="([^"]*)"|<Redirect[^>]*>([^<]*)<', document)
    return unescape(found[0] or found[1]).removeprefix(PUBLIC)


# ---------------------------------------------------------------- picking up
async def test_whoever_picks_up_hears_everything_that_waits(stage: Stage) -> None:
    """One call speaks for every escalation that waits for this person."""
    stage.board.waiting["lee"] = (ticket(12), ticket(13))

    document = await stage.says(ANSWER)

    assert words(document) == spoken.menu("Lee Lead", (ticket(12), ticket(13)))
    assert action(document) == KEY


async def test_whoever_picks_up_hears_a_reference_and_nothing_of_the_client(stage: Stage) -> None:
    """Anybody may hold the telephone, and a voicemail keeps what it hears."""
    said = Message(
        channel="C1", ts="1.1", at=START, author="U1", side="client", text="Our password is hunter2"
    )
    stage.board.waiting["lee"] = (ticket(12, client="retail", messages=(said,)),)

    assert words(await stage.says(ANSWER)) == spoken.menu("Lee Lead", (ticket(12),))


async def test_picking_up_is_told_once_and_acknowledges_nothing(stage: Stage) -> None:
    """The answer and its callback are the same news."""
    await stage.ask(ANSWER)
    await stage.ask(STATUS, CallStatus="in-progress", SequenceNumber="2")

    assert stage.desk.kinds() == ["call_answered"]
    assert (stage.desk.events[0].token, stage.desk.events[0].actor.person) == ("12-1", "lee")


async def test_a_taken_request_is_said_to_be_taken_and_by_whom(stage: Stage) -> None:
    stage.board.waiting.clear()
    stage.board.ticket_ = ticket(acknowledged_by="bo", acknowledged_at=START)

    document = await stage.says(ANSWER)

    assert words(document) == spoken.nothing("Bo Backup has taken it.")
    assert "<Hangup/>" in document


async def test_a_call_nobody_knows_ends_politely(stage: Stage) -> None:
    assert words(await stage.says("/phone/answer/99-9")) == spoken.nothing()
    assert words(await stage.says("/phone/key/99-9?n=1", Digits="4")) == spoken.nothing()
    assert stage.desk.events == []


async def test_the_menu_is_said_even_when_picking_up_cannot_be_stored(stage: Stage) -> None:
    """The person on the line does not wait for what only lengthens a guard."""
    stage.desk.fails = 1

    assert words(await stage.says(ANSWER)) == spoken.menu("Lee Lead", (ticket(),))


async def test_what_twilio_could_not_fetch_before_is_an_alarm(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The fallback asks the same question again and says why."""
    await stage.says(f"{ANSWER}?again=1", ErrorCode="11200")

    assert "code 11200: the telephone service could not fetch what to say" in caplog.text


# ---------------------------------------------------------------- keys
async def test_four_acknowledges_and_is_confirmed_after_the_commit(stage: Stage) -> None:
    stage.desk.answers["key_pressed"] = Answer(said="Thank you. S U P 12 is yours. Goodbye.")

    document = await stage.says(KEY, Digits="4")

    (event,) = stage.desk.events
    assert (event.kind, event.digit, event.token, event.key) == (
        "key_pressed",
        "4",
        "12-1",
        f"key:{sid(1)}:1",
    )
    assert (event.actor.person, event.actor.via) == ("lee", "phone")
    assert words(document) == "Thank you. S U P 12 is yours. Goodbye."


async def test_a_call_whose_key_is_being_answered_is_known_before_the_commit(stage: Stage) -> None:
    """The hang-up that an acknowledgement sets off may leave at once: it has to spare this call."""
    known: list[bool] = []
    stage.desk.then = lambda _: known.extend(line.pressed for line in stage.room.lines.live())

    await stage.ask(KEY, Digits="4")

    assert known == [True]


async def test_five_passes_on(stage: Stage) -> None:
    document = await stage.says(KEY, Digits="5")

    assert stage.desk.events[0].digit == "5"
    assert words(document) == spoken.passed()


async def test_a_refused_key_is_answered_with_the_reason(stage: Stage) -> None:
    """Who has it, and since when, in words without Slack's marks."""
    stage.desk.answers["key_pressed"] = Answer(
        accepted=False, said="*Bo Backup* acknowledged it at <!date^1^{time}|Wed 18 Nov 14:03 PKT>."
    )

    document = await stage.says(KEY, Digits="4")

    assert words(document) == "Bo Backup acknowledged it at Wed 18 Nov 14:03 PKT. Goodbye."


async def test_a_key_delivered_twice_counts_once_and_is_answered_the_same(stage: Stage) -> None:
    first, second = await stage.says(KEY, Digits="4"), await stage.says(KEY, Digits="4")

    assert first == second
    assert stage.desk.kinds() == ["key_pressed"]


async def test_a_star_repeats_the_menu(stage: Stage) -> None:
    document = await stage.says(KEY, Digits="*")

    assert words(document) == spoken.menu("Lee Lead", (ticket(),))
    assert action(document) == "/phone/key/12-1?n=2"


@pytest.mark.parametrize("digit", ["0", "1", "6", "9", "#", "44", "x"])
async def test_any_other_key_is_apologised_for(stage: Stage, digit: str) -> None:
    """And nothing is recorded."""
    document = await stage.says(KEY, Digits=digit)

    assert words(document) == f"{spoken.unknown_key()} {spoken.menu('Lee Lead', (ticket(),))}"
    assert stage.desk.events == []


async def test_silence_hears_the_menu_once_more_and_then_a_farewell(stage: Stage) -> None:
    """Which is also all that a voicemail records."""
    again = await stage.says(KEY)
    farewell = await stage.says(action(again))

    assert words(again) == spoken.menu("Lee Lead", (ticket(),))
    assert words(farewell) == spoken.voicemail()
    assert "<Hangup/>" in farewell


async def test_the_menu_is_not_said_for_ever(stage: Stage) -> None:
    path, said = KEY, ""
    for _ in range(10):
        document = await stage.says(path, Digits="9")
        said = words(document)
        if "<Hangup/>" in document:
            break
        path = action(document)

    assert said == spoken.voicemail()


async def test_a_repeated_menu_knows_what_happened_meanwhile(stage: Stage) -> None:
    """Somebody acknowledged in Slack while this person was listening."""
    stage.board.waiting.clear()
    stage.board.ticket_ = ticket(acknowledged_by="bo", acknowledged_at=START)

    assert words(await stage.says(KEY, Digits="*")) == spoken.nothing("Bo Backup has taken it.")


async def test_a_key_that_cannot_be_stored_waits_and_needs_no_second_press(stage: Stage) -> None:
    """The digit travels with the redirect; it is acknowledged only once it is stored."""
    stage.desk.fails = 2

    first = await stage.says(KEY, Digits="4")
    second = await stage.says(action(first))
    third = await stage.says(action(second))

    assert (words(first), words(second)) == (spoken.wait(), spoken.wait())
    assert '<Pause length="5"/>' in first
    assert [event.key for event in stage.desk.events] == [f"key:{sid(1)}:1"]
    assert words(third) == spoken.taken()


async def test_after_three_tries_the_person_is_told_that_it_failed(stage: Stage) -> None:
    stage.desk.fails = 99
    document = await stage.says(KEY, Digits="4")
    for _ in range(3):
        assert words(document) == spoken.wait()
        document = await stage.says(action(document))

    assert words(document) == spoken.not_recorded()
    assert "<Hangup/>" in document


@pytest.mark.parametrize("path", [ANSWER, KEY])
async def test_a_database_that_cannot_be_read_is_waited_for(stage: Stage, path: str) -> None:
    stage.board.fails = 1

    first = await stage.says(path, Digits="*")
    second = await stage.says(action(first), Digits="")

    assert words(first) == spoken.wait()
    assert words(second) == spoken.menu("Lee Lead", (ticket(),))


# ---------------------------------------------------------------- endings
@pytest.mark.parametrize(
    ("status", "sip", "outcome", "reason"),
    [
        ("completed", "200", "unconfirmed", ""),
        ("busy", "486", "busy", ""),
        ("no-answer", "487", "no_answer", ""),
        ("failed", "404", "failed", "the telephone network could not connect the call"),
        ("failed", "480", "no_answer", "the telephone is switched off or out of reach"),
        ("canceled", "487", "canceled", ""),
    ],
)
async def test_an_ending_is_one_event(stage: Stage, status: str, sip: str, outcome: str, reason: str) -> None:
    """`completed` reached a person or a voicemail: without a key it confirms nothing (ES-3)."""
    assert await stage.ask(STATUS, CallStatus=status, SequenceNumber="3", SipResponseCode=sip) == (204, "")

    (event,) = stage.desk.events
    assert (event.kind, event.token) == ("call_ended", "12-1")
    assert (event.outcome, event.reason) == (outcome, reason)


@pytest.mark.parametrize("status", ["initiated", "ringing", "queued", "something-new"])
async def test_going_on_is_no_news(stage: Stage, status: str) -> None:
    assert await stage.ask(STATUS, CallStatus=status, SequenceNumber="0") == (204, "")
    assert stage.desk.events == []


async def test_callbacks_out_of_order_never_leave_an_end(stage: Stage) -> None:
    """`answered` that arrives after `completed` is old news."""
    await stage.ask(STATUS, CallStatus="completed", SequenceNumber="3")
    await stage.ask(STATUS, CallStatus="in-progress", SequenceNumber="2")
    await stage.ask(STATUS, CallStatus="busy", SequenceNumber="4")

    assert [event.kind for event in stage.desk.events] == ["call_ended"]
    assert stage.desk.events[0].outcome == "unconfirmed"


async def test_an_ending_delivered_twice_is_told_once(stage: Stage) -> None:
    for _ in range(2):
        assert (await stage.ask(STATUS, CallStatus="busy", SequenceNumber="2"))[0] == 204

    assert stage.desk.kinds() == ["call_ended"]


async def test_an_ending_that_cannot_be_stored_is_not_confirmed(stage: Stage) -> None:
    """The next delivery of it, or the poller, brings it again."""
    stage.desk.fails = 1

    assert (await stage.ask(STATUS, CallStatus="busy", SequenceNumber="2"))[0] == 503
    assert [line.doubtful for line in stage.room.lines.live()] == [True]
    assert (await stage.ask(STATUS, CallStatus="busy", SequenceNumber="2"))[0] == 204
    assert stage.desk.kinds() == ["call_ended"]


async def test_the_end_of_an_earlier_ring_does_not_end_the_later_one(stage: Stage) -> None:
    """A call was placed twice because the first outcome was unknown: only the call that is ours counts."""
    stage.board.calls["12-1"] = call_info(sid(2))

    assert (await stage.ask(STATUS, CallSid=sid(1), CallStatus="busy", SequenceNumber="2"))[0] == 204
    assert stage.desk.events == []


async def test_a_callback_teaches_the_sid_of_a_call_whose_creation_was_not_answered(stage: Stage) -> None:
    """`initiated` often arrives before the list of calls shows the call."""
    await stage.ask(STATUS, CallSid=sid(7), CallStatus="initiated", SequenceNumber="0")

    line = stage.room.lines.by_token("12-1")
    assert line is not None
    assert line.sid == sid(7)


# ---------------------------------------------------------------- strangers
def _resign(sent: dict[str, Any], url: str, form: dict[str, str]) -> None:
    sent["headers"]["X-Twilio-Signature"] = RequestValidator(TOKEN).compute_signature(url, form)


FORGERIES = {
    "no signature": lambda sent: sent["headers"].clear(),
    "empty signature": lambda sent: sent["headers"].update({"X-Twilio-Signature": ""}),
    "wrong signature": lambda sent: sent["headers"].update({"X-Twilio-Signature": "A" * 28}),
    "not ascii": lambda sent: sent["headers"].update({"X-Twilio-Signature": "Ä" * 28}),
    "another digit": lambda sent: sent.update(body=sent["body"].replace("Digits=", "Digits=4")),
    "a blank field left out": lambda sent: sent.update(body=sent["body"].replace("&FromCity=", "")),
    "another menu": lambda sent: sent.update(path=sent["path"].replace("n=1", "n=2")),
    "another call": lambda sent: sent.update(path=sent["path"].replace("12-1", "13-1")),
    "a body that is no text": lambda sent: sent.update(body=b"\xff\xfe=1"),
    "an encoded body that is no text": lambda sent: sent.update(body=b"a=%ff"),
    "too many fields": lambda sent: sent.update(body="&".join(f"a{n}=1" for n in range(500))),
    "json": lambda sent: sent.update(body="{}", headers={"Content-Type": "application/json"}),
    "body hash in the address": lambda sent: sent.update(path=sent["path"] + "&bodySHA256=0", body=""),
    "signed for the host that was called": lambda sent: _resign(
        sent, "http://127.0.0.1" + sent["path"], {"AccountSid": ACCOUNT}
    ),
    "forwarded host": lambda sent: sent["headers"].update(
        {
            "X-Twilio-Signature": "x",
            "X-Forwarded-Host": "frontdoor.example.test",
            "X-Forwarded-Proto": "https",
        }
    ),
}


def refusals(stage: Stage) -> float:
    """How many webhooks were refused, for any reason."""
    samples = [sample for metric in stage.registry.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name == "frontdoor_phone_webhooks_refused_total")


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("path", [KEY, ANSWER + "?n=1", STATUS + "?n=1"])
async def test_a_stranger_is_refused_and_nothing_changes(
    stage: Stage, path: str, forgery: str, caplog: pytest.LogCaptureFixture
) -> None:
    """403, an alarm without any number, a count, and not one event."""
    status, text = await stage.ask(path, forge=FORGERIES[forgery])

    assert (status, text) == (403, "403: Forbidden")
    assert stage.desk.events == []
    assert refusals(stage) == 1
    assert "refused a telephone webhook" in caplog.text
    assert "+1202" not in caplog.text


@pytest.mark.parametrize(
    ("field", "value"), [("AccountSid", "AC" + "f" * 32), ("CallSid", "CA1"), ("CallSid", "CA" + "G" * 32)]
)
async def test_a_signature_is_not_enough_for_another_account_or_a_strange_sid(
    stage: Stage, field: str, value: str
) -> None:
    assert (await stage.ask(KEY, **{field: value, "Digits": "4"}))[0] == 403
    assert stage.desk.events == []


async def test_a_huge_form_is_not_read(stage: Stage) -> None:
    status, _ = await stage.ask(KEY, forge=lambda sent: sent.update(body="a=" + "x" * 40_000))

    assert status == 413
    assert stage.desk.events == []


async def test_strange_numbers_in_a_signed_address_are_harmless(stage: Stage) -> None:
    """What we cannot have written counts as the beginning."""
    document = await stage.says("/phone/key/12-1?n=%D9%A3&silent=-1&try=99999999999", Digits="*")

    assert action(document) == "/phone/key/12-1?n=2"


def test_without_a_public_address_there_is_no_way_in() -> None:
    room, *_ = build("http://127.0.0.1:1", public_url="")

    assert room.routes() == []


# ---------------------------------------------------------------- test calls
async def test_a_test_call_says_its_words_and_waits_for_no_key(stage: Stage) -> None:
    """What waits for this person is not read out: nothing can be taken on it."""
    stage.board.waiting["lee"] = (ticket(12),)
    stage.board.calls["12-1"] = replace(call_info(sid(1)), ticket=None, says="Your code is: 0. 8. 1. 5.")

    document = await stage.says(ANSWER)

    assert words(document) == "Your code is: 0. 8. 1. 5."
    assert "<Gather" not in document
    assert "<Hangup/>" in document
