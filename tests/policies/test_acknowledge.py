"""ES-2 to ES-5: acknowledging, passing on, assigning, declining."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.decision import Decision, Refused
from policies.effects import HangUp
from policies.people import Absence
from policies.ticket import Stage
from tests.policies.cast import CLIENT, NOON, ROSTER, staff
from tests.policies.play import Play, acknowledged, assigned, escalated

MINUTE = timedelta(minutes=1)


def between_rounds() -> Play:
    """Nobody of the first round was reached."""
    play = escalated()
    play.wait(minutes=5)
    for _ in range(3):
        play.end_call()
    return play


@pytest.mark.parametrize(("who", "rung"), [("lee", "bo"), ("bo", "sol")])
def test_passing_on_between_rounds_never_rings_the_one_who_passed_on(who: str, rung: str) -> None:
    play = between_rounds()
    play.press("pass_on", staff(who))
    assert play.rung()[3:] == [rung]


def test_passing_on_to_somebody_who_is_away_goes_further() -> None:
    play = escalated(
        Play(
            roster=replace(ROSTER, absences=(Absence(person="bo", start=NOON, end=NOON + timedelta(days=1)),))
        )
    )
    play.press("pass_on", staff("lee"))
    assert play.rung() == ["sol"]


def test_a_second_lead_is_the_next_person() -> None:
    lou = replace(ROSTER.by_key["lee"], key="lou", slack="ULOU", name="Lou Cast")
    people = (*ROSTER.people[:4], lou, *ROSTER.people[4:])
    play = escalated(Play(roster=replace(ROSTER, people=people)))
    play.press("pass_on", staff("lee"))
    assert play.rung() == ["lou"]


def test_a_support_lead_whose_telephone_did_not_ring_cannot_acknowledge_by_assigning() -> None:
    play = escalated()
    assert isinstance(play.assign("devi", "sol"), Refused)
    assert play.ticket.stage is Stage.ESCALATED


def test_assigning_an_escalation_acknowledges_it() -> None:
    play = escalated()
    play.assign("devi", "lee")
    assert (play.ticket.acknowledged_by, play.ticket.developer) == ("lee", "devi")


def test_the_support_lead_acknowledges_in_the_second_round() -> None:
    play = between_rounds()
    play.wait(minutes=2)
    play.press("acknowledge", staff("sol"))
    assert play.ticket.acknowledged_by == "sol"
    assert HangUp(token="1-4", number="+12025550121") in play.said


def test_calling_now_between_rounds_begins_the_next_round() -> None:
    play = between_rounds()
    play.press("call_now", staff("sam"))
    assert play.rung()[3:] == ["lee"]
    assert play.ticket.ladder is not None
    assert play.ticket.ladder.round == 2


def test_calling_now_rings_before_the_window_ends() -> None:
    play = escalated()
    play.press("call_now", staff("sam"))
    assert play.rung() == ["lee"]
    refused = play.press("call_now", staff("sky"))
    assert isinstance(refused, Refused)
    assert refused.why == "Lee Cast is being called already."


def test_reached_by_voice_acknowledges_nothing() -> None:
    play = escalated()
    play.press("reached_by_voice", staff("sam"), note="<!channel> *he knows*")
    assert play.ticket.acknowledge_at == NOON + 5 * MINUTE
    words = play.words("escalation_thread")[-1]
    assert "It still needs Lee Cast's own click or key." in words
    assert "<!channel>" not in words


def test_a_word_by_voice_after_the_acknowledgement_asks_for_no_click() -> None:
    play = acknowledged()
    play.press("reached_by_voice", staff("sam"))
    assert "click or key" not in play.words("escalation_thread")[-1]


@pytest.mark.parametrize("developer", ["sam", "nobody"])
def test_only_somebody_of_development_is_assigned(developer: str) -> None:
    play = acknowledged()
    assert isinstance(play.assign(developer), Refused)


def test_somebody_who_is_away_is_not_assigned() -> None:
    play = acknowledged()
    play.leave("devi", hours=3)
    refused = play.assign("devi")
    assert isinstance(refused, Refused)
    assert dict(refused.fields) == {"developer": "Devi Cast is away."}


def test_heard_about_a_missing_developer_speaks_of_no_update() -> None:
    play = acknowledged()
    play.wait(minutes=20)
    play.key_press("4")
    words = play.words("escalation_thread")[-1]
    assert "developer" in words
    assert "update" not in words
    play.wait(minutes=10)
    assert play.rung() == ["lee", "lee"]


def test_after_a_decline_the_lead_may_give_the_update_that_is_due() -> None:
    play = assigned()
    play.wait(minutes=5)
    play.press("decline", staff("devi"), note="on the train")
    assert isinstance(play.update(60, by="lee"), Decision)
    assert play.ticket.assign_nudge_at == NOON + 15 * MINUTE


def test_a_decline_restarts_assigning_and_keeps_the_clock_of_the_first_update() -> None:
    play = assigned()
    play.wait(minutes=5)
    play.press("decline", staff("devi"))
    assert play.ticket.update_at == NOON + 30 * MINUTE
    assert (play.ticket.assign_nudge_at, play.ticket.assign_ring_at) == (
        NOON + 15 * MINUTE,
        NOON + 25 * MINUTE,
    )
    assert "no reason given" in play.words("escalation_thread")[-1]


def test_an_assigned_developer_who_goes_away_leaves_the_clock_running_for_the_lead() -> None:
    play = assigned()
    play.leave("devi", hours=8)
    play.wait(minutes=30)
    assert play.rung() == ["lee"]


def test_one_key_speaks_for_every_escalation_that_waits_for_this_person() -> None:
    play = escalated()
    play.wait(seconds=1)
    play.write("Scanner, another matter", by=replace(CLIENT, user="UCHRIS"))
    play.press("claim", staff("sam"))
    play.escalate()
    play.wait(minutes=5)
    assert [ticket.ladder.person for ticket in play.tickets.values() if ticket.ladder] == ["lee", "lee"]
    play.key_for_all("4")
    assert [ticket.acknowledged_by for ticket in play.tickets.values()] == ["lee", "lee"]


def test_a_key_of_somebody_this_request_does_not_wait_for_changes_nothing() -> None:
    play = escalated()
    play.wait(minutes=5)
    assert isinstance(play.key_press("4", person="bo"), Refused)
    assert play.ticket.stage is Stage.ESCALATED
