"""Working calendars: cases with their source, what always holds, and a second-by-second count that has to agree."""

import os
import time as machine
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.hours import (
    Amount,
    Days,
    Hours,
    Open,
    Plain,
    Span,
    Window,
    always,
    due,
    elapsed,
    is_open,
    next_open,
    spans,
)

WEEK = frozenset(range(7))
WORKDAYS = frozenset(range(5))
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OFFICE = Hours(zone="Europe/London", windows=(Window(days=WORKDAYS, start=time(9), end=time(17)),))
LUNCH = Hours(
    zone="Europe/London",
    windows=(
        Window(days=WORKDAYS, start=time(9), end=time(12)),
        Window(days=WORKDAYS, start=time(13), end=time(17)),
    ),
)
SHORT_FRIDAY = Hours(
    zone="UTC",
    windows=(
        Window(days=frozenset(range(4)), start=time(9), end=time(17)),
        Window(days=frozenset({4}), start=time(9), end=time(13)),
    ),
)
KARACHI = Hours(zone="Asia/Karachi", windows=(Window(days=WEEK, start=time(13), end=time(22)),))
NIGHT = Hours(zone="Europe/London", windows=(Window(days=WEEK, start=time(22), end=time(6)),))
SUN = Hours(
    zone="UTC",
    windows=(
        Window(days=WORKDAYS, start=time(9), end=time(17), zone="Asia/Tokyo"),
        Window(days=WORKDAYS, start=time(9), end=time(17), zone="Europe/Berlin"),
        Window(days=WORKDAYS, start=time(9), end=time(17), zone="America/Los_Angeles"),
    ),
)
CHRISTMAS = Hours(
    zone="Europe/London",
    windows=OFFICE.windows,
    closed=frozenset({date(2026, 12, 25), date(2026, 12, 28)}),
    dated=(
        (date(2026, 12, 24), (Span(start=time(9), end=time(12)),)),
        (date(2026, 12, 27), (Span(start=time(10), end=time(11)),)),
    ),
)


def at(text: str, zone: str = "UTC") -> datetime:
    """A local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


LONDON = "Europe/London"
DUE: tuple[tuple[str, Hours, datetime, Amount, datetime], ...] = (
    ("ES-2: five minutes run day and night", OFFICE, at("2026-11-21 03:00"), Plain(5 * 60 * SECOND), at("2026-11-21 03:05")),
    ("4 business hours within a day", OFFICE, at("2026-11-18 10:00"), Open(4 * HOUR), at("2026-11-18 14:00")),
    ("4 business hours over the night", OFFICE, at("2026-11-18 15:00"), Open(4 * HOUR), at("2026-11-19 11:00")),
    ("4 business hours over a weekend", OFFICE, at("2026-11-20 16:00"), Open(4 * HOUR), at("2026-11-23 12:00")),
    ("begun at night they begin at opening", OFFICE, at("2026-11-18 02:00"), Open(HOUR), at("2026-11-18 10:00")),
    ("used up exactly at closing, not at the next opening", OFFICE, at("2026-11-18 15:00"), Open(2 * HOUR), at("2026-11-18 17:00")),
    ("frappe/helpdesk#2212: a lunch break does not count", LUNCH, at("2026-11-18 11:00"), Open(2 * HOUR), at("2026-11-18 14:00")),
    ("used up exactly at the break: due at its beginning", LUNCH, at("2026-11-18 11:00"), Open(HOUR), at("2026-11-18 12:00")),
    ("chatwoot#14009: a window over midnight", NIGHT, at("2026-11-18 23:00"), Open(4 * HOUR), at("2026-11-19 03:00")),
    ("over midnight, through the day", NIGHT, at("2026-11-19 05:00"), Open(2 * HOUR), at("2026-11-19 23:00")),
    ("holidays and a day with hours of its own", CHRISTMAS, at("2026-12-24 11:00"), Open(3 * HOUR), at("2026-12-29 10:00")),
    ("S2: one business day is the length of that day", OFFICE, at("2026-11-18 13:00"), Days(1), at("2026-11-19 13:00")),
    ("half of Thursday is half of a shorter Friday", SHORT_FRIDAY, at("2026-11-19 13:00"), Days(1), at("2026-11-20 11:00")),
    ("two business days over the weekend", OFFICE, at("2026-11-20 13:00"), Days(2), at("2026-11-24 13:00")),
    ("begun before opening, a day ends at closing", OFFICE, at("2026-11-18 03:00"), Days(1), at("2026-11-18 17:00")),
    ("begun after closing, at the closing of the next", OFFICE, at("2026-11-18 20:00"), Days(1), at("2026-11-19 17:00")),
    ("a day in which nothing is closed has 24 hours", always(), at("2026-11-18 13:00"), Days(1), at("2026-11-19 13:00")),
    ("spring: a night an hour shorter", NIGHT, at("2026-03-28 23:00", LONDON), Open(6 * HOUR), at("2026-03-29 06:00", LONDON)),
    ("autumn: a night an hour longer", NIGHT, at("2026-10-24 23:00", LONDON), Open(8 * HOUR), at("2026-10-25 06:00", LONDON)),
    ("several zones: open again elsewhere", SUN, at("2026-11-18 07:00"), Open(3 * HOUR), at("2026-11-18 10:00")),
    ("oncall#3261: the wall clock stays", OFFICE, at("2026-10-23 16:00", LONDON), Open(2 * HOUR), at("2026-10-26 10:00", LONDON)),
)  # fmt: skip


@pytest.mark.parametrize(("why", "hours", "start", "amount", "end"), DUE, ids=[case[0] for case in DUE])
def test_due(why: str, hours: Hours, start: datetime, amount: Amount, end: datetime) -> None:
    """An amount is used up at the moment people would say."""
    assert due(hours, start, amount) == end, why


def test_what_is_never_used_up_is_never_due() -> None:
    """A calendar that never opens."""
    assert due(Hours(zone="UTC", windows=()), at("2026-11-18 10:00"), Open(HOUR)) is None
    assert next_open(Hours(zone="UTC", windows=()), at("2026-11-18 10:00")) is None


def test_nothing_is_due_at_once() -> None:
    """No amount at all, open or not."""
    for start in (at("2026-11-18 10:00"), at("2026-11-21 10:00")):
        assert [
            due(OFFICE, start, amount) for amount in (Open(timedelta(0)), Days(0), Plain(timedelta(0)))
        ] == [start] * 3


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-18 12:59", False),
        ("2026-11-18 13:00", True),
        ("2026-11-18 21:59", True),
        ("2026-11-18 22:00", False),
    ],
)
def test_the_opening_moment_is_open_and_the_closing_moment_is_not(moment: str, *, expected: bool) -> None:
    """ES-2 takes the window in force at that moment."""
    assert is_open(KARACHI, at(moment, "Asia/Karachi")) is expected


def test_overlapping_windows_count_once() -> None:
    """Two windows over the same hour are one hour."""
    twice = Hours(zone="UTC", windows=(*OFFICE.windows, Window(days=WORKDAYS, start=time(16), end=time(18))))
    assert elapsed(twice, at("2026-11-18 15:00"), at("2026-11-18 20:00")) == 3 * HOUR
    assert list(spans(twice, date(2026, 11, 18), date(2026, 11, 19))) == [
        (at("2026-11-18 09:00", LONDON), at("2026-11-18 18:00"))
    ]


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]), st.just(7))
ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Karachi", "UTC", "America/St_Johns"]
)
CHANGES = (
    date(2026, 3, 28),
    date(2026, 10, 24),
    date(2026, 3, 7),
    date(2026, 10, 31),
    date(2026, 4, 4),
    date(2026, 10, 3),
    date(2026, 12, 30),
)
"""Days before the clocks change in one of the zones, and the turn of the year."""


@st.composite
def calendars(draw: st.DrawFn, near: date | None = None) -> Hours:
    """Breaks, overnight windows, overlaps, holidays and days of their own."""
    windows = draw(
        st.lists(
            st.builds(
                lambda days, start, end: Window(days=frozenset(days), start=start, end=end),
                st.sets(st.integers(0, 6), min_size=1),
                TIMES,
                TIMES,
            ),
            min_size=1,
            max_size=3,
        )
    )
    day = near or date(2026, 11, 18)
    around = st.integers(-1, 3).map(lambda offset: day + timedelta(days=offset))
    dated = draw(
        st.dictionaries(
            around, st.lists(st.builds(Span, start=TIMES, end=TIMES), max_size=2).map(tuple), max_size=2
        )
    )
    return Hours(
        zone=draw(ZONES),
        windows=tuple(windows),
        closed=frozenset(draw(st.sets(around, max_size=1))),
        dated=tuple(sorted(dated.items())),
    )


FEW = settings(max_examples=40, deadline=None)
MOMENTS = st.integers(0, 400 * 86_400).map(
    lambda seconds: at("2026-01-01 00:00") + timedelta(seconds=seconds)
)
AMOUNTS = st.integers(1, 90 * 3600).map(lambda seconds: Open(timedelta(seconds=seconds)))
"""No more than a calendar with a quarter of an hour a week opens in sixteen years, after which nothing is due."""


@FEW
@given(calendars(), MOMENTS, AMOUNTS)
def test_what_is_due_has_elapsed_then(hours: Hours, start: datetime, amount: Open) -> None:
    """elapsed(start, due(start, n)) is n, and not a microsecond earlier."""
    end = due(hours, start, amount)
    assert end is not None
    assert elapsed(hours, start, end) == amount.length
    assert elapsed(hours, start, end - timedelta(microseconds=1)) < amount.length


@FEW
@given(calendars(), MOMENTS, MOMENTS, AMOUNTS, AMOUNTS)
def test_later_and_longer_is_never_sooner(
    hours: Hours, one: datetime, other: datetime, less: Open, more: Open
) -> None:
    """Monotone in both arguments; for business days too."""
    (early, late), (short, long) = sorted((one, other)), sorted((less.length, more.length))
    ends = [due(hours, early, Open(short)), due(hours, late, Open(short)), due(hours, late, Open(long))]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(ends))
    days = [due(hours, early, Days(1)), due(hours, late, Days(1)), due(hours, late, Days(3))]
    assert all(a is not None and b is not None and a <= b for a, b in pairwise(days))


PAUSES = st.lists(st.tuples(MOMENTS, st.integers(1, 90_000)), max_size=4).map(
    lambda found: [(begin, begin + timedelta(seconds=length)) for begin, length in found]
)


@FEW
@given(calendars(), MOMENTS, AMOUNTS, PAUSES, st.data())
def test_a_pause_brings_nothing_nearer_and_may_be_split(
    hours: Hours, start: datetime, amount: Open, pauses: list[tuple[datetime, datetime]], data: st.DataObject
) -> None:
    """Complaint 23: a pause is neither ignored nor added twice."""
    for wanted in (amount, Days(2)):
        end, rested = due(hours, start, wanted), due(hours, start, wanted, pauses)
        assert end is not None
        assert rested is not None
        assert rested >= end
        halves = [
            half
            for begin, finish in pauses
            for middle in [
                data.draw(st.datetimes(begin.replace(tzinfo=None), finish.replace(tzinfo=None))).replace(
                    tzinfo=UTC
                )
            ]
            for half in ((begin, middle), (middle, finish))
        ]
        assert due(hours, start, wanted, halves) == rested
    rested = due(hours, start, amount, pauses)
    assert rested is not None
    assert elapsed(hours, start, rested, pauses) == amount.length


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_the_zone_of_the_machine_changes_nothing(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers wherever the process runs."""
    before = [due(hours, start, amount) for _, hours, start, amount, _ in DUE]
    monkeypatch.setenv("TZ", zone)
    machine.tzset()
    try:
        assert [due(hours, start.astimezone(), amount) for _, hours, start, amount, _ in DUE] == before
    finally:
        monkeypatch.undo()
        machine.tzset()
    assert os.environ.get("TZ") != zone


@cache
def _walls(zone: str, begin: date) -> tuple[datetime, list[datetime]]:
    """Six days second by second: the first moment, and what the wall clock shows then and after each second."""
    first = datetime.combine(begin, time(0), UTC)
    info, walls = ZoneInfo(zone), []
    for minute in range(6 * 1440):
        local = (first + timedelta(minutes=minute)).astimezone(info).replace(tzinfo=None)
        walls += [local + timedelta(seconds=second) for second in range(60)]
    return first, walls


def _counted(hours: Hours, begin: date) -> tuple[datetime, list[bool]]:
    """Whether it is open in each second, straight from the words of the definition."""
    first, walls = _walls(hours.zone, begin)
    state = [False] * len(walls)

    def moment(day: date, at_: time) -> int:
        wanted = datetime.combine(day, at_)
        return next((second for second, wall in enumerate(walls) if wall >= wanted), len(walls))

    dated = dict(hours.dated)
    for offset in range(-1, 7):
        day = begin + timedelta(days=offset)
        weekly = [
            (w.start, w.end) for w in hours.windows if day.weekday() in w.days and day not in hours.closed
        ]
        own = dated.get(day)
        for start, end in weekly if own is None else [(span.start, span.end) for span in own]:
            last = day if end > start else day + timedelta(days=1)
            for second in range(moment(day, start), moment(last, end)):
                state[second] = True
    return first, state


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(CHANGES).flatmap(lambda day: st.tuples(st.just(day), calendars(near=day))),
    st.integers(0, 86_400),
    st.integers(1, 86_400),
)
def test_a_count_second_by_second_agrees(case: tuple[date, Hours], after: int, length: int) -> None:
    """Around both changes of the clocks, over breaks, nights and holidays."""
    day, hours = case
    first, state = _counted(hours, day - timedelta(days=1))
    begin = 86_400 + after
    start = first + timedelta(seconds=begin)
    for second in range(begin, begin + 3 * 86_400, 1801):
        assert is_open(hours, first + timedelta(seconds=second)) is state[second], second
    end = begin + 3 * 86_400
    assert elapsed(hours, start, first + timedelta(seconds=end)) == sum(state[begin:end]) * SECOND
    left, second = length, begin
    while left and second < 5 * 86_400:
        left -= state[second]
        second += 1
    if not left:
        assert due(hours, start, Open(length * SECOND)) == first + timedelta(seconds=second)


def test_pauses_that_overlap_count_once() -> None:
    """Two people paused it; the time rests once."""
    day = [at(f"2026-11-18 {hour}:00") for hour in (10, 12, 11, 13)]
    pauses = [(day[0], day[1]), (day[2], day[3])]
    assert elapsed(OFFICE, at("2026-11-18 09:00"), at("2026-11-18 15:00"), pauses) == 3 * HOUR
    assert due(OFFICE, at("2026-11-18 09:00"), Open(3 * HOUR), pauses) == at("2026-11-18 15:00")
