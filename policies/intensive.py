"""The intensive period after a client's go-live (HC-1 to HC-5): who is in it, and what is due on which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from policies.hours import local_moment
from policies.people import Client
from policies.terms import DAY, Terms

CHECKED = 7
"""HC-2: so many days there is a daily check-in."""
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a report needs to know of a request; `lapsed` counts the targets that were missed."""

    ref: str
    opened_at: datetime
    is_open: bool
    escalated: bool
    lapsed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Requests that were opened in a while, what became of them, and which of all are still open."""

    requests: int
    escalated: int
    lapsed: int
    still_open: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is due on `day` of `days`: a check-in (HC-2), the weekly report (HC-3) or the one at the end; figures from `begin` on."""

    what: Literal["check_in", "weekly", "end"]
    day: int
    days: int
    begin: datetime


def day_of(client: Client, at: datetime) -> int | None:
    """How-manieth day since go-live `at` is, in the client's zone; the date of go-live is day 1, None before it or without one."""
    if client.live_on is None:
        return None
    day = (at.astimezone(ZoneInfo(client.zone)).date() - client.live_on).days + 1
    return day if day > 0 else None


def is_intensive(client: Client, at: datetime, terms: Terms) -> bool:
    """Whether `at` lies in the client's intensive period: whole days of its zone, the date of go-live included (HC-1)."""
    day = day_of(client, at)
    return day is not None and day <= terms.intensive.days


def reports(client: Client, since: datetime, now: datetime, terms: Terms) -> tuple[Report, ...]:
    """What is due at `now` of all that came due from `since` on. What was missed is made up for, but for a check-in of yesterday."""
    today, last = day_of(client, now), terms.intensive.days
    if client.live_on is None or today is None or last < 1:
        return ()
    days = range(day_of(client, since) or 1, today + 1)
    if last + 1 in days:
        begin = local_moment(client.live_on, time(0), client.zone)
        return (Report(what="end", day=last, days=last, begin=begin),)
    found = [
        Report(what="weekly", day=day, days=last, begin=now - _WEEK * DAY)
        for day in days
        if day > 1 and day % _WEEK == 1 and day <= last
    ][-1:]
    if today <= min(CHECKED, last):
        found.append(Report(what="check_in", day=today, days=last, begin=now - DAY))
    return tuple(found)


def figures(cases: Iterable[Case], begin: datetime) -> Figures:
    """What was opened from `begin` on, and all that is still open."""
    known = tuple(cases)
    new = [case for case in known if case.opened_at >= begin]
    return Figures(
        requests=len(new),
        escalated=sum(case.escalated for case in new),
        lapsed=sum(case.lapsed for case in new),
        still_open=tuple(case.ref for case in known if case.is_open),
    )
