"""How quick working calendars are: `due` and `elapsed` beside the packages businesstimedelta and business-duration, in one run.

    python benchmarks/bench_hours.py

The packages are no dependency of ours (one brings pandas); what is not found is skipped by name. To have them beside us:

    .venv/bin/pip install --target build/peers businesstimedelta==1.0.1 business-duration==0.68
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

sys.path.append(str(Path(__file__).resolve().parents[1] / "build" / "peers"))

from policies.hours import Days, Hours, Open, Window, due, elapsed

ZONE = "Europe/London"
LONDON = ZoneInfo(ZONE)
WEEK = frozenset(range(5))
OPENS, CLOSES = time(9), time(17)
FREE = frozenset(
    date(year, month, day)
    for year in (2025, 2026, 2027)
    for month, day in ((1, 1), (4, 3), (5, 4), (8, 31), (12, 25), (12, 28))
)
START = datetime(2026, 1, 5, 10, 30, tzinfo=LONDON)
SPANS = {
    "a day": datetime(2026, 1, 6, 15, 0, tzinfo=LONDON),
    "a week": datetime(2026, 1, 12, 15, 0, tzinfo=LONDON),
    "a year": datetime(2027, 1, 5, 15, 0, tzinfo=LONDON),
}
AMOUNTS = {
    "a day": timedelta(hours=12, minutes=30),
    "a week": timedelta(hours=44),
    "a year": timedelta(hours=2000),
}
HOURS = Hours(zone=ZONE, windows=(Window(days=WEEK, start=OPENS, end=CLOSES),), closed=FREE)
SECONDS = 0.3
"""How long one figure is measured at least."""

Case = tuple[str, str]
"""What is asked, and over which span."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who counts: what it answers in each case, as a length of time or a moment in UTC."""

    name: str
    asked: dict[Case, Callable[[], object]]


def ours() -> Entrant:
    """The rules' own, warm: the calendar of these years is laid out already, as in a bot that runs."""
    asked: dict[Case, Callable[[], object]] = {}
    for span, end in SPANS.items():
        asked["elapsed", span] = lambda end=end: elapsed(HOURS, START, end)
        asked["due", span] = lambda span=span: due(HOURS, START, Open(AMOUNTS[span]))
    return Entrant("Frontdoor", asked)


def businesstimedelta() -> Entrant:
    """Its rules of working days and holidays."""
    import businesstimedelta as peer
    import pytz

    zone = pytz.timezone(ZONE)
    week = peer.WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=sorted(WEEK), tz=zone)
    rules = peer.Rules([week, peer.HolidayRule(FREE, tz=zone)])

    def gone_by(end: datetime) -> timedelta:
        found = rules.difference(START.astimezone(UTC), end.astimezone(UTC))
        return timedelta(hours=found.hours, seconds=found.seconds)

    def used_up(amount: timedelta) -> datetime:
        seconds = amount // timedelta(seconds=1)
        return (START.astimezone(UTC) + peer.BusinessTimeDelta(rules, seconds=seconds)).astimezone(UTC)

    asked: dict[Case, Callable[[], object]] = {}
    for span, end in SPANS.items():
        asked["elapsed", span] = lambda end=end: gone_by(end)
        asked["due", span] = lambda span=span: used_up(AMOUNTS[span])
    return Entrant("businesstimedelta", asked)


def business_duration() -> Entrant:
    """It has no zones, so it gets London's own time; it cannot say when an amount is used up."""
    from business_duration import businessDuration

    def gone_by(end: datetime) -> timedelta:
        begin, stop = (moment.replace(tzinfo=None) for moment in (START, end))
        free = sorted(FREE)
        return timedelta(
            minutes=float(businessDuration(begin, stop, OPENS, CLOSES, holidaylist=free, unit="min"))
        )

    return Entrant(
        "business-duration",
        {("elapsed", span): lambda end=end: gone_by(end) for span, end in SPANS.items()},
    )


def entrants() -> Iterator[Entrant]:
    """Everybody who is here; who is not is named."""
    yield ours()
    for module, entrant in (
        ("businesstimedelta", businesstimedelta),
        ("business_duration", business_duration),
    ):
        if find_spec(module) is None:
            print(f"{module} is not installed and left out")
        else:
            yield entrant()


def microseconds(call: Callable[[], object]) -> float:
    """The median of a call."""
    call()
    taken: list[float] = []
    until = perf_counter() + SECONDS
    while perf_counter() < until or len(taken) < 5:
        begin = perf_counter()
        call()
        taken.append(perf_counter() - begin)
    return median(taken) * 1e6


def cold() -> float:
    """What the first question to a calendar costs, when nothing of it is laid out."""
    taken = []
    for number in range(20):
        own = Hours(zone=ZONE, windows=HOURS.windows, closed=FREE | {date(2025, 2, 1 + number)})
        begin = perf_counter()
        elapsed(own, START, SPANS["a day"])
        taken.append(perf_counter() - begin)
    return median(taken) * 1e3


def main() -> None:
    """Ask everybody the same, compare the answers, then the times."""
    here = list(entrants())
    first = here[0]
    print("| asked | over | who | microseconds | times ours |\n| --- | --- | --- | --- | --- |")
    for case in sorted(first.asked):
        answer, own = first.asked[case](), 0.0
        for entrant in here:
            if case not in entrant.asked:
                continue
            assert entrant.asked[case]() == answer, (case, entrant.name, entrant.asked[case](), answer)
            took = microseconds(entrant.asked[case])
            own = own or took
            print(f"| {case[0]} | {case[1]} | {entrant.name} | {took:,.1f} | {took / own:,.0f} |")
    days = microseconds(lambda: due(HOURS, START, Days(5)))
    print(
        f"\nFive business days: {days:.1f} microseconds. The first question to a calendar: {cold():.1f} ms."
    )


if __name__ == "__main__":
    main()
