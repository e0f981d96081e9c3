"""Who sets a severity, what is read of it, and the date of the permanent fix that goes with it (SV-4)."""

from datetime import datetime, timedelta

import pytest

from policies import facts as f
from policies.decision import Refused
from policies.effects import Post
from policies.events import CodeChange, Workaround
from policies.events.terms import Carried, CloseCarried
from policies.ticket import Stage
from tests.policies.cast import CLIENT, staff
from tests.policies.play import Play, assigned
from tests.policies.test_targets import AGREED, WEDNESDAY, at, begun, dues, set_to, told


def test_support_and_the_developer_propose_and_the_lead_sets() -> None:
    """One post with a button; pressing it makes it so, and a second press says that it is settled."""
    play = begun()
    set_to(play, "S1", by="sam", why="all tills are down")
    assert (play.ticket.severity, play.ticket.proposed.severity if play.ticket.proposed else "") == (
        "S2",
        "S1",
    )
    (asked,) = play.words("escalation")
    assert asked == (
        "<@ULEE> *Sam Cast* proposes *S1* for *SUP-1* (now S2): all tills are down."
        " Please decide by <!date^1794992700^{date_short_pretty} {time}|Wed 18 Nov 14:05 PKT>, or we telephone."
    )
    refused = play.press("severity", staff("sam"), subject="S1")
    assert isinstance(refused, Refused)
    play.press("severity", staff("lee"), subject="S1")
    assert (play.ticket.severity, play.ticket.severity_by) == ("S1", "lee")
    assert isinstance(play.press("severity", staff("bo"), subject="S1"), Refused)


def test_a_proposal_can_be_turned_down_with_one_click() -> None:
    play = begun()
    set_to(play, "S1", by="sam", why="all tills are down")
    (post,) = [one for one in play.said if isinstance(one, Post) and one.buttons and "proposes" in one.text]
    assert [(button.label, button.value) for button in post.buttons] == [
        ("Set S1", "S1"),
        ("Keep S2", "keep"),
    ]
    assert isinstance(play.press("severity", staff("sam"), subject="keep"), Refused)
    play.press("severity", staff("lee"), subject="keep")
    assert (play.ticket.severity, play.ticket.severity_by, play.ticket.proposed) == ("S2", "lee", None)
    assert isinstance(play.press("severity", staff("lee"), subject="S1"), Refused)


@pytest.mark.parametrize("subject", ["S1", "keep"])
def test_a_proposal_for_what_is_over_is_settled(subject: str) -> None:
    """As for whoever opens the form: nothing is set, and no executive is asked for."""
    play = begun()
    set_to(play, "S1", by="sam")
    play.press("dismiss", staff("sam"))
    refused = play.press("severity", staff("lee"), subject=subject)
    assert isinstance(refused, Refused)
    assert refused.why == "SUP-1 is dismissed already. Nothing was changed."


@pytest.mark.parametrize("subject", ["S1", "keep"])
def test_where_the_lead_is_asked_before_the_escalation_it_is_said_what_became_of_it(subject: str) -> None:
    """The request has no card there yet, and the other leads were asked as well."""
    play = begun()
    set_to(play, "S1", by="sam", why="all tills are down")
    play.words("escalation")
    play.press("severity", staff("lee"), subject=subject)
    (decided,) = play.words("escalation")[1:]
    assert decided in play.words("support_thread")
    assert decided.startswith("*Lee Cast* set *SUP-1* to ")


def test_only_a_severity_with_hours_of_its_own_out_of_hours_is_flagged() -> None:
    refused = set_to(begun(), "S1", urgent=True)
    assert isinstance(refused, Refused)
    assert dict(refused.fields) == {
        "urgent": "S1 has no response out of hours of its own: only S2 can be flagged."
    }


@pytest.mark.parametrize("who", ["sol", "lee", "bo"])
def test_the_support_lead_the_lead_and_the_backup_set_it_themselves(who: str) -> None:
    play = begun()
    set_to(play, "S1", by=who)
    assert play.ticket.severity_by == who


@pytest.mark.parametrize("who", ["dana", "devi"])
def test_a_developer_without_the_request_may_not_even_propose(who: str) -> None:
    refused = set_to(begun(), "S1", by=who)
    assert isinstance(refused, Refused)


def test_whoever_sets_it_reads_until_when_what_is_due() -> None:
    play = begun()
    set_to(play, "S1", why="nobody can sell")
    [words] = [text for text in play.words("support_thread") if "set" in text]
    assert words == (
        "*Lee Cast* set *SUP-1* to *S1* (was S2): nobody can sell.\n"
        "Now a developer by <!date^1794996000^{date_short_pretty} {time}|Wed 18 Nov 15:00 PKT>,"
        " a word to the client by <!date^1794996000^{date_short_pretty} {time}|Wed 18 Nov 15:00 PKT>,"
        " resolved by <!date^1795006800^{date_short_pretty} {time}|Wed 18 Nov 18:00 PKT>."
    )


def test_the_same_severity_again_changes_nothing() -> None:
    play = begun()
    set_to(play, "S3")
    assert isinstance(set_to(play, "S3"), Refused)


def fixed_by(play: Play, days: int = 2) -> datetime:
    """The date of the permanent fix is set with the severity."""
    when = play.now + timedelta(days=days, hours=3)
    set_to(play, "S2", fix_at=when)
    return when


def test_the_date_of_the_permanent_fix_survives_a_workaround_and_is_asked_about_until_it_is_in() -> None:
    """SV-4: resolved with a workaround and closed, the fix is still asked for, on its day and every day after."""
    play = assigned(Play(terms=AGREED, now=WEDNESDAY))
    when = fixed_by(play)
    common = {"key": play.key(), "at": play.now}
    play.do(
        Workaround(**common, actor=staff("devi"), what="manual totals", original="automatic"), play.ticket
    )  # type: ignore[arg-type]  # by name
    play.resolve()
    play.relay(1)
    play.press("solved", CLIENT)
    carried = Carried(number=1, carrier="devi", until=when)
    play.do(CloseCarried(key=play.key(), at=play.now, actor=staff("sol"), carried=(carried,)), play.ticket)
    assert play.ticket.stage is Stage.CLOSED
    assert dues(play) == {"fix": when}
    play.wait(days=8)
    assert told(play) == ["fix:25%", "fix:15 minutes", "fix:missed", "fix:again", "fix:again"]
    assert [fact.at for fact in play.history[1] if isinstance(fact, f.TargetAskedAgain)] == [
        at(24, 12),
        at(25, 12),
    ]
    play.press("fix_is_in", staff("lee"))
    assert dues(play) == {}


def test_a_fix_that_was_left_to_planning_is_still_wanted() -> None:
    play = assigned(Play(terms=AGREED, now=WEDNESDAY))
    when = fixed_by(play)
    play.do(
        CodeChange(key=play.key(), at=play.now, actor=staff("devi"), summary="round the totals"), play.ticket
    )
    play.resolve()
    assert dues(play) == {"fix": when}


def test_what_was_resolved_for_good_is_not_asked_for() -> None:
    play = assigned(Play(terms=AGREED, now=WEDNESDAY))
    fixed_by(play)
    play.resolve()
    assert (dues(play), play.ticket.fix_wanted) == ({}, False)


def test_a_date_that_stays_when_the_severity_changes_is_not_warned_of_again() -> None:
    """Its quarter is a shorter one now; people have heard of this date."""
    play = assigned(Play(terms=AGREED, now=WEDNESDAY))
    when = fixed_by(play)
    play.wait(days=2, minutes=30)
    set_to(play, "S3")
    assert dues(play)["fix"] == when
    play.wait(hours=2, minutes=15)
    assert [one for one in told(play) if one.startswith("fix")] == ["fix:25%", "fix:15 minutes"]
