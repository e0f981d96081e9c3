"""Absences of the day: who may set whose, and what is said."""

from datetime import timedelta

import pytest

from policies import events as e
from policies.decision import Decision, Refused
from policies.people import Absence
from tests.policies.cast import CLIENT, NOON, STRANGER, staff
from tests.policies.play import Play

HOUR = timedelta(hours=1)


def away(
    who: e.Actor, person: str, start: timedelta = timedelta(0), end: timedelta = HOUR
) -> Decision | Refused:
    absence = Absence(person=person, start=NOON + start, end=NOON + end)
    return Play().do(e.SetAway(key="a", at=NOON, actor=who, absence=absence))


@pytest.mark.parametrize(
    ("who", "person", "fine"),
    [
        ("sam", "sam", True),
        ("devi", "devi", True),
        ("sam", "sky", False),
        ("devi", "dana", False),
        ("sol", "lee", True),
        ("sol", "sam", True),
        ("lee", "devi", True),
        ("bo", "lee", True),
        ("lee", "sam", False),
        ("bo", "sol", False),
    ],
)
def test_everybody_for_themselves_leads_for_their_team_the_support_lead_for_all(
    who: str, person: str, fine: bool
) -> None:
    assert isinstance(away(staff(who), person), Decision if fine else Refused)


@pytest.mark.parametrize("who", [CLIENT, STRANGER])
def test_nobody_else_sets_an_absence(who: e.Actor) -> None:
    assert isinstance(away(who, "sam"), Refused)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(2, 1, "ends before it begins"), (-3, -1, "lies in the past")],
)
def test_an_absence_that_cannot_be_is_named(start: int, end: int, words: str) -> None:
    refused = away(staff("sam"), "sam", start * HOUR, end * HOUR)
    assert isinstance(refused, Refused)
    assert words in refused.why


def test_the_stand_in_of_a_lead_is_said() -> None:
    answer = away(staff("lee"), "lee")
    assert isinstance(answer, Decision)
    assert answer.said.endswith("Bo Cast has the lead's duties.")


def test_an_absence_that_ends_at_its_start_is_a_return() -> None:
    answer = away(staff("sam"), "sam", end=timedelta(0))
    assert isinstance(answer, Decision)
    assert answer.said == "Sam Cast is back."
