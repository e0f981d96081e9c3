"""Severities 3 and 4 wait for development's opening where the terms say so (ES-6)."""

import pytest

from policies import facts as f
from policies.decision import Decision
from policies.terms import Severity
from tests.policies.cast import CLIENT, OTHER_CLIENT, TERMS, staff
from tests.policies.outage import join
from tests.policies.play import Play
from tests.policies.test_targets import at, begun, set_to

LATE = at(18, 20)
"""One in the morning in Karachi: development is not there before eight o'clock UTC."""


def low(severity: Severity = "S3") -> Play:
    """A request of low severity in the night, under terms that let it wait for development's opening (ES-6)."""
    play = begun(LATE, low_waits=True, support=TERMS.development)
    set_to(play, severity)
    return play


@pytest.mark.parametrize("severity", ["S3", "S4"])
def test_a_low_severity_waits_for_the_opening_and_that_is_said_when_escalating(severity: Severity) -> None:
    """ES-6: the lead has the first minutes of the next day, and is not telephoned in the night."""
    play = low(severity)
    play.escalate()
    assert play.ticket.acknowledge_at == at(19, 8, 5)
    assert (
        f"{severity}: its clocks wait for development's opening hours." in play.words("escalation_thread")[0]
    )
    play.wait(hours=11)
    assert play.rung() == []
    play.press("acknowledge", staff("lee"))
    assert (play.ticket.assign_nudge_at, play.ticket.assign_ring_at) == (at(19, 8, 10), at(19, 8, 20))
    play.assign()
    assert play.ticket.update_at == at(19, 8, 30)
    play.update(minutes=None)
    assert play.ticket.update_at == at(19, 9, 30)


def test_without_such_terms_the_clocks_run_day_and_night() -> None:
    play = begun(LATE)
    set_to(play, "S3")
    play.escalate()
    assert play.ticket.acknowledge_at == at(18, 20, 15)


@pytest.mark.parametrize("severity", ["S1", "S2"])
def test_a_high_severity_waits_for_nobody(severity: Severity) -> None:
    play = low(severity)
    play.escalate()
    assert play.ticket.acknowledge_at == at(18, 20, 15)


def test_a_low_severity_rings_nobody_after_closing() -> None:
    """The round that ended at closing is taken up when development is there again."""
    play = begun(at(18, 16, 50), low_waits=True)
    set_to(play, "S3")
    play.escalate()
    play.wait(minutes=7)
    while play.ticket.ladder is not None and play.ticket.ladder.token:
        play.end_call("no_answer")
    ladder = play.ticket.ladder
    assert (play.rung(), ladder.next_round_at if ladder else None) == (["lee", "bo", "sol"], at(18, 16, 59))
    play.wait(minutes=2)
    while play.ticket.ladder is not None and play.ticket.ladder.token:
        play.end_call("no_answer")
    ladder = play.ticket.ladder
    assert ladder is not None
    assert ladder.next_round_at == at(19, 8, 4)


@pytest.mark.parametrize("severity", ["S1", "S2"])
def test_what_is_raised_in_the_night_waits_for_the_opening_no_longer(severity: Severity) -> None:
    """SV-3, ES-6: whoever has it owes it from now on, in the windows of now."""
    play = low()
    play.escalate()
    play.wait(minutes=30)
    set_to(play, severity)
    assert play.ticket.acknowledge_at == at(18, 20, 45)
    play.wait(minutes=16)
    assert play.rung() == ["lee"]


def test_what_was_acknowledged_or_assigned_when_it_is_raised_waits_no_longer_either() -> None:
    play = low()
    play.escalate()
    play.press("acknowledge", staff("lee"))
    set_to(play, "S2")
    assert (play.ticket.assign_nudge_at, play.ticket.assign_ring_at) == (at(18, 20, 10), at(18, 20, 20))
    set_to(play, "S3")
    assert (play.ticket.assign_nudge_at, play.ticket.assign_ring_at) == (at(18, 20, 10), at(18, 20, 20))
    play.assign()
    set_to(play, "S1")
    assert play.ticket.update_at == at(18, 20, 30)
    set_to(play, "S3")
    play.update(minutes=None)
    set_to(play, "S2")
    assert play.ticket.update_at == at(18, 21, 30)


def test_a_round_that_rests_until_the_opening_is_taken_up_when_it_is_raised() -> None:
    """ES-3: nobody sleeps through a Severity 1 because it was a Severity 3 when the office closed."""
    play = begun(at(18, 16, 58), low_waits=True)
    set_to(play, "S3")
    play.escalate()
    play.press("call_now", staff("sam"))
    while play.ticket.ladder is not None and play.ticket.ladder.token:
        play.end_call("no_answer")
    ladder = play.ticket.ladder
    assert ladder is not None
    assert ladder.next_round_at is not None
    rung = len(play.rung())
    play.wait(minutes=5)
    set_to(play, "S1")
    assert play.rung()[rung:] == ["lee"]


def test_what_is_with_development_waits_no_longer_once_production_is_down() -> None:
    """ES-6: the client's word brings the developer's update nearer, whatever the severity says."""
    play = low()
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.assign()
    assert play.ticket.update_at == at(19, 8, 30)
    play.press("production_down", CLIENT)
    assert play.ticket.update_at == at(18, 20, 30)


def test_what_another_request_leads_has_no_clock_brought_nearer() -> None:
    """CO-1: its development clocks rest, however long ago they were due, and begin anew when it leaves."""
    play = low()
    play.escalate()
    play.press("acknowledge", staff("lee"))
    play.write("Payments down here", by=OTHER_CLIENT, channel="C2")
    play.press("claim", staff("sam"))
    play.escalate()
    join(play, 1)
    play.focus = 1
    play.wait(hours=40)
    changed = set_to(play, "S2")
    assert isinstance(changed, Decision)
    (fact,) = [one for one in changed.facts if isinstance(one, f.SeveritySet)]
    assert (fact.acknowledge_at, fact.nudge_at, fact.ring_at, fact.update_at) == (None, None, None, None)
    play.press("leave_incident", staff("sam"))
    assert play.ticket.assign_ring_at == play.now + play.terms.assign_ring
