"""Working calendars, and time measured by them: when an amount of it is used up, how much has gone by.

Local times become moments in one way: a local time means the first moment at which the wall clock of its zone shows it, or
has passed it. So the hour that comes twice in autumn counts from its first coming, and one that is left out in spring is the
moment of the jump.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = time(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_YEARS_AHEAD = (1, 4, 16)
"""How far is looked for the end of an amount, in years; what takes longer never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Open from `start` to `end` local time on `days` (0 is Monday); an `end` at or before `start` is on the next day.

    `zone` is the calendar's own unless the window has another (IANA).
    """

    days: frozenset[int]
    start: time
    end: time
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Open from `start` to `end` local time on one date; an `end` at or before `start` is on the next day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody works: local windows in an IANA zone, any number a day; where they overlap it is open once.

    `closed` dates have no window that begins on them; `dated` have their own spans instead of the weekly windows. `names` says
    which holiday a closed date is, where that is known; it changes no hour.
    """

    zone: str
    windows: tuple[Window, ...]
    closed: frozenset[date] = field(default_factory=frozenset)
    dated: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    names: tuple[tuple[date, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Plain:
    """An amount of time that runs day and night."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Open:
    """An amount of business time: only open time counts ("4 business hours")."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Days:
    """A number of business days. A day is the calendar's own length of that day.

    What is left of the first day is taken as a share of it, and the same share is missing from the last: half through a
    day of eight hours, one business day ends half through the next one, though that may have four. Dates with no open
    time count for nothing; a window belongs to the date on which it begins. Half a business day, begun at opening, ends when
    half of that day's open time is over.
    """

    number: int | Fraction


Amount = Plain | Open | Days
Pause = tuple[datetime, datetime]


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether `at` (aware) is open; the opening moment counts, the closing moment does not."""
    moment = _micros(at)
    table = _table(hours, at.year - 1, at.year + 1)
    index = bisect_right(table.opens, moment) - 1
    return index >= 0 and moment < table.closes[index]


def next_open(hours: Hours, at: datetime) -> datetime | None:
    """`at` when open, else the next opening moment (aware UTC); None when nothing opens within 16 years."""
    if is_open(hours, at):
        return at
    moment = _micros(at)
    for ahead in _YEARS_AHEAD:
        opens = _table(hours, at.year - 1, at.year + ahead).opens
        index = bisect_left(opens, moment)
        if index < len(opens):
            return _moment(opens[index])
    return None


def due(hours: Hours, start: datetime, amount: Amount, pauses: Sequence[Pause] = ()) -> datetime | None:
    """When `amount` is used up from `start` on (aware UTC), counting nothing of `pauses`.

    One that is used up exactly at closing is due at the closing moment, not at the next opening. None when it is not used
    up within 16 years.
    """
    for ahead in _YEARS_AHEAD:
        measure = _measure(hours, start.year - 1, start.year + ahead, amount)
        found = _reached(measure, _micros(start), amount, _merged(pauses))
        if found is not None:
            return _moment(found)
    return None


def elapsed(hours: Hours, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """How much open time lies between `start` and `end` (aware), without `pauses`; nothing when `end` is not after `start`."""
    first, last = _micros(start), _micros(end)
    if last <= first:
        return timedelta(0)
    table = _table(hours, start.year - 1, end.year + 1)
    total = table.at(last) - table.at(first)
    for begin, finish in _merged(pauses):
        if begin < last and finish > first:
            total -= table.at(min(finish, last)) - table.at(max(begin, first))
    return total * _MICROSECOND


def always(zone: str = "UTC") -> Hours:
    """Open day and night."""
    return Hours(zone=zone, windows=(Window(days=frozenset(range(7)), start=MIDNIGHT, end=MIDNIGHT),))


def local_moment(day: date, at: time, zone: str) -> datetime:
    """The first moment (aware UTC) at which the wall clock of `zone` (IANA) shows `at` on `day`, or has passed it."""
    return _moment(_first_moment(day, at, zone))


def spans(hours: Hours, begin: date, end: date) -> Iterator[tuple[datetime, datetime]]:
    """The open spans (aware UTC) between two dates of the calendar's zone, in order; overlapping ones as one."""
    zone = hours.zone
    first, last = _first_moment(begin, MIDNIGHT, zone), _first_moment(end, MIDNIGHT, zone)
    table = _table(hours, begin.year - 1, end.year + 1)
    for opening, closing in zip(table.opens, table.closes, strict=True):
        if closing > first and opening < last:
            yield _moment(opening), _moment(closing)


class _Measure(Protocol):
    """Time counted in a way of its own: `at` a moment how much has gone by, and when so much is reached first."""

    def at(self, moment: int) -> int | Fraction: ...

    def reach(self, value: int | Fraction) -> int | None: ...


class _Clock:
    """Plain time."""

    def at(self, moment: int) -> int:
        return moment

    def reach(self, value: int | Fraction) -> int | None:
        return int(value)


class _Table:
    """Open time: when it opens and closes, and how much was open before each opening. Moments and amounts in microseconds."""

    __slots__ = ("before", "closes", "days", "opens")

    def __init__(self, opens: list[int], closes: list[int], days: list[int]) -> None:
        self.opens, self.closes = opens, closes
        self.before = [0]
        for opening, closing in zip(opens, closes, strict=True):
            self.before.append(self.before[-1] + closing - opening)
        self.days = days
        """What was open before the first window of each date, and at the end all of it."""

    def at(self, moment: int) -> int:
        """Open time before `moment`."""
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.closes[index]) - self.opens[index]

    def reach(self, value: int | Fraction) -> int | None:
        """The first moment at which so much was open; None when the table ends before."""
        if value > self.before[-1] or not self.opens:
            return None
        index = max(bisect_left(self.before, value) - 1, 0)
        return self.opens[index] + int(value) - self.before[index]


class _ByDay:
    """Business days: each date with open time counts one, whatever its length."""

    __slots__ = ("_table",)

    def __init__(self, table: _Table) -> None:
        self._table = table

    def at(self, moment: int) -> Fraction:
        """Days before `moment`, the last one by its share."""
        days, open_time = self._table.days, self._table.at(moment)
        index = bisect_right(days, open_time) - 1
        if index >= len(days) - 1:
            return Fraction(len(days) - 1)
        return index + Fraction(open_time - days[index], days[index + 1] - days[index])

    def reach(self, value: int | Fraction) -> int | None:
        """The first moment at which so many days have gone by."""
        days = self._table.days
        whole = int(value)
        if value > len(days) - 1:
            return None
        share = value - whole
        into = share * (days[whole + 1] - days[whole]) if share else Fraction(0)
        return self._table.reach(days[whole] + int(into))


def _measure(hours: Hours, first: int, last: int, amount: Amount) -> _Measure:
    if isinstance(amount, Plain):
        return _Clock()
    table = _table(hours, first, last)
    return _ByDay(table) if isinstance(amount, Days) else table


def _reached(measure: _Measure, start: int, amount: Amount, pauses: Sequence[tuple[int, int]]) -> int | None:
    """The first moment after `start` at which `amount` is used up."""
    left: int | Fraction = amount.number if isinstance(amount, Days) else amount.length // _MICROSECOND
    cursor = start
    for begin, end in pauses:
        if end <= cursor:
            continue
        used = measure.at(begin) - measure.at(cursor) if begin > cursor else 0
        if used >= left:
            break
        left -= used
        cursor = end
    if left <= 0:
        return cursor
    found = measure.reach(measure.at(cursor) + left)
    return None if found is None else max(found, cursor)


def _merged(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted((_micros(begin), _micros(end)) for begin, end in pauses):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > begin:
            merged.append((begin, end))
    return merged


@lru_cache(maxsize=512)
def _table(hours: Hours, first: int, last: int) -> _Table:
    """Everything that opens on dates from the year `first` to the year `last`."""
    found = sorted(_openings(hours, date(first, 1, 1), date(last, 12, 31)))
    opens: list[int] = []
    closes: list[int] = []
    for opening, closing, _ in found:
        if closes and opening <= closes[-1]:
            closes[-1] = max(closes[-1], closing)
        else:
            opens.append(opening)
            closes.append(closing)
    table = _Table(opens, closes, [])
    begins: dict[date, int] = {}
    for opening, _, day in found:
        begins.setdefault(day, opening)
    table.days[:] = sorted({table.at(opening) for opening in begins.values()} | {table.before[-1]})
    return table


def _openings(hours: Hours, first: date, last: date) -> Iterator[tuple[int, int, date]]:
    """(opens, closes, date of beginning) for every window of these dates; some may overlap."""
    dated = dict(hours.dated)
    for offset in range((last - first).days + 1):
        day = first + offset * _DAY
        for start, end, zone in _of(hours, day, dated):
            opening = _first_moment(day, start, zone)
            closing = _first_moment(day if end > start else day + _DAY, end, zone)
            if closing > opening:
                yield opening, closing, day


def _of(hours: Hours, day: date, dated: dict[date, tuple[Span, ...]]) -> Iterator[tuple[time, time, str]]:
    own = dated.get(day)
    if own is not None:
        yield from ((span.start, span.end, hours.zone) for span in own)
    elif day not in hours.closed:
        weekday = day.weekday()
        for window in hours.windows:
            if weekday in window.days:
                yield window.start, window.end, window.zone or hours.zone


def _first_moment(day: date, at: time, zone: str) -> int:
    """The first moment at which the wall clock of `zone` shows `at` on `day`, or has passed it."""
    info = ZoneInfo(zone)
    local = datetime.combine(day, at, info)
    moment = local.astimezone(UTC)
    if moment.astimezone(info).replace(tzinfo=None) == local.replace(tzinfo=None):
        return _micros(moment)
    # The clock jumps over it: the jump lies between what the time would be by the new offset and by the old one.
    low, high = _micros(local.replace(fold=1).astimezone(UTC)) // 1_000_000, _micros(moment) // 1_000_000
    wanted = local.replace(tzinfo=None)
    while low < high:
        middle = (low + high) // 2
        if _moment(middle * 1_000_000).astimezone(info).replace(tzinfo=None) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low * 1_000_000


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + micros * _MICROSECOND
