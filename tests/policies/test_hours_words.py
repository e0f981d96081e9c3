"""Why a moment is what it is: the stretches that counted add up, and each that did not has its reason."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from policies.hours import Amount, Days, Hours, Open, Pause, Plain, due, elapsed
from policies.words.hours import ALL_DAY, ASKED, Segment, segments, told
from tests.policies.test_hours import (
    AMOUNTS,
    CHRISTMAS,
    FEW,
    HOUR,
    LONDON,
    LUNCH,
    MOMENTS,
    NIGHT,
    OFFICE,
    PAUSES,
    at,
    calendars,
)


def shown(found: tuple[Segment, ...], zone: str = LONDON) -> list[tuple[str, str, str]]:
    """Each stretch as (from, to, why), "+" before those that counted."""
    info = ZoneInfo(zone)
    return [
        (
            f"{one.start.astimezone(info):%d %H:%M}",
            f"{one.end.astimezone(info):%d %H:%M}",
            f"{'+' if one.counted else ''}{one.why}",
        )
        for one in found
    ]


def test_two_minutes_before_christmas_and_the_rest_after_it() -> None:
    """The holidays are named, the short day and the weekend are told apart."""
    named = replace(CHRISTMAS, names=((date(2026, 12, 25), "Christmas Day"),), dated=())
    found = segments(named, at("2026-12-24 16:58"), Open(4 * HOUR))

    assert shown(found) == [
        ("24 16:58", "24 17:00", "+open"),
        ("24 17:00", "25 00:00", "outside the hours"),
        ("25 00:00", "26 00:00", "holiday: Christmas Day"),
        ("26 00:00", "27 00:00", "no hours on Sat"),
        ("27 00:00", "28 00:00", "no hours on Sun"),
        ("28 00:00", "29 00:00", "closed on this date"),
        ("29 00:00", "29 09:00", "outside the hours"),
        ("29 09:00", "29 12:58", "+open"),
    ]


def test_a_night_is_one_stretch_and_so_is_a_break() -> None:
    """Nobody wants to read that a night has two halves."""
    assert shown(segments(LUNCH, at("2026-11-18 11:30"), Open(5 * HOUR))) == [
        ("18 11:30", "18 12:00", "+open"),
        ("18 12:00", "18 13:00", "outside the hours"),
        ("18 13:00", "18 17:00", "+open"),
        ("18 17:00", "19 09:00", "outside the hours"),
        ("19 09:00", "19 09:30", "+open"),
    ]
    assert shown(segments(NIGHT, at("2026-11-19 05:00"), Open(2 * HOUR))) == [
        ("19 05:00", "19 06:00", "+open"),
        ("19 06:00", "19 22:00", "outside the hours"),
        ("19 22:00", "19 23:00", "+open"),
    ]


def test_a_pause_is_a_stretch_of_its_own_whatever_the_hour() -> None:
    """TR-6: it rests while the client is the one to answer, over closing and over a night."""
    pause = (at("2026-11-18 16:00"), at("2026-11-19 10:00"))

    assert shown(segments(OFFICE, at("2026-11-18 15:00"), Open(2 * HOUR), (pause,))) == [
        ("18 15:00", "18 16:00", "+open"),
        ("18 16:00", "19 10:00", ASKED),
        ("19 10:00", "19 11:00", "+open"),
    ]
    assert shown(segments(OFFICE, at("2026-11-18 15:00"), Plain(2 * HOUR), (pause,))) == [
        ("18 15:00", "18 16:00", f"+{ALL_DAY}"),
        ("18 16:00", "19 10:00", ASKED),
        ("19 10:00", "19 11:00", f"+{ALL_DAY}"),
    ]


def test_nothing_is_explained_of_what_never_ends() -> None:
    """A calendar that never opens, and no amount at all."""
    assert segments(Hours(zone="UTC", windows=()), at("2026-11-18 10:00"), Open(HOUR)) == ()
    assert segments(OFFICE, at("2026-11-18 10:00"), Open(timedelta(0))) == ()


def test_in_words_a_length_is_rounded_once() -> None:
    """Two seconds short of eight hours are eight hours, and never seven and sixty minutes; a day is whole days and hours."""
    start = at("2026-11-18 09:00:02")
    assert list(told(segments(OFFICE, start, Days(1)), LONDON)) == [
        "Wed 18 Nov 09:00 to 17:00  open, counts 8 hours",
        "Wed 18 Nov 17:00 to Thu 19 Nov 09:00  does not count: outside the hours",
        "Thu 19 Nov 09:00 to 09:00  open, counts 2 seconds",
    ]
    assert list(told(segments(OFFICE, start, Open(HOUR + timedelta(minutes=30))), LONDON)) == [
        "Wed 18 Nov 09:00 to 10:30  open, counts 1 hour 30 min"
    ]
    assert list(told(segments(OFFICE, start, Plain(26 * HOUR)), "UTC")) == [
        "Wed 18 Nov 09:00 to Thu 19 Nov 11:00  day and night, counts 26 hours"
    ]


@FEW
@given(calendars(), MOMENTS, st.one_of(AMOUNTS, st.builds(Days, st.integers(1, 9))), PAUSES)
def test_what_counted_adds_up_to_the_amount(
    hours: Hours, start: datetime, amount: Amount, pauses: list[Pause]
) -> None:
    """They begin at the start, end when it is due, leave no gap, and the open ones are all of the open time between."""
    found = segments(hours, start, amount, pauses)
    end = due(hours, start, amount, pauses)
    assert end is not None

    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start and one.start < one.end for one, other in pairwise(found))
    counted = sum((one.length for one in found if one.counted), timedelta(0))
    assert counted == elapsed(hours, start, end, pauses)
    assert not isinstance(amount, Open) or counted == amount.length
    assert all(elapsed(hours, one.start, one.end) == one.length for one in found if one.counted)


@FEW
@given(calendars(), MOMENTS, AMOUNTS, PAUSES)
def test_plain_time_counts_day_and_night_but_not_in_a_pause(
    hours: Hours, start: datetime, amount: Open, pauses: list[Pause]
) -> None:
    """Whatever the calendar."""
    found = segments(hours, start, Plain(amount.length), pauses)

    assert sum((one.length for one in found if one.counted), timedelta(0)) == amount.length
    assert {one.why for one in found} <= {ALL_DAY, ASKED}
