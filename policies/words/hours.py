"""Why an amount of working time ends when it does: every stretch that counted, and every one that did not, with its reason."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policies.hours import WEEKDAYS, Amount, Hours, Pause, Plain, due, local_moment, spans
from policies.markup import span

OPEN = "open"
ALL_DAY = "day and night"
OUTSIDE = "outside the hours"
ASKED = "the client is the one to answer"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch from `start` to `end` (aware UTC) that was `counted`, or not; `why` in a few words."""

    start: datetime
    end: datetime
    counted: bool
    why: str

    @property
    def length(self) -> timedelta:
        """Plain time from its start to its end."""
        return self.end - self.start


def segments(
    hours: Hours, start: datetime, amount: Amount, pauses: Sequence[Pause] = ()
) -> tuple[Segment, ...]:
    """Everything between `start` and the moment at which `amount` is used up, in order and without a gap.

    What is counted adds up to the amount. Empty when the amount is never used up, or is nothing.
    """
    end = due(hours, start, amount, pauses)
    return () if end is None else tuple(between(hours, start, end, pauses, plain=isinstance(amount, Plain)))


def between(
    hours: Hours, start: datetime, end: datetime, pauses: Sequence[Pause] = (), *, plain: bool = False
) -> Iterator[Segment]:
    """The same for all from `start` to `end`; `plain` time counts day and night."""
    cursor = start
    for begin, finish in [*sorted(pauses), (end, end)]:
        until = min(max(begin, cursor), end)
        yield from _running(hours, cursor, until, plain=plain)
        cursor = max(cursor, min(finish, end))
        if cursor > until:
            yield Segment(start=until, end=cursor, counted=False, why=ASKED)


def _running(hours: Hours, start: datetime, end: datetime, *, plain: bool) -> Iterator[Segment]:
    if start >= end:
        return
    if plain:
        yield Segment(start=start, end=end, counted=True, why=ALL_DAY)
        return
    zone = ZoneInfo(hours.zone)
    cursor = start
    for opens, closes in spans(hours, start.astimezone(zone).date(), end.astimezone(zone).date() + _DAY):
        begin, finish = max(opens, start), min(closes, end)
        if begin >= finish:
            continue
        yield from _closed(hours, cursor, begin)
        yield Segment(start=begin, end=finish, counted=True, why=OPEN)
        cursor = finish
    yield from _closed(hours, cursor, end)


def _closed(hours: Hours, start: datetime, end: datetime) -> Iterator[Segment]:
    """A closed stretch, split where the local date gives another reason."""
    zone = ZoneInfo(hours.zone)
    cursor = start
    held: Segment | None = None
    while cursor < end:
        day = cursor.astimezone(zone).date()
        midnight = local_moment(day + _DAY, time(0), hours.zone)
        until = min(end, midnight if midnight > cursor else cursor + _DAY)
        why = why_closed(hours, day)
        if held is not None and held.why == why:
            held = Segment(start=held.start, end=until, counted=False, why=why)
        else:
            if held is not None:
                yield held
            held = Segment(start=cursor, end=until, counted=False, why=why)
        cursor = until
    if held is not None:
        yield held


def why_closed(hours: Hours, day: date) -> str:
    """Why nothing is open on `day`; for a day that has hours, that it is outside them."""
    dated = dict(hours.dated).get(day)
    if dated is not None:
        return OUTSIDE if dated else "closed on this date"
    if day in hours.closed:
        name = dict(hours.names).get(day)
        return f"holiday: {name}" if name else "closed on this date"
    if not any(day.weekday() in window.days for window in hours.windows):
        return f"no hours on {WEEKDAYS[day.weekday()].title()}"
    return OUTSIDE


def told(found: Iterable[Segment], zone: str) -> Iterator[str]:
    """Each stretch in a line: what counted with its length, what did not with its reason."""
    for one in found:
        when = _from_to(one.start, one.end, zone)
        counted = f"counts {_lasting(one)}" if one.counted else f"does not count: {one.why}"
        yield f"{when}  {f'{one.why}, {counted}' if one.counted else counted}"


def _from_to(start: datetime, end: datetime, zone: str) -> str:
    """A stretch of time in a zone; the date of the end only where it is another one."""
    first, last = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    same = first.date() == last.date()
    return f"{first:%a %d %b %H:%M} to {last:{'%H:%M' if same else '%a %d %b %H:%M'}}"


def _lasting(one: Segment) -> str:
    """The length of a stretch, to the minute from an hour on."""
    seconds = one.length.total_seconds()
    if seconds < 3600:
        return span(seconds)
    minutes = round(seconds / 60)
    hours = span(minutes // 60 * 3600)
    return f"{hours} {minutes % 60} min" if minutes % 60 else hours
