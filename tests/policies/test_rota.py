"""Whose turn it is: rotations over daylight saving, calendars, covers, and the ladder that follows them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from policies.hours import Hours, Window
from policies.people import Role
from policies.rota import Calendar, Cover, Rotation, Turn, changes, on_turn, turns
from tests.policies.cast import DAILY, NOON, ROSTER

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
LONDON = Rotation(people=("lee", "bo", "sol"), first=date(2026, 3, 16), at=time(9), zone="Europe/London")
"""Handed over on Mondays at nine in London; the clocks go forward on 29 March and back on 25 October."""


def test_a_rotation_hands_over_at_the_same_local_time_before_and_after_daylight_saving() -> None:
    begin, end = datetime(2026, 3, 16, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC)
    assert [(turn.person, turn.start.isoformat()) for turn in turns(LONDON, begin, end)] == [
        ("lee", "2026-03-16T09:00:00+00:00"),
        ("bo", "2026-03-23T09:00:00+00:00"),
        ("sol", "2026-03-30T08:00:00+00:00"),
        ("lee", "2026-04-06T08:00:00+00:00"),
    ]


def test_the_turn_ends_with_the_second_in_which_the_next_begins() -> None:
    handover = datetime(2026, 10, 26, 9, tzinfo=UTC)
    before, after = on_turn(LONDON, handover - SECOND), on_turn(LONDON, handover)
    assert (before, after) == (("bo",), ("sol",))


def test_a_handover_in_the_hour_that_is_left_out_is_at_the_jump() -> None:
    rota = replace(LONDON, first=date(2026, 3, 28), at=time(1, 30), days=1)
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert (on_turn(rota, jump - SECOND), on_turn(rota, jump)) == (("lee",), ("bo",))


def test_before_its_first_turn_a_rotation_is_not_in_force() -> None:
    assert on_turn(LONDON, datetime(2026, 3, 16, 9, tzinfo=UTC) - SECOND) is None
    assert on_turn(LONDON, datetime(2026, 3, 16, 9, tzinfo=UTC)) == ("lee",)


def test_between_two_changes_the_turn_stays() -> None:
    """Looked at every hour for a year: nothing changes at a moment that was not named."""
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    named = set(changes(LONDON, begin, begin + 365 * timedelta(days=1)))
    for hour in range(365 * 24):
        now = begin + hour * timedelta(hours=1)
        following = now + timedelta(hours=1)
        if on_turn(LONDON, now) != on_turn(LONDON, following):
            assert any(now < moment <= following for moment in named)


def test_a_calendar_holds_for_the_time_it_was_read_for_and_then_everybody_counts_again() -> None:
    calendar = Calendar(
        turns=(Turn(person="lee", start=NOON, end=NOON + WEEK),), start=NOON, until=NOON + 2 * WEEK
    )
    roster = replace(ROSTER, rota=((Role.LEAD, calendar),))
    there = [
        [one.key for one in roster.holders(Role.LEAD, NOON + moment)]
        for moment in (-SECOND, timedelta(0), WEEK, 2 * WEEK)
    ]
    assert there == [["lee"], ["lee"], [], ["lee"]]


DEVELOPMENT = Rotation(people=("lee", "bo"), first=date(2026, 11, 16), at=time(9), zone="Asia/Karachi")
TURNS = replace(
    ROSTER,
    people=tuple(
        replace(one, roles=frozenset({Role.LEAD, Role.BACKUP})) if one.key in {"lee", "bo"} else one
        for one in ROSTER.people
    ),
    rota=((Role.LEAD, DEVELOPMENT),),
)
"""Lee leads in the week of NOON, Bo in the next one."""


def test_the_lead_is_whose_week_it_is() -> None:
    leads = [TURNS.acting_lead(NOON + weeks * WEEK) for weeks in range(3)]
    assert [lead.key if lead else "" for lead in leads] == ["lee", "bo", "lee"]
    assert [one.key for one in TURNS.duty(Role.LEAD, NOON)] == ["lee"]
    assert [one.key for one in TURNS.holders(Role.LEAD)] == ["lee", "bo"]
    lee, bo = TURNS.by_key["lee"], TURNS.by_key["bo"]
    assert TURNS.on_duty(lee, NOON, Role.LEAD)
    assert not TURNS.on_duty(bo, NOON, Role.LEAD)
    assert TURNS.on_duty(bo, NOON)  # as backup, who has no rota


def test_who_covers_has_the_duty_and_the_hours_of_the_other_and_nobody_else() -> None:
    evening = Hours(zone="Asia/Karachi", windows=(Window(days=DAILY, start=time(20), end=time(22)),))
    people = tuple(replace(one, shift=evening) if one.key == "lee" else one for one in ROSTER.people)
    cover = Cover(person="lee", by="bo", start=NOON, end=NOON + timedelta(days=1))
    roster = replace(ROSTER, people=people, covers=(cover,))
    tonight = NOON + timedelta(hours=7)
    assert [one.key for one in roster.holders(Role.LEAD, NOON)] == ["bo"]
    assert [one.key for one in roster.duty(Role.LEAD, NOON)] == []
    assert [one.key for one in roster.duty(Role.LEAD, tonight)] == ["bo"]
    assert [one.key for one in roster.holders(Role.LEAD, cover.end)] == ["lee"]
    assert not roster.on_duty(roster.by_key["lee"], tonight)


def test_the_newest_cover_of_a_person_wins_and_a_swap_goes_no_further() -> None:
    day = timedelta(days=1)
    swap = (
        Cover(person="lee", by="bo", start=NOON, end=NOON + day),
        Cover(person="bo", by="lee", start=NOON, end=NOON + day),
    )
    roster = replace(ROSTER, covers=swap)
    assert [one.key for one in roster.holders(Role.LEAD, NOON)] == ["bo"]
    assert [one.key for one in roster.holders(Role.BACKUP, NOON)] == ["lee"]
    later = replace(roster, covers=(*swap, Cover(person="lee", by="sol", start=NOON, end=NOON + day)))
    assert [one.key for one in later.holders(Role.LEAD, NOON)] == ["sol"]


def test_a_number_that_a_code_came_back_from_counts_as_verified_and_only_that_number() -> None:
    from policies.people import Reach

    lee = ROSTER.by_key["lee"]
    proven = Reach(person="lee", number=lee.phone or "", verified_at=NOON)
    old = replace(proven, number="+12025550199")
    assert [ROSTER.of_the_day((), (), (reach,)).by_key["lee"].verified for reach in (proven, old)] == [
        True,
        False,
    ]
