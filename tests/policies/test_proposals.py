"""A severity that is only proposed: who is telephoned for it and when, and what becomes of its message (SV-2)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from policies.clocks import explain
from policies.decision import Decision, Refused
from policies.effects import HangUp, Revise
from policies.terms import Severity
from policies.words import spoken
from tests.policies.cast import CLIENT, NOON, TERMS, staff
from tests.policies.play import Play, assigned, resolved
from tests.policies.test_targets import at, begun, set_to

NIGHT = at(18, 20)
"""One in the morning in Karachi."""


def proposed(when: datetime = NIGHT, severity: Severity = "S1", by: str = "sam", **terms: object) -> Play:
    """A request that Sam has, and for which he proposes a severity."""
    play = begun(when, **terms)
    set_to(play, severity, by=by)
    return play


def rung_for(play: Play) -> str:
    """What the telephone is up for."""
    return play.ticket.ladder.purpose if play.ticket.ladder is not None else ""


@pytest.mark.parametrize(("when", "minutes"), [(NOON, 5), (NIGHT, 15)])
def test_severity_1_that_nobody_decides_rings_the_lead_as_soon_as_an_escalation_would(
    when: datetime, minutes: int
) -> None:
    """The window of ES-2, by day and by night; not a moment before."""
    play = proposed(when)
    play.wait(minutes=minutes, seconds=-1)
    assert play.rung() == []
    play.wait(seconds=1)
    assert (play.rung(), rung_for(play)) == (["lee"], "decide")


def test_lead_then_backup_then_support_lead_round_after_round() -> None:
    """ES-3: until somebody decides."""
    play = proposed()
    play.wait(minutes=15)
    for _ in range(3):
        play.end_call()
    assert play.rung() == ["lee", "bo", "sol"]
    play.wait(minutes=2)
    assert play.rung() == ["lee", "bo", "sol", "lee"]


@pytest.mark.parametrize("subject", ["S1", "keep"])
@pytest.mark.parametrize("minutes", [3, 15])
def test_deciding_either_way_ends_it(subject: str, minutes: int) -> None:
    play = proposed()
    play.wait(minutes=minutes)
    rung = play.rung()
    play.press("severity", staff("bo"), subject=subject)
    assert [one.token for one in play.said if isinstance(one, HangUp)] == ["1-1"] * len(rung)
    play.wait(hours=1)
    assert (play.rung(), rung_for(play), play.ticket.decide_at) == (rung, "", None)


@pytest.mark.parametrize("severity", ["S2", "S3", "S4"])
def test_for_less_nobody_is_rung(severity: Severity) -> None:
    play = proposed(severity=severity)
    play.wait(hours=2)
    assert play.rung() == []


def test_less_that_is_proposed_after_all_hangs_up() -> None:
    play = proposed()
    play.wait(minutes=15)
    set_to(play, "S3", by="sam")
    assert [one.token for one in play.said if isinstance(one, HangUp)] == ["1-1"]
    play.wait(hours=2)
    assert play.rung() == ["lee"]


def test_what_is_proposed_again_is_decided_by_the_moment_that_was_said() -> None:
    play = proposed()
    play.wait(minutes=10)
    set_to(play, "S1", by="sam", why="still")
    play.wait(minutes=5)
    assert play.rung() == ["lee"]


def test_a_low_severity_that_may_be_the_highest_waits_for_no_opening() -> None:
    """ES-6: neither the first call nor the rounds after it."""
    play = begun(NIGHT, low_waits=True, support=TERMS.development)
    set_to(play, "S4")
    set_to(play, "S1", by="sam")
    play.wait(minutes=15)
    for _ in range(3):
        play.end_call()
    play.wait(minutes=2)
    assert play.rung() == ["lee", "bo", "sol", "lee"]


def test_whoever_is_rung_hears_what_waits_for_them_and_has_ten_minutes_after_a_key() -> None:
    play = proposed()
    play.wait(minutes=15)
    assert spoken.menu("Lee Cast", (play.ticket,)) == (
        "Hello Lee Cast. This is Frontdoor. S U P 1 is proposed as Severity 1 and waits for your decision. "
        "Press 4 to say that you have heard it, 5 to pass on to the next person, star to repeat."
    )
    heard = play.key_press("4")
    assert isinstance(heard, Decision)
    assert heard.said == "Thank you. You have 10 minutes. Goodbye."
    play.wait(minutes=9)
    assert play.rung() == ["lee"]
    play.wait(minutes=1)
    assert play.rung() == ["lee", "lee"]


def test_whoever_passes_it_on_has_the_next_one_rung() -> None:
    play = proposed()
    play.wait(minutes=15)
    play.key_press("5")
    assert play.rung() == ["lee", "bo"]


def test_escalating_goes_on_ringing_for_it_until_the_acknowledgement_is_due() -> None:
    """Then the same people are rung for that; the proposal has its turn once somebody has it."""
    play = proposed()
    play.wait(minutes=15)
    play.escalate()
    assert rung_for(play) == "decide"
    play.wait(minutes=15)
    assert rung_for(play) == "acknowledge"
    play.press("acknowledge", staff("lee"))
    play.wait(minutes=4)
    assert rung_for(play) == "decide"


def test_whoever_acknowledges_while_it_rings_has_as_long_as_for_assigning() -> None:
    """ES-4: ten minutes, and then the telephone again."""
    play = proposed()
    play.wait(minutes=15)
    play.escalate()
    play.press("acknowledge", staff("lee"))
    assert rung_for(play) == ""
    play.wait(minutes=9)
    assert play.rung() == ["lee"]
    play.wait(minutes=1)
    assert (play.rung(), rung_for(play)) == (["lee", "lee"], "decide")


def test_a_developer_who_proposes_has_the_lead_rung_too() -> None:
    play = assigned(Play(now=NIGHT))
    set_to(play, "S1", by="devi")
    play.wait(minutes=15)
    assert (play.rung(), rung_for(play)) == (["lee"], "decide")


@pytest.mark.parametrize("end", ["dismiss", "answer"])
def test_nobody_is_rung_for_what_is_over(end: str) -> None:
    play = proposed()
    play.wait(minutes=15)
    if end == "dismiss":
        play.press("dismiss", staff("sam"))
    else:
        play.answer()
    play.wait(hours=3)
    assert play.rung() == ["lee"]


def test_what_is_solved_or_critical_already_rings_nobody_for_another_proposal() -> None:
    solved = resolved(Play(now=NIGHT))
    set_to(solved, "S1", by="sam")
    critical = begun(NIGHT)
    set_to(critical, "S1")
    set_to(critical, "S1", by="sam", fix_at=NIGHT + timedelta(days=2))
    assert (solved.ticket.decide_at, critical.ticket.decide_at) == (None, None)


def test_whoever_proposes_reads_by_when_the_telephone_rings() -> None:
    play = begun(NIGHT)
    words = []
    for severity in ("S1", "S3"):
        answer = set_to(play, severity, by="sam")
        assert isinstance(answer, Decision)
        words.append(answer.said)
    set_to(play, "S1", by="sam")
    play.wait(minutes=15)
    again = set_to(play, "S1", by="sam", why="still")
    assert isinstance(again, Decision)
    assert [*words, again.said] == [
        "Proposed. The lead decides. If nobody has by <!date^1795032900^{date_short_pretty} {time}|Thu 19 Nov 01:15 PKT>, we telephone.",
        "Proposed. The lead decides. Nobody is telephoned for it: escalate to have the lead rung.",
        "Proposed. The lead decides. The telephone rings for it already.",
    ]


def test_it_is_told_why_the_clock_of_a_proposal_stands_where_it_stands() -> None:
    (clock,) = [one for one in explain(proposed().ticket, "Asia/Karachi") if one.kind == "decide"]
    assert clock.rule == "SV-2"
    moment, _, why = clock.why.partition(": ")
    assert moment == "Thu 19 Nov 01:15 PKT"
    assert why == (
        "Severity 1 is accepted or turned down by then, or those who decide are telephoned;"
        " proposed Thu 19 Nov 01:00 PKT."
    )


def test_production_that_is_down_is_heard_on_the_same_call() -> None:
    play = proposed()
    play.wait(minutes=15)
    play.press("production_down", CLIENT)
    assert (play.rung(), rung_for(play)) == (["lee"], "decide")
    assert "S U P 1, production is down, is proposed as Severity 1" in spoken.menu("Lee", (play.ticket,))


def became(play: Play) -> list[tuple[str, str, str]]:
    """What the messages of proposals were revised to: slot, place, and the line below the proposal."""
    revised = [one for one in play.said if isinstance(one, Revise) and ":proposed:" in one.slot]
    assert all(not one.buttons for one in revised)
    return [(one.slot, one.to.kind, one.text.partition("\n")[2]) for one in revised]


def _accepted(play: Play) -> None:
    play.press("severity", staff("lee"), subject="S1")


def _turned_down(play: Play) -> None:
    play.press("severity", staff("bo"), subject="keep")


def _set_otherwise(play: Play) -> None:
    set_to(play, "S3", by="sol")


def _proposed_anew(play: Play) -> None:
    play.wait(seconds=1)
    set_to(play, "S3", by="sam")


def _dismissed(play: Play) -> None:
    play.press("dismiss", staff("sam"))


@pytest.mark.parametrize(
    ("happens", "line"),
    [
        (_accepted, ":white_check_mark: *Lee Cast* set it to *S1*."),
        (_turned_down, ":white_check_mark: *Bo Cast* left it at *S2*."),
        (_set_otherwise, ":white_check_mark: *Sol Cast* set it to *S3*."),
        (_proposed_anew, "*Sam Cast* has proposed *S3* since: please decide there."),
        (_dismissed, "*SUP-1* is dismissed: there is nothing left to decide."),
    ],
)
def test_the_message_of_a_proposal_says_what_became_of_it_and_has_no_buttons(
    happens: Callable[[Play], None], line: str
) -> None:
    play = proposed()
    happens(play)
    assert became(play) == [("1:proposed:20261118200000", "escalation", line)]


def test_the_words_of_a_settled_proposal_stay_readable_and_mention_nobody_again() -> None:
    play = begun(NIGHT)
    set_to(play, "S1", by="sam", why="every till is down")
    play.press("severity", staff("lee"), subject="S1")
    (revised,) = [one for one in play.said if isinstance(one, Revise) and ":proposed:" in one.slot]
    assert revised.text == (
        "*Sam Cast* proposes *S1* for *SUP-1* (now S2): every till is down.\n"
        ":white_check_mark: *Lee Cast* set it to *S1*."
    )


def test_what_was_proposed_in_the_escalations_thread_is_settled_there() -> None:
    """Also where the request was escalated only after it had been proposed: each message where it stands."""
    play = proposed()
    play.wait(minutes=1)
    play.escalate()
    play.wait(minutes=1)
    set_to(play, "S1", by="sam", why="still")
    play.press("severity", staff("lee"), subject="S1")
    assert [(slot, place) for slot, place, _ in became(play)] == [
        ("1:proposed:20261118200000", "escalation"),
        ("1:proposed:20261118200200", "escalation_thread"),
    ]


def test_a_proposal_of_before_is_settled_when_the_request_is_reopened_and_only_once() -> None:
    play = resolved(Play(now=NIGHT))
    set_to(play, "S3", by="devi")
    play.press("reopen", staff("sam"))
    assert [line for *_, line in became(play)] == [
        "*SUP-1* was reopened since. Whoever still wants it proposes it again."
    ]
    assert isinstance(play.press("severity", staff("lee"), subject="S3"), Refused)
    set_to(play, "S2")
    assert len(became(play)) == 1
