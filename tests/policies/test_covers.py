"""Covers and swaps: who may set whose, what is exchanged, what the telephone does, and what becomes of coverage."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies import events as e
from policies.decision import Decision, Refused
from policies.effects import Post
from policies.events.people import SetCover, Swap
from policies.people import Absence
from policies.rota import Cover
from policies.steps.covers import after
from tests.policies.cast import CLIENT, NOON, ROSTER, STRANGER, staff
from tests.policies.play import Play, escalated
from tests.policies.test_rota import TURNS

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
PROVEN = replace(ROSTER, people=tuple(replace(one, verified=True) for one in ROSTER.people))


def cover(
    who: e.Actor, person: str = "lee", by: str = "bo", start: timedelta = HOUR, end: timedelta = DAY
) -> Decision | Refused:
    one = Cover(person=person, by=by, start=NOON + start, end=NOON + end)
    return Play(roster=PROVEN).do(SetCover(key="c", at=NOON, actor=who, cover=one))


@pytest.mark.parametrize(
    ("who", "person", "by", "fine"),
    [
        ("lee", "lee", "bo", True),
        ("bo", "lee", "bo", True),
        ("sol", "lee", "bo", True),
        ("sol", "sam", "sky", True),
        ("lee", "sam", "sky", False),
        ("sam", "sam", "sky", False),
        ("devi", "lee", "bo", False),
    ],
)
def test_leads_set_the_rota_of_their_team_and_the_support_lead_everybodys(
    who: str, person: str, by: str, fine: bool
) -> None:
    answer = cover(staff(who), person, by)
    assert isinstance(answer, Decision if fine else Refused)
    if isinstance(answer, Refused):
        assert answer.why.startswith("The development lead and the backup lead set the rota of development")


@pytest.mark.parametrize("who", [CLIENT, STRANGER])
def test_nobody_else_sets_the_rota(who: e.Actor) -> None:
    assert isinstance(cover(who), Refused)


@pytest.mark.parametrize(
    ("person", "by", "start", "end", "words"),
    [
        ("lee", "lee", HOUR, DAY, "for oneself"),
        ("lee", "devi", HOUR, DAY, "none of the roles"),
        ("sol", "sam", HOUR, DAY, "none of the roles"),
        ("devi", "dana", HOUR, DAY, "no duty"),
        ("lee", "bo", DAY, HOUR, "ends before it begins"),
        ("lee", "bo", -DAY, -HOUR, "lies in the past"),
        ("lee", "nobody", HOUR, DAY, "nobody of ours"),
    ],
)
def test_a_cover_that_cannot_be_is_named(
    person: str, by: str, start: timedelta, end: timedelta, words: str
) -> None:
    refused = cover(staff("sol"), person, by, start, end)
    assert isinstance(refused, Refused)
    assert words in refused.why


def test_a_cover_of_later_says_nothing_of_telephones_that_ring() -> None:
    later, now = cover(staff("lee")), cover(staff("lee"), start=timedelta(0))
    assert isinstance(later, Decision)
    assert isinstance(now, Decision)
    assert ("goes on ringing" in later.said, "goes on ringing" in now.said) == (False, True)


def swap(day: datetime, who: str = "lee", roster: object = TURNS) -> Decision | Refused:
    play = Play(roster=roster)  # type: ignore[arg-type]  # a roster
    event = Swap(key="s", at=NOON, actor=staff(who), one="lee", other="bo", start=day, end=day + DAY)
    return play.do(event)


def test_a_swap_gives_the_turn_of_that_day_away_and_the_others_next_one_back() -> None:
    """23 November is Bo's; the hand-over is at 09:00 in Karachi, 04:00 UTC."""
    answer = swap(datetime(2026, 11, 24, 19, tzinfo=UTC))
    assert isinstance(answer, Decision)
    handover = datetime(2026, 11, 23, 4, tzinfo=UTC)
    assert answer.covers == (
        Cover(person="bo", by="lee", start=handover, end=handover + WEEK),
        Cover(person="lee", by="bo", start=handover + WEEK, end=handover + 2 * WEEK),
    )


def test_a_swap_of_the_day_of_a_handover_means_the_turn_that_begins() -> None:
    answer = swap(datetime(2026, 11, 22, 19, tzinfo=UTC))
    assert isinstance(answer, Decision)
    assert answer.covers[0].person == "bo"


def test_a_swap_of_the_turn_that_runs_begins_now() -> None:
    answer = swap(NOON - 14 * HOUR)
    assert isinstance(answer, Decision)
    assert (answer.covers[0].person, answer.covers[0].start) == ("lee", NOON)


def test_without_a_rota_two_people_exchange_the_day() -> None:
    answer = swap(NOON + 10 * HOUR, roster=PROVEN)
    assert isinstance(answer, Decision)
    assert [(one.person, one.by, one.start, one.end) for one in answer.covers] == [
        ("lee", "bo", NOON + 10 * HOUR, NOON + 34 * HOUR),
        ("bo", "lee", NOON + 10 * HOUR, NOON + 34 * HOUR),
    ]


def test_taking_covers_back_ends_what_holds_and_forgets_what_was_to_come() -> None:
    old = (
        Cover(person="lee", by="bo", start=NOON - HOUR, end=NOON + HOUR),
        Cover(person="lee", by="bo", start=NOON + DAY, end=NOON + 2 * DAY),
        Cover(person="sam", by="sky", start=NOON, end=NOON + DAY),
    )
    off = Cover(person="lee", by="", start=NOON, end=NOON)
    assert after(old, (off,)) == (replace(old[0], end=NOON), old[2])


def test_whoever_is_rung_goes_on_ringing_and_the_new_lead_is_rung_next() -> None:
    """Lee rings, and swaps with Bo, who is on the first rung now: it must not be passed over."""
    play = escalated()
    play.wait(minutes=5)
    assert play.rung() == ["lee"]
    day = {"start": play.now - HOUR, "end": play.now + DAY}
    event = Swap(key="s", at=play.now, actor=staff("lee"), one="lee", other="bo", **day)
    assert isinstance(play.do(event), Decision)
    assert play.rung() == ["lee"]
    play.end_call("no_answer")
    assert play.rung() == ["lee", "bo"]
    play.end_call("no_answer")
    assert play.rung() == ["lee", "bo", "sol"]


def said_of_coverage(answer: Decision | Refused) -> list[str]:
    assert isinstance(answer, Decision)
    return [
        effect.text
        for effect in answer.effects
        if isinstance(effect, Post) and effect.slot.startswith("coverage:")
    ]


def leaving(play: Play, person: str, start: timedelta, length: timedelta) -> Decision | Refused:
    absence = Absence(person=person, start=NOON + start, end=NOON + start + length)
    return play.do(e.SetAway(key=play.key(), at=play.now, actor=staff("sol"), absence=absence))


def test_an_absence_that_leaves_nobody_is_said_at_once() -> None:
    play = Play(roster=PROVEN)
    assert said_of_coverage(leaving(play, "lee", HOUR, DAY)) == []
    assert said_of_coverage(leaving(play, "bo", HOUR, DAY)) == []
    said = said_of_coverage(leaving(play, "sol", 2 * HOUR, DAY))
    assert len(said) == 1
    assert "Lee Cast is away; Bo Cast is away; Sol Cast is away" in said[0]
    assert said_of_coverage(leaving(play, "devi", HOUR, DAY)) == []


def test_a_gap_further_away_waits_for_the_morning() -> None:
    play = Play(roster=PROVEN)
    for person in ("lee", "bo"):
        leaving(play, person, 3 * DAY, DAY)
    answer = leaving(play, "sol", 3 * DAY, DAY)
    assert said_of_coverage(answer) == []


def test_the_return_that_closes_the_last_gap_is_said() -> None:
    play = Play(roster=PROVEN)
    for person in ("lee", "bo", "sol"):
        leaving(play, person, -HOUR, DAY)
    answer = leaving(play, "bo", timedelta(0), timedelta(0))
    assert said_of_coverage(answer) == [
        ":white_check_mark: Somebody would be reached in every hour of the coming 14 days again."
    ]
    assert isinstance(answer, Decision)
    assert answer.covered is True
