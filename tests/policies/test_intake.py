"""IN-1 to IN-5, TR-6, RS-2, and who may do what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies import events as e
from policies import prefill
from policies.clocks import running
from policies.decision import NOTHING, Decision, Refused
from policies.effects import HangUp, Remove
from policies.events import Actor
from policies.offers import offers
from policies.people import Absence, Product
from policies.small_talk import is_autoreply, is_bare_thanks
from policies.steps.escalate import check_block
from policies.ticket import Stage
from tests.policies.cast import BLOCK, CLIENT, NOON, ROSTER, staff
from tests.policies.play import Play, claimed, closed

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

    assert [one.slot for one in play.said if isinstance(one, Remove)] == ["1:first_response"]
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


def absent(*keys: str) -> Play:
    """A desk whose people with these keys are away today."""
    absences = tuple(Absence(person=key, start=NOON - MINUTE, end=NOON + timedelta(days=1)) for key in keys)
    return Play(roster=replace(ROSTER, absences=absences))


def test_nothing_is_promised_when_nobody_of_support_is_there() -> None:
    play = absent("sam", "sky", "sol")
    play.write()
    play.wait(seconds=10)
    (text,) = play.words("client_thread")
    assert "will take it within" not in text
    assert "If production is down, press the button" in text


def test_a_request_that_support_opened_is_not_said_to_wait_for_somebody() -> None:
    play = Play()
    opened = e.OpenRequest(
        key=play.key(),
        at=play.now,
        actor=staff("sam"),
        channel="C1",
        text="Printer",
        ts="17.1",
        author="UCASEY",
    )
    play.do(opened)
    play.wait(seconds=10)
    (text,) = play.words("client_thread")
    assert "will take it within" not in text
    assert "has taken it" in text


def test_a_message_seen_late_is_answered_without_a_false_alarm() -> None:
    for seconds in (95, 200):
        play = Play(confirms=False)
        play.write(ago=timedelta(seconds=seconds))
        play.wait(seconds=60)
        assert len(play.words("client_thread")) == 1
        assert not any("not confirmed" in text for text in play.words())
        play.wait(seconds=40)
        assert any("not confirmed" in text for text in play.words("support"))


def test_a_late_clock_gives_slack_its_time_to_confirm() -> None:
    play = Play(confirms=False)
    play.write()
    play.now += 5 * MINUTE
    play.fire(play.ticket, "first_response", "", NOON)
    assert play.ticket.check_at == play.now + timedelta(seconds=80)


def test_a_first_response_that_slack_never_confirms_alerts_support_by_telephone() -> None:
    play = Play()
    play.write()
    refused = e.EffectSettled(
        key="x", at=play.now, actor=e.BOT, slot="1:first_response", sent=False, reason="not_in_channel"
    )
    play.do(refused, play.ticket)
    assert any("is not confirmed as posted" in text for text in play.words("support"))
    assert play.rung() == ["sam"]


def test_a_person_who_answers_in_the_thread_ends_the_alarm_about_the_first_response() -> None:
    play = Play()
    play.write()
    refused = e.EffectSettled(key="x", at=play.now, actor=e.BOT, slot="1:first_response", sent=False)
    play.do(refused, play.ticket)
    answer = play.write("Hello, we are here", by=staff("sam"), thread=play.ticket.thread)
    assert isinstance(answer, Decision)
    assert any(isinstance(effect, HangUp) for effect in answer.effects)
    assert play.ticket.ladder is None
    assert ("unclaimed", "") in running(play.ticket)


def test_news_of_the_last_time_confirm_nothing_of_this_time() -> None:
    play = closed()
    play.write("Again", thread=play.ticket.thread)
    play.do(
        e.EffectSettled(key="x", at=play.now, actor=e.BOT, slot="1:first_response", sent=True), play.ticket
    )
    assert play.ticket.check_at is not None


@pytest.mark.parametrize("late", [timedelta(minutes=2), timedelta(minutes=11)])
def test_a_request_from_just_before_closing_waits_for_the_opening(late: timedelta) -> None:
    play = Play(now=datetime(2026, 11, 18, 19, 0, tzinfo=UTC) - late)
    play.write()
    play.wait(hours=7, minutes=59)
    assert play.rung() == []
    play.wait(minutes=20)
    assert play.rung()[0] == "sam"


@pytest.mark.parametrize("text", ["And now the scanner", "thanks"])
def test_an_edit_and_a_deletion_update_the_record_and_tell_support(text: str) -> None:
    play = claimed()
    root = play.ticket.messages[0]
    play.do(
        e.MessageEdited(key="x", at=play.now, actor=CLIENT, channel="C1", ts=root.ts, text=text), play.ticket
    )
    assert play.ticket.words == text
    play.do(e.MessageDeleted(key="y", at=play.now, actor=CLIENT, channel="C1", ts=root.ts), play.ticket)
    assert play.ticket.words == ""
    told = [words for words in play.words("support_thread") if "edited" in words or "deleted" in words]
    assert all(words.startswith("<@UCASEY> ") for words in told)
    assert len(told) == 2


def test_a_bare_unknown_in_any_case_is_a_gap() -> None:
    play = claimed()
    play.escalate(replace(BLOCK, saas_url="unknown", branch="NOT APPLICABLE"))
    assert play.ticket.block is not None
    assert (play.ticket.block.saas_url, play.ticket.block.branch) == ("Unknown", "Not applicable")


def test_the_words_support_opened_a_request_with_are_not_split_off() -> None:
    play = Play()
    opened = e.OpenRequest(key=play.key(), at=play.now, actor=staff("sam"), channel="C1", text="Printing")
    play.do(opened)
    assert "split" not in {one.verb for one in offers(play.ticket, "support")}
    play.write("And the scanner", thread=play.ticket.thread)
    assert "split" in {one.verb for one in offers(play.ticket, "support")}
    began = e.Split(key="s", at=play.now, actor=staff("sam"), channel="C1", ts=play.ticket.messages[0].ts)
    assert isinstance(play.do(began, play.ticket), Refused)


@pytest.mark.parametrize(
    ("words", "url"), [("Printing fails", ""), ("The oven is cold", "https://oven.example")]
)
def test_of_several_products_the_form_names_only_the_one_in_the_words(words: str, url: str) -> None:
    products = (
        Product(name="Till", url="https://till.example"),
        Product(name="Oven", url="https://oven.example"),
    )
    clients = tuple(replace(one, products=products) for one in Play().roster.clients)
    play = Play(roster=replace(Play().roster, clients=clients))
    play.write(words)
    assert prefill.block(play.ticket, play.context())["saas_url"] == url


def test_a_build_is_that_of_the_product_and_else_the_clients_last() -> None:
    play = Play()
    play.write()
    last = replace(play.context(), known_build="0.9")
    known = replace(last, known_builds={"Till": "4.2.0"})
    assert [prefill.block(play.ticket, ctx)["build_version"] for ctx in (last, known)] == ["0.9", "4.2.0"]
