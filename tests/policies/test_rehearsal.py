"""A rehearsal: the rules themselves on one request, in which nobody reacts unless the script says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from policies import events as e
from policies.people import Absence
from policies.questions import rehearsal
from policies.questions.rehearsal import Setting, Turn, play
from policies.ticket import Stage, Ticket
from tests.policies.cast import BLOCK, CLIENT, NOON, ROSTER, TERMS, staff
from tests.policies.play import Play

SETTING = Setting(roster=ROSTER, terms=TERMS, zone="Asia/Karachi")
MINUTE = timedelta(minutes=1)


def writes(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """The client does."""
    return e.MessagePosted(key=key, at=NOON, actor=CLIENT, channel="C1", ts="1.1", text="The printer is dead")


def escalates(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """Sam does."""
    return e.Escalate(key=key, at=NOON + MINUTE, actor=staff("sam"), block=BLOCK)


def acknowledges(key: str, _ticket: Ticket | None) -> e.AnyEvent:
    """Lee does."""
    return e.Pressed(key=key, at=NOON, actor=staff("lee"), verb="acknowledge")


SCRIPT = (Turn(at=NOON, act=writes), Turn(at=NOON + MINUTE, act=escalates))


def rung(played: rehearsal.Rehearsal) -> list[str]:
    """Who was, in order."""
    return [fact.person for fact in played.facts if fact.kind == "called"]


def test_nobody_reacts_and_every_telephone_rings_out() -> None:
    """ES-3: the lead, the backup and the support lead one after the other, 25 seconds each, round after round."""
    played = play(SETTING, SCRIPT, 10 * MINUTE)

    assert [(fact.person, fact.at - NOON) for fact in played.facts if fact.kind == "called"] == [
        ("lee", timedelta(minutes=6)),
        ("bo", timedelta(minutes=6, seconds=25)),
        ("sol", timedelta(minutes=6, seconds=50)),
        ("lee", timedelta(minutes=9, seconds=15)),
        ("bo", timedelta(minutes=9, seconds=40)),
    ]
    assert played.now == NOON + 10 * MINUTE
    assert not played.cut


def test_what_it_tells_is_what_the_desk_of_the_tests_tells() -> None:
    """The same facts as another desk has that plays the same: it is no copy of the rules."""
    played = play(SETTING, SCRIPT, 4 * MINUTE)
    desk = Play()
    desk.write()
    desk.wait(minutes=1)
    desk.escalate()
    desk.wait(minutes=3)

    assert desk.history[1][1:] == list(played.facts)[1:]
    assert [fact.kind for fact in desk.history[1]] == [fact.kind for fact in played.facts]


def test_who_acknowledges_at_the_last_moment_is_not_rung() -> None:
    """People come before clocks where both have the same moment; a call that rings is hung up."""
    in_time = play(SETTING, (*SCRIPT, Turn(at=NOON + 6 * MINUTE, act=acknowledges)), 8 * MINUTE)
    late = play(
        SETTING, (*SCRIPT, Turn(at=NOON + timedelta(minutes=6, seconds=5), act=acknowledges)), 8 * MINUTE
    )

    assert rung(in_time) == []
    assert rung(late) == ["lee"]
    assert late.ticket is not None
    assert late.ticket.stage is Stage.ACKNOWLEDGED
    assert [step.refused for step in late.steps if step.refused] == []


def test_who_is_away_is_skipped_as_in_earnest() -> None:
    """ES-5."""
    away = replace(ROSTER, absences=(Absence(person="lee", start=NOON, end=NOON + timedelta(days=1)),))

    assert rung(play(replace(SETTING, roster=away), SCRIPT, 7 * MINUTE)) == ["bo", "sol"]


def test_what_is_refused_is_kept_with_its_reason() -> None:
    """It changes nothing."""
    played = play(SETTING, (SCRIPT[0], Turn(at=NOON + MINUTE, act=acknowledges)), 2 * MINUTE)

    assert [step.refused for step in played.steps if step.refused] == [
        "SUP-1 is not waiting for an acknowledgement."
    ]


def test_it_ends_however_long_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many steps, and it says so."""
    monkeypatch.setattr(rehearsal, "MOST_STEPS", 50)
    played = play(SETTING, SCRIPT, timedelta(days=30))

    assert played.cut
    assert len(played.steps) <= 60
