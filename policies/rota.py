"""Whose turn it is: rotations by weeks, calendars that somebody else keeps, and one person in the place of another. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.hours import local_moment

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`person` (roster key) has the duty from `start` until `end` (aware UTC, end exclusive)."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """`people` (roster keys) take turns of `days` each, in order and again from the first.

    The first turn begins on `first` at `at`, local time of `zone` (IANA); every hand-over is at that local time, whatever
    daylight saving does. Before the first turn it is not in force.
    """

    people: tuple[str, ...]
    first: date
    at: time
    zone: str
    days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Turns as a calendar told them. What it says holds from `start` to `until` (aware UTC); outside it is not in force."""

    turns: tuple[Turn, ...]
    start: datetime
    until: datetime


Rota = Rotation | Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """`by` has every duty of `person` from `start` until `end` (aware UTC, end exclusive). A swap is two of them.

    It passes on the person's own duty only, not what they have for somebody else.
    """

    person: str
    by: str
    start: datetime
    end: datetime

    def covers(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.start <= now < self.end


def on_turn(rota: Rota, at: datetime) -> tuple[str, ...] | None:
    """The keys of those whose turn it is at `at`; None while the rota is not in force."""
    if isinstance(rota, Rotation):
        number = _number(rota, at)
        return (rota.people[number % len(rota.people)],) if number >= 0 else None
    if not rota.start <= at < rota.until:
        return None
    found = (turn.person for turn in rota.turns if turn.start <= at < turn.end)
    return tuple(dict.fromkeys(found))


def turns(rota: Rota, begin: datetime, end: datetime) -> Iterator[Turn]:
    """Every turn that reaches into the time from `begin` to `end`, whole, in order of beginning."""
    if isinstance(rota, Calendar):
        inside = (turn for turn in rota.turns if turn.end > begin and turn.start < end)
        yield from sorted(inside, key=lambda turn: (turn.start, turn.end, turn.person))
        return
    number = max(_number(rota, begin), 0)
    while (start := _start(rota, number)) < end:
        yield Turn(person=rota.people[number % len(rota.people)], start=start, end=_start(rota, number + 1))
        number += 1


def changes(rota: Rota, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Every moment at which the answer of `on_turn` may change; some lie outside of `begin` and `end`."""
    if isinstance(rota, Calendar):
        yield from (rota.start, rota.until)
    for turn in turns(rota, begin, end):
        yield from (turn.start, turn.end)


def stand_in(person: str, covers: Sequence[Cover], at: datetime) -> str:
    """Who has the duty of `person` at `at`: the newest cover that holds (the last of the sequence) wins."""
    return next((one.by for one in reversed(covers) if one.person == person and one.covers(at)), person)


def _start(rota: Rotation, number: int) -> datetime:
    return local_moment(rota.first + number * rota.days * _DAY, rota.at, rota.zone)


def _number(rota: Rotation, at: datetime) -> int:
    """Which turn `at` lies in, counted from 0; negative before the first."""
    day = at.astimezone(ZoneInfo(rota.zone)).date()
    number = (day - rota.first).days // rota.days
    return number if _start(rota, number) <= at else number - 1
