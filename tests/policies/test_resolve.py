"""UP-5, UP-6, RS-1, RS-2: resolving, confirming, closing, coming back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from policies import events as e
from policies import facts as f
from policies.clocks import running
from policies.decision import Decision, Refused
from policies.effects import Post, Revise, TrackerEntry
from policies.offers import offers
from policies.steps.common import SOLVED
from policies.ticket import Stage
from tests.policies.cast import CLIENT, NOON, TERMS, staff
from tests.policies.play import Play, acknowledged, assigned, claimed, closed, resolved

MINUTE = timedelta(minutes=1)


def test_a_lead_resolves_without_a_developer() -> None:
    play = acknowledged()
    play.resolve(by="lee")
    assert play.ticket.stage is Stage.RESOLVED
    assert set(running(play.ticket)) == {("relay", "1")}


def test_a_resolution_that_needs_code_cannot_be_without_its_tracker_entry() -> None:
    """UP-6: entry and resolution are one decision, so that nothing with a code change is closed without one."""
    play = assigned()
    answer = play.resolve(code_change="Restart the spooler")
    assert isinstance(answer, Decision)
    (logged,) = [fact for fact in answer.facts if isinstance(fact, f.CodeChangeLogged)]
    assert logged.entry == "CHG-1-1"
    assert TrackerEntry(number=1) in answer.effects
    assert any(isinstance(fact, f.Resolved) for fact in answer.facts)


@pytest.mark.parametrize(
    ("scope", "down", "fine"), [("site", False, False), ("all", False, True), ("client", True, True)]
)
def test_the_hotfix_path_is_for_all_users_or_downtime(scope: str, down: bool, fine: bool) -> None:
    play = Play()
    play.write()
    if down:
        play.press("production_down", CLIENT)
    play.press("claim", staff("sam"))
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.assign()
    change = e.CodeChange(
        key=play.key(),
        at=play.now,
        actor=staff("devi"),
        summary="Spooler",
        urgent=True,
        scope=scope,  # type: ignore[arg-type]  # a table
    )
    assert isinstance(play.do(change, play.ticket), Decision if fine else Refused)


def test_support_confirms_for_the_client_only_after_the_client_was_told() -> None:
    play = resolved()
    assert isinstance(play.press("confirm", staff("sam")), Refused)
    play.relay(1)
    assert isinstance(play.press("close", staff("sam")), Refused)
    play.press("confirm", staff("sam"))
    play.press("close", staff("sam"))
    assert play.ticket.stage is Stage.CLOSED


def test_the_support_lead_closes_what_nobody_confirmed() -> None:
    play = resolved()
    play.relay(1)
    play.press("close", staff("sol"))
    assert play.ticket.stage is Stage.CLOSED


def test_the_words_at_closing_name_the_agreed_time() -> None:
    play = closed(Play(terms=replace(TERMS, reopen=timedelta(days=3))))
    assert "within 3 days" in play.words("client_thread")[-1]


@pytest.mark.parametrize("how", ["still_broken", "writes", "reopen"])
def test_after_coming_back_nothing_of_the_last_time_runs_any_more(how: str) -> None:
    play = resolved()
    if how == "writes":
        play.relay(1)
        play.press("solved", CLIENT)
        play.press("close", staff("sam"))
        play.write("It happens again", thread=play.ticket.thread)
    else:
        play.press(how, CLIENT if how == "still_broken" else staff("sam"))  # type: ignore[arg-type]  # a table
    kinds = {kind for kind, _ in running(play.ticket)} - {"target"}
    assert kinds == {"first_response", "attention"} if how == "reopen" else {"first_response", "unclaimed"}
    assert (play.ticket.cause, play.ticket.resolution, play.ticket.lead) == ("", "", "")


def test_the_silence_of_the_last_time_reminds_nobody_after_still_broken() -> None:
    play = claimed()
    play.answer()
    play.press("still_broken", CLIENT)
    play.press("claim", staff("sam"))
    play.wait(days=2)
    assert not any("reminder" in text for text in play.words("client_thread"))


def test_a_resolution_of_the_last_time_is_not_sent_any_more() -> None:
    play = resolved()
    play.press("reopen", staff("sam"))
    refused = play.relay(1)
    assert isinstance(refused, Refused)
    assert "reopened" in refused.why


def test_the_second_time_has_its_own_first_and_second_update() -> None:
    play = resolved()
    play.press("reopen", staff("sam"))
    play.escalate()
    play.assign()
    assert play.ticket.update_which == "first_update"
    assert isinstance(play.update(None), Decision)
    assert play.ticket.update_at == NOON + 90 * MINUTE


def test_support_reads_the_words_that_reopened_a_request() -> None:
    play = closed()
    play.write("It happens again", thread=play.ticket.thread)
    assert any("It happens again" in text for text in play.words("support_thread"))
    assert any("the client wrote" in text for text in play.words("support"))


@pytest.mark.parametrize(("verb", "who"), [("reopen", staff("sam")), ("still_broken", CLIENT)])
def test_nobody_is_said_to_have_written_who_only_pressed(verb: e.Verb, who: e.Actor) -> None:
    play = resolved()
    play.press(verb, who)
    play.wait(seconds=10)
    assert not any("the client wrote" in text for text in play.words("support"))
    assert not any("your message" in text for text in play.words("client_thread")[1:])


def test_a_message_seen_late_reopens_without_a_false_alarm() -> None:
    play = closed()
    play.wait(hours=1)
    play.confirms = False
    play.write("Again", thread=play.ticket.thread, ago=timedelta(minutes=30))
    play.wait(seconds=1)
    assert play.words("client_thread")[-1].startswith("We have reopened *SUP-1*")
    assert not any("not confirmed" in text for text in play.words())
    assert play.rung() == []


@pytest.mark.parametrize(("days", "stage"), [(6.9, Stage.NEW), (7.1, Stage.CLOSED)])
def test_still_broken_reopens_within_seven_days(days: float, stage: Stage) -> None:
    play = closed()
    play.wait(days=days)
    play.press("still_broken", CLIENT)
    assert play.ticket.stage is stage


def test_without_reminders_in_the_terms_a_told_resolution_is_not_forgotten() -> None:
    play = resolved(Play(terms=replace(TERMS, silence=())))
    play.relay(1)
    assert running(play.ticket)


def test_thanks_after_closing_reopen_nothing() -> None:
    play = closed()
    play.write("Thank you!", thread=play.ticket.thread)
    assert play.ticket.stage is Stage.CLOSED


def told() -> Play:
    """Resolved by development, and the client was asked in words of support's own."""
    play = resolved()
    words = e.Relay(key=play.key(), at=play.now, actor=staff("sam"), update=1, text="It prints <again>")
    play.do(words, play.ticket)
    return play


def answered() -> Play:
    """Resolved by support, and the client was asked."""
    play = claimed()
    play.answer("client_side", "The cable & the plug")
    return play


@pytest.mark.parametrize("stage", [told, answered])
@pytest.mark.parametrize("verb", ["solved", "still_broken", "confirm", "close", "production_down"])
def test_what_asked_keeps_its_words_and_loses_its_buttons_once_it_is_answered(
    stage: Callable[[], Play], verb: e.Verb
) -> None:
    play = stage()
    (question,) = [one for one in play.said if isinstance(one, Post) and one.buttons[:1] == SOLVED[:1]]
    play.press(verb, CLIENT if verb in {"solved", "still_broken", "production_down"} else staff("sol"))
    revised = [one for one in play.said if isinstance(one, Revise) and one.to.kind == "client_thread"]
    assert [(one.slot, one.to, one.text) for one in revised] == [(question.slot, question.to, question.text)]


def test_closing_is_offered_once_the_client_was_told_and_first_once_it_confirmed() -> None:
    def close(play: Play) -> list[str]:
        return [one.style for one in offers(play.ticket, "support") if one.verb == "close"]

    play = resolved()
    offered = [close(play)]
    play.relay(1)
    offered.append(close(play))
    play.press("solved", CLIENT)
    assert [*offered, close(play)] == [[], [""], ["primary"]]


def test_support_reads_who_of_the_client_confirmed() -> None:
    play = answered()
    play.press("solved", CLIENT)
    assert any("<@UCASEY> confirmed" in text for text in play.words("support_thread"))
