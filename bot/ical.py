"""Calendars as files (RFC 5545): whose turn it is from somebody else's, and ours for other people's calendars."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from policies.people import Person
from policies.rota import Turn

Found = Any
"""What the library found in a calendar: its classes promise less than they keep."""
MOST = 20_000
"""Events that one rule is followed for at most: daily for fifty years."""
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})


class NoCalendar(ValueError):
    """The text is no calendar that can be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Read:
    """The turns of a calendar, and how many of its events name nobody of ours."""

    turns: tuple[Turn, ...]
    strangers: int


def turns(text: str, people: Sequence[Person], zone: str, begin: datetime, end: datetime) -> Read:
    """Every event between `begin` and `end` as a turn of whom it names: by name or key, in its title or its attendees.

    Whole days and times without a zone are of `zone` (IANA). Repeating events are expanded, with their exceptions. Raises
    NoCalendar.
    """
    try:
        events = [event for event in Calendar.from_ical(text).walk("VEVENT") if _counts(event)]
        moved = _moved(events, zone)
        found = [
            (event, start, stop)
            for event in events
            for start, stop in _occurrences(event, _without(event, moved), zone, begin, end)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise NoCalendar(f"it is no calendar that can be read ({error})") from error
    known: list[Turn] = []
    strangers = 0
    for event, start, stop in found:
        named = _named(event, people)
        strangers += not named
        known += [Turn(person=person.key, start=start, end=stop) for person in named]
    return Read(tuple(sorted(known, key=lambda turn: (turn.start, turn.person))), strangers)


def feed(lines: Iterable[tuple[Turn, str]], now: datetime) -> str:
    """Turns as a calendar, each with its title; `now` dates it. Its events keep their ids, so that a reader updates them."""
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdoor//rota//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for turn, title in lines:
        event = Event()
        event.add("uid", f"{turn.person}-{turn.start:%Y%m%dT%H%M%SZ}-{_slug(title)}@frontdoor")
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", turn.start.astimezone(UTC))
        event.add("dtend", turn.end.astimezone(UTC))
        event.add("summary", title)
        calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _counts(event: Found) -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED" and "DTSTART" in event


def _named(event: Found, people: Sequence[Person]) -> list[Person]:
    attendees = event.get("ATTENDEE", [])
    listed = attendees if isinstance(attendees, list) else [attendees]
    words = " / ".join([str(event.get("SUMMARY", "")), *(str(one.params.get("CN", "")) for one in listed)])
    said = words.casefold()
    return [
        person
        for person in people
        if person.name.casefold() in said
        or re.search(rf"(?<![\w-]){re.escape(person.key.casefold())}(?![\w-])", said)
    ]


def _moved(events: Sequence[Found], zone: str) -> dict[str, set[datetime]]:
    """By UID, the occurrences of repeating events that have an event of their own."""
    moved: dict[str, set[datetime]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            moved.setdefault(str(event.get("UID")), set()).add(_moment(event.decoded("RECURRENCE-ID"), zone))
    return moved


def _without(event: Found, moved: Mapping[str, set[datetime]]) -> set[datetime]:
    return set() if "RECURRENCE-ID" in event else moved.get(str(event.get("UID")), set())


def _occurrences(
    event: Found, without: set[datetime], zone: str, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    first: Found = event.decoded("DTSTART")
    length = _length(event, first, zone)
    without = without | set(_listed(event, "EXDATE", zone))
    starts = (
        [_moment(first, zone)] if "RRULE" not in event else _repeated(event, first, zone, begin - length, end)
    )
    for start in sorted({*starts, *_listed(event, "RDATE", zone)} - without):
        if start < end and start + length > begin:
            yield start, start + length


def _length(event: Found, first: Found, zone: str) -> timedelta:
    if "DTEND" in event:
        return _moment(event.decoded("DTEND"), zone) - _moment(first, zone)
    if "DURATION" in event:
        found: timedelta = event.decoded("DURATION")
        return found
    return timedelta(0) if isinstance(first, datetime) else timedelta(days=1)


def _repeated(event: Found, first: Found, zone: str, begin: datetime, end: datetime) -> Iterator[datetime]:
    """By the wall clock of the event's own zone, as the format asks."""
    rule = event["RRULE"].copy()
    if TOO_OFTEN & {str(one).upper() for one in rule.get("FREQ", [])}:
        raise NoCalendar("an event repeats more often than daily, which is no rota")
    if any(int(one) < 1 for one in rule.get("INTERVAL", [])):
        raise NoCalendar("an event repeats without ever going on")
    until = [_moment(one, zone) for one in rule.pop("UNTIL", [])]
    last = min([*until, end])
    local = first if isinstance(first, datetime) else datetime.combine(first, time(0))
    where: tzinfo = local.tzinfo or ZoneInfo(zone)
    plain = local.replace(tzinfo=None)
    dates = rrulestr(rule.to_ical().decode(), dtstart=plain)
    stop = last.astimezone(where).replace(tzinfo=None)
    for at in islice(dates, MOST):
        if at > stop:
            return
        moment = at.replace(tzinfo=where).astimezone(UTC)
        if moment >= begin:
            yield moment


def _listed(event: Found, name: str, zone: str) -> Iterator[datetime]:
    found = event.get(name, [])
    for group in found if isinstance(found, list) else [found]:
        for one in group.dts:
            yield _moment(one.dt if not isinstance(one.dt, tuple) else one.dt[0], zone)


def _moment(value: Found, zone: str) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(0), ZoneInfo(zone)).astimezone(UTC)
    raise NoCalendar("an event has neither a date nor a moment")
