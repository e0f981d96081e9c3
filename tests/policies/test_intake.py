"""IN-1 to IN-5, TR-6, RS-2, and who may do what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies import events as e
from policies.decision import NOTHING, Decision, Refused
from policies.effects import Remove
from policies.events import Actor
from policies.steps.escalate import check_block
from policies.steps.intake import is_autoreply, is_bare_thanks
from policies.ticket import Stage
from tests.policies.play import BLOCK, CLIENT, NOON, Play, staff

MINUTE = timedelta(minutes=1)
NIGHT = NOON + timedelta(hours=12)


def test_the_bot_waits_ten_seconds_and_then_answers_with_the_reference() -> None:
    play = Play()
    play.write()
    play.wait(seconds=9)
    assert play.words("client_thread") == []
    play.wait(seconds=1)
    assert play.words("client_thread") == [
        "We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes."
    ]


def test_a_person_of_support_who_answers_first_leaves_the_bot_silent() -> None:
    play = Play()
    play.write()
    play.wait(seconds=4)
    play.write("Hello, I am looking", by=staff("sam"))
    play.wait(minutes=5)
    assert play.words("client_thread") == []


def test_at_night_nobody_is_said_to_be_looking_into_it() -> None:
    play = Play(now=NIGHT)
    play.write()
    play.wait(seconds=10)
    (text,) = play.words("client_thread")
    assert "Support is back" in text
    assert "If production is down, press the button" in text
    assert play.ticket.unclaimed_at == datetime(2026, 11, 19, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you!", "ok", "👍", ":+1:", "Thanks a lot!!", "  ", "Great, thank you :)"]
)
def test_bare_thanks_and_emoji_say_nothing(text: str) -> None:
    assert is_bare_thanks(text)


@pytest.mark.parametrize(
    "text", ["thanks, but it still fails", "ok so printing fails", "down", "not ok", "?? help"]
)
def test_anything_more_says_something(text: str) -> None:
    assert not is_bare_thanks(text)


def test_a_file_alone_opens_a_request_and_an_autoreply_does_not() -> None:
    assert not is_bare_thanks("", ("screen.png",))
    assert is_autoreply("Automatic reply: I am on holiday")


def test_three_messages_in_a_row_are_one_request_and_a_late_one_is_another() -> None:
    play = Play()
    play.write("The printer is dead")
    play.wait(minutes=2)
    play.write("At Harbour Street")
    play.wait(minutes=9)
    play.write("Since this morning")
    assert list(play.tickets) == [1]
    play.wait(minutes=11)
    play.write("And now the scanner")
    assert list(play.tickets) == [1, 2]


def test_an_unclaimed_request_is_put_before_support_and_then_rung() -> None:
    play = Play()
    play.write()
    play.wait(minutes=10)
    assert any("still waiting for somebody to take it" in text for text in play.words("support"))
    assert play.rung() == []
    play.wait(minutes=5)
    assert play.rung() == ["sam"]
    play.end_call()
    play.end_call()
    assert play.rung() == ["sam", "sky", "sol"]


def test_production_is_down_at_night_rings_at_once_though_nobody_is_on_duty() -> None:
    people = tuple(
        replace(one, shift=Play().terms.support) if one.key in {"sam", "sky"} else one
        for one in Play().roster.people
    )
    play = Play(now=NIGHT, roster=replace(Play().roster, people=people))
    play.write()
    play.press("production_down", CLIENT)
    assert play.rung() == ["sol"]
    assert any("The client" not in text and "is down" in text for text in play.words("client_thread"))


def test_our_own_people_and_strangers_from_our_workspace_open_nothing() -> None:
    play = Play()
    assert play.write("Lunch?", by=staff("sam")) == NOTHING
    assert play.write("Hello", by=Actor(user="UNORA", team="T0", ours=True)) == NOTHING


def test_a_client_asked_is_reminded_after_one_and_three_days_and_then_support_is_asked_to_close() -> None:
    play = Play()
    play.write()
    ask = e.Reply(key=play.key(), at=play.now, actor=staff("sam"), text="Which printer?", asks=True)
    play.do(ask, play.ticket)
    play.wait(days=1)
    assert len([text for text in play.words("client_thread") if "short reminder" in text]) == 1
    play.wait(days=2)
    assert len([text for text in play.words("client_thread") if "short reminder" in text]) == 2
    assert not any("Close it" in text for text in play.words("support_thread"))
    play.wait(days=1)
    assert any("Close it" in text for text in play.words("support_thread"))
    assert play.rung() == []
    play.press("close", staff("sam"))
    assert play.ticket.stage is Stage.CLOSED


def test_the_clients_word_wakes_the_clocks() -> None:
    play = Play()
    play.write()
    play.press("claim", staff("sam"))
    play.do(e.Reply(key=play.key(), at=play.now, actor=staff("sam"), text="Which?", asks=True), play.ticket)
    assert play.ticket.attention_at is None
    play.write("The one at the till", thread=play.ticket.thread)
    assert play.ticket.silence_at is None
    assert play.ticket.attention_at == NOON + 30 * MINUTE


@pytest.mark.parametrize(("days", "tickets"), [(6.9, [1]), (7.1, [1, 2])])
def test_a_word_after_closing_reopens_within_seven_days_and_opens_anew_later(
    days: float, tickets: list[int]
) -> None:
    play = Play()
    play.write()
    answer = e.Answer(
        key=play.key(), at=play.now, actor=staff("sam"), outcome="client_side", text="The cable was loose"
    )
    play.do(answer, play.ticket)
    play.press("solved", CLIENT)
    play.press("close", staff("sam"))
    play.wait(days=days)
    play.write("It happens again", thread=play.ticket.thread)

    assert list(play.tickets) == tickets
    assert play.ticket.stage is Stage.NEW
    assert play.ticket.previous == ("SUP-1" if len(tickets) > 1 else "")


def test_dismissing_takes_the_bots_own_answer_back() -> None:
    play = Play()
    play.write("Wrong channel, sorry, this was for Bob")
    play.wait(seconds=10)
    play.press("dismiss", staff("sam"))

    assert Remove(slot="1:first_response") in play.said
    assert play.due() == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("saas_url", "printing"),
        ("saas_url", "ftp://x"),
        ("branch", ""),
        ("issue_detail", "x" * 2901),
        ("build_version", " "),
    ],
)
def test_a_field_that_cannot_be_right_is_named(field: str, text: str) -> None:
    assert [name for name, _ in check_block(replace(BLOCK, **{field: text}))] == [field]


@pytest.mark.parametrize("text", ["Unknown", "Not applicable"])
def test_a_gap_is_an_answer(text: str) -> None:
    assert check_block(replace(BLOCK, saas_url=text, device_type=text)) == ()


@pytest.mark.parametrize(
    ("verb", "who", "why"),
    [
        (
            "acknowledge",
            CLIENT,
            "Only the development lead or the backup lead may acknowledge an escalation.",
        ),
        ("close", staff("devi"), "Only support or the support lead may close a request."),
        ("claim", staff("lee"), "Only support or the support lead may take a request."),
        (
            "acknowledge",
            staff("sam"),
            "Only the development lead or the backup lead may acknowledge an escalation.",
        ),
        (
            "claim",
            Actor(user="UNORA", team="T0", ours=True),
            "Only support or the support lead may take a request.",
        ),
        ("solved", Actor(user="UOTHER", team="T9"), "Only the client may confirm the fix."),
    ],
)
def test_everything_else_is_refused_with_the_reason(verb: e.Verb, who: Actor, why: str) -> None:
    play = Play()
    play.write()
    before = play.ticket
    refused = play.press(verb, who)

    assert isinstance(refused, Refused)
    assert refused.why.startswith(why) or who.user == "UOTHER"
    assert play.ticket == before


def test_a_merged_requests_thread_hears_what_the_other_hears() -> None:
    play = Play()
    play.write("Printer")
    play.wait(minutes=20)
    play.write("Printer too", by=Actor(user="UCHRIS", team="T1"))
    merged = play.do(e.MergeInto(key=play.key(), at=play.now, actor=staff("sam"), target=1), play.tickets[2])
    play.do(e.Reply(key=play.key(), at=play.now, actor=staff("sam"), text="Fixed"), play.tickets[1])

    assert isinstance(merged, Decision)
    threads = [effect.to.thread for effect in play.said if getattr(effect, "text", "") == "Fixed"]
    assert threads == [play.tickets[1].thread, play.tickets[2].thread]
