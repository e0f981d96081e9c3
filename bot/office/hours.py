"""[hours.NAME]: when somebody works."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Self

from pydantic import field_validator, model_validator

from bot.office.kind import Several, Table, Wrong, entry
from bot.office.kinds import DAY_MINUTES, ClockTime, Date, Dates, DaysOfWeek, Places, Zone
from policies.hours import MIDNIGHT, Hours, Span, Window

HOLIDAY_YEARS = range(2024, 2045)
WEEK_MINUTES = 7 * DAY_MINUTES
OVERLAP = "has windows that overlap. Join them to one, or move an end."


class SpanTable(Table):
    """One stretch of a day; an end at or before its start lies on the next day."""

    start: ClockTime = entry("when it opens", example="09:00", alias="from")
    end: ClockTime = entry('when it closes; "24:00" is the end of the day', example="13:00", alias="to")

    @field_validator("start")
    @classmethod
    def _begins_within_the_day(cls, value: int) -> int:
        if value == DAY_MINUTES:
            raise Wrong('is the next day\'s "00:00". Write that.')
        return value

    def stretch(self, day: int) -> tuple[int, int]:
        """Its minutes since Monday 00:00 on a day (0 is Monday); the end may lie in the next week."""
        begin = day * DAY_MINUTES + self.start
        return begin, begin + (
            (self.end - self.start) if self.end > self.start else self.end + DAY_MINUTES - self.start
        )


class WindowTable(SpanTable):
    """One window of the week; an end at or before its start lies on the next day."""

    days: DaysOfWeek = entry("on which days it opens", example=["mon", "tue", "wed", "thu", "fri"])
    zone: Zone | None = entry("its own zone; the table's unless said", example="Europe/London", default=None)


class DayTable(Table):
    """One date with hours of its own, such as a short day or an opening on a holiday; the week's windows do not hold on it."""

    on: Date = entry("the date", example=date(2026, 12, 24))
    spans: Annotated[tuple[SpanTable, ...], Several(least=1, again=True)] = entry(
        "when it is open on it", example=[{"from": "09:00", "to": "13:00"}]
    )

    @model_validator(mode="after")
    def _spans_lie_apart(self) -> Self:
        if _overlap(sorted(span.stretch(0) for span in self.spans)):
            raise Wrong("has spans that overlap. Join them to one, or move an end.")
        return self


class HoursTable(Table):
    """When somebody works. [hours.support] and [hours.development] must be here, [hours.business] is development's unless
    said; others may be named by a person's `shift` or by terms. What `dated` says of a date comes first, then `open`, then
    `closed` and `holidays`, then the week's windows.
    """

    zone: Zone = entry("the zone that the times are read in (IANA name)", example="Asia/Karachi")
    windows: Annotated[tuple[WindowTable, ...], Several(least=1, again=True)] = entry(
        "the windows of the week, any number a day; an end at or before the start is on the next day",
        example=[{"days": "daily", "from": "08:00", "to": "24:00"}],
    )
    closed: Dates = entry("dates without work", example=[date(2026, 12, 25)], default=())
    holidays: Places = entry(
        "the public holidays of a country, or of several or parts of them, are closed too; lunar dates are estimates",
        example="PK",
        default=(),
    )
    open: Dates = entry(
        "dates that are worked by the week's windows although a holiday says otherwise",
        example=[date(2027, 3, 23)],
        default=(),
    )
    dated: tuple[DayTable, ...] = entry(
        "dates with hours of their own: a short day, an opening on a free day",
        example=[{"on": date(2026, 12, 24), "spans": [{"from": "09:00", "to": "13:00"}]}],
        default=(),
    )

    @field_validator("holidays", mode="before")
    @classmethod
    def _one_country(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _nothing_is_said_twice(self) -> Self:
        if any(_overlap(stretches) for stretches in self._weeks()):
            raise Wrong(OVERLAP)
        named = Counter([*self.closed, *self.open, *(day.on for day in self.dated)])
        if twice := [day for day, times in named.items() if times > 1]:
            raise Wrong(f"names {twice[0]} more than once in closed, open and dated. Say one thing of it.")
        return self

    def _weeks(self) -> Iterator[list[tuple[int, int]]]:
        """The week's stretches of each zone, in order, the first one again behind the last; zones may overlap each other."""
        for zone in {window.zone or self.zone for window in self.windows}:
            there = [window for window in self.windows if (window.zone or self.zone) == zone]
            found = sorted(window.stretch(day) for window in there for day in window.days)
            begin, end = found[0]
            yield [*found, (begin + WEEK_MINUTES, end + WEEK_MINUTES)]

    def hours(self) -> Hours:
        """As the rules know it."""
        names = {day: name for place in self.holidays for day, name in public_holidays(place).items()}
        return Hours(
            zone=self.zone,
            windows=tuple(
                Window(
                    days=one.days, start=local_time(one.start), end=local_time(one.end), zone=one.zone or ""
                )
                for one in self.windows
            ),
            closed=frozenset(self.closed) | frozenset(names) - frozenset(self.open),
            dated=tuple((day.on, _spans(day.spans)) for day in sorted(self.dated, key=lambda day: day.on)),
            names=tuple(sorted(names.items())),
        )


@lru_cache(maxsize=64)
def public_holidays(place: str) -> dict[date, str]:
    """The public holidays of a country ("PK") or of a part of it ("GB-SCT"), with their names."""
    import holidays

    country, _, part = place.partition("-")
    return dict(holidays.country_holidays(country, subdiv=part or None, years=HOLIDAY_YEARS))


def _overlap(stretches: list[tuple[int, int]]) -> bool:
    return any(later < end for (_, end), (later, _) in pairwise(stretches))


def _spans(tables: Iterable[SpanTable]) -> tuple[Span, ...]:
    return tuple(Span(start=local_time(table.start), end=local_time(table.end)) for table in tables)


def local_time(minutes: int) -> time:
    """The time of day so many minutes after midnight; the end of the day is midnight."""
    return MIDNIGHT if minutes == DAY_MINUTES else time(minutes // 60, minutes % 60)
