"""Moments as people type them: `18:00`, `tomorrow 9:00`, `friday`, `2026-11-25 09:00`, `3 days`."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
EXAMPLES = "`18:00`, `tomorrow 9:00`, `friday`, `2026-11-25 09:00`"
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {word: number for number, name in enumerate(_NAMES) for word in (name, name[:3])}
_LAST_HOUR = 23


class NoMoment(ValueError):
    """These words name no moment. The message says which."""


def read(words: str, *, after: datetime, zone: str, end: bool) -> datetime:
    """The moment (aware UTC) that `words` name in `zone`, looking forward from `after`.

    A time alone is the next such time. A day alone is its beginning, or with `end` the end of that day.
    Raises NoMoment.
    """
    local = after.astimezone(ZoneInfo(zone))
    first, _, rest = words.strip().lower().partition(" ")
    if first in {"now", ""}:
        if first and not rest:
            return after
        raise NoMoment(words)
    day = _day(first, local.date())
    clock = _time(words if day is None else rest)
    if day is None and clock is None:
        raise NoMoment(words)
    if clock is None:
        if rest:
            raise NoMoment(words)
        whole = (day or local.date()) + timedelta(days=int(end))
        return _at(whole, time(0), zone)
    if day is not None:
        return _at(day, clock, zone)
    today = _at(local.date(), clock, zone)
    return today if today > after else _at(local.date() + timedelta(days=1), clock, zone)


def length(words: str) -> timedelta:
    """`90 minutes`, `2h`, `3 days`, `1 week`. Raises NoMoment."""
    found = re.fullmatch(r"(\d{1,4})\s*([mhdw])[a-z]*", words.strip().lower())
    if found is None or int(found[1]) == 0:
        raise NoMoment(words)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _day(word: str, today: date) -> date | None:
    if word in {"today", "tonight"}:
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word in _DAYS:
        ahead = (_DAYS[word] - today.weekday()) % 7
        return today + timedelta(days=ahead or 7)
    if _DATE.fullmatch(word):
        try:
            return date.fromisoformat(word)
        except ValueError:
            raise NoMoment(word) from None
    return None


def _time(words: str) -> time | None:
    found = _TIME.fullmatch(words.strip().lower().removeprefix("at "))
    if found is None:
        if words.strip():
            raise NoMoment(words)
        return None
    hour, half = int(found[1]), found[3]
    if half is not None:
        if not 1 <= hour <= 12:
            raise NoMoment(words)
        hour = hour % 12 + (12 if half == "pm" else 0)
    minute = int(found[2] or 0)
    if hour > _LAST_HOUR or minute > 59:
        raise NoMoment(words)
    return time(hour, minute)


def _at(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
