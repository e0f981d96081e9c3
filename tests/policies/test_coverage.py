"""The proof that somebody would be reached: tables, and a look at every minute that must agree."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.coverage import LADDERS, Gap, duties, gaps, hole, plan, total
from policies.hours import Hours, Window, is_open
from policies.people import Absence, Role, Roster
from policies.rota import Calendar, Cover, Rotation, Turn
from tests.policies.cast import NOON, ROSTER, TERMS

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PROVEN = replace(ROSTER, people=tuple(replace(one, verified=True) for one in ROSTER.people))
LENGTH = 2 * DAY


def _without(key: str, roster: Roster = PROVEN, **changes: object) -> Roster:
    people = tuple(
        replace(one, **changes) if one.key == key else one  # type: ignore[arg-type]  # fields of a person
        for one in roster.people
    )
    return replace(roster, people=people)


def test_a_whole_roster_has_no_gaps() -> None:
    assert gaps(PROVEN, TERMS, NOON, NOON + 14 * DAY) == ()


def test_somebody_whose_number_was_never_proven_is_no_proof() -> None:
    """She would be rung all the same; the proof says that nobody knows whether she would be reached."""
    roster = ROSTER
    for key in ("sam", "sky"):
        roster = _without(key, roster, phone=None)
    (claim, acknowledge) = gaps(roster, replace(TERMS, business=TERMS.support), NOON, NOON + HOUR)
    assert claim == Gap(
        start=NOON,
        end=NOON + HOUR,
        ladder="claim",
        severities=("S1", "S2", "S3", "S4"),
        why=(
            "Sam Cast has no telephone number",
            "Sky Cast has no telephone number",
            "Sol Cast has a number that is not verified",
        ),
    )
    assert acknowledge.why[0] == "Lee Cast has a number that is not verified"


def test_the_lower_severities_need_nobody_outside_business_hours() -> None:
    """Business hours are development's, 13:00 to 22:00 in Karachi; NOON is 14:00."""
    away = tuple(Absence(person=key, start=NOON, end=NOON + 12 * HOUR) for key in ("lee", "bo", "sol"))
    found = gaps(replace(PROVEN, absences=away), replace(TERMS, business=TERMS.development), NOON, NOON + DAY)
    assert [(gap.start - NOON, gap.end - NOON, gap.severities) for gap in found] == [
        (timedelta(0), 8 * HOUR, ("S1", "S2", "S3", "S4")),
        (8 * HOUR, 12 * HOUR, ("S1", "S2")),
    ]
    assert total(found) == 12 * HOUR


def test_what_overlaps_counts_once() -> None:
    claim = Gap(start=NOON, end=NOON + 2 * HOUR, ladder="claim", severities=("S1",), why=("x",))
    other = replace(claim, ladder="acknowledge", start=NOON + HOUR, end=NOON + 3 * HOUR)
    assert total([claim, other]) == 3 * HOUR


def test_the_plan_tells_every_change_of_who_has_the_duty() -> None:
    weekly = Rotation(people=("lee", "bo"), first=date(2026, 11, 16), at=time(9), zone="Asia/Karachi")
    cover = Cover(person="bo", by="lee", start=NOON + 6 * DAY, end=NOON + 7 * DAY)
    roster = replace(PROVEN, rota=((Role.LEAD, weekly),), covers=(cover,))
    handover = datetime(2026, 11, 23, 4, tzinfo=UTC)
    told = [(at, [one.key for one in there]) for at, there in plan(roster, Role.LEAD, NOON, NOON + 14 * DAY)]
    assert told == [
        (NOON, ["lee"]),
        (handover, ["bo"]),
        (NOON + 6 * DAY, ["lee"]),
        (NOON + 7 * DAY, ["bo"]),
        (handover + 7 * DAY, ["lee"]),
    ]


def test_duties_are_whole_turns_and_only_where_somebody_takes_turns() -> None:
    weekly = Rotation(people=("lee", "bo"), first=date(2026, 11, 16), at=time(9), zone="Asia/Karachi")
    handover = datetime(2026, 11, 23, 4, tzinfo=UTC)
    roster = replace(PROVEN, rota=((Role.LEAD, weekly),))
    assert duties(roster, handover - 7 * DAY, handover + 7 * DAY) == [
        (Role.LEAD, Turn(person="lee", start=handover - 7 * DAY, end=handover)),
        (Role.LEAD, Turn(person="bo", start=handover, end=handover + 7 * DAY)),
    ]


def _moment(chance: random.Random) -> datetime:
    return NOON + chance.randrange(-600, int(LENGTH / MINUTE) + 600) * MINUTE


def _span(chance: random.Random) -> tuple[datetime, datetime]:
    start = _moment(chance)
    return start, start + chance.choice([30, 400, 1500, 4000]) * MINUTE


def _hours(chance: random.Random) -> Hours:
    start, end = (time(chance.randrange(24), chance.choice([0, 15, 50])) for _ in range(2))
    days = frozenset(chance.sample(range(7), chance.choice([3, 5, 7])))
    zone = chance.choice(["Asia/Karachi", "Europe/London", "America/New_York"])
    return Hours(zone=zone, windows=(Window(days=days, start=start, end=end),))


def _rota(chance: random.Random) -> Rotation | Calendar:
    people = tuple(chance.sample(["sam", "sky", "sol", "lee", "bo"], chance.choice([1, 2, 3])))
    if chance.random() < 0.5:
        first = date(2026, 11, 17) + timedelta(days=chance.randrange(-3, 3))
        at = time(chance.randrange(24), chance.choice([0, 30]))
        return Rotation(
            people=people, first=first, at=at, zone="Europe/London", days=chance.choice([1, 2, 7])
        )
    spans = [(person, *_span(chance)) for person in people]
    turns = tuple(Turn(person=person, start=start, end=end) for person, start, end in spans)
    return Calendar(turns=turns, start=_moment(chance), until=NOON + LENGTH - 500 * MINUTE)


def _any_roster(chance: random.Random) -> Roster:
    """People with and without telephones, hours and turns; absences and covers; few enough that gaps are common."""
    people = tuple(
        replace(
            one,
            phone=one.phone if chance.random() < 0.7 else None,
            verified=chance.random() < 0.6,
            shift=_hours(chance) if chance.random() < 0.5 else None,
        )
        for one in ROSTER.people
    )
    keys = [one.key for one in people]
    away = [(chance.choice(keys), *_span(chance)) for _ in range(4)]
    covers = [(*chance.sample(keys, 2), *_span(chance)) for _ in range(3)]
    return replace(
        ROSTER,
        people=people,
        rota=tuple((chance.choice(list(Role)), _rota(chance)) for _ in range(chance.choice([0, 1, 2]))),
        absences=tuple(Absence(person=key, start=start, end=end) for key, start, end in away),
        covers=tuple(Cover(person=key, by=by, start=start, end=end) for key, by, start, end in covers),
    )


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_a_look_at_every_minute_agrees(seed: int) -> None:
    """Two days, minute by minute and ladder by ladder: in no gap somebody would be reached, and outside nobody is missed."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable roster, no secret
    roster, terms = _any_roster(chance), replace(TERMS, business=_hours(chance))
    found = gaps(roster, terms, NOON, NOON + LENGTH)
    for ladder in LADDERS:
        mine = [gap for gap in found if gap.ladder == ladder]
        assert all(one.end <= other.start for one, other in itertools.pairwise(mine))
        waiting = iter(mine)
        gap = next(waiting, None)
        for minute in range(int(LENGTH / MINUTE)):
            at = NOON + minute * MINUTE
            if gap is not None and gap.end <= at:
                gap = next(waiting, None)
            inside = gap is not None and gap.start <= at
            assert hole(roster, ladder, at) == (gap.why if inside and gap is not None else ())
            if inside and gap is not None:
                assert ("S3" in gap.severities) == is_open(terms.business, at)


@pytest.mark.parametrize("days", [1, 14])
def test_neighbouring_gaps_differ(days: int) -> None:
    chance = random.Random(days)  # noqa: S311 - as above
    found = gaps(_any_roster(chance), TERMS, NOON, NOON + days * DAY)
    assert all(
        replace(one, start=other.start, end=other.end) != other
        for one, other in itertools.pairwise(found)
        if one.end == other.start
    )
