"""Working calendars: weekly windows in a zone, with dates that are closed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = time(0)
_HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Open from `start` to `end` local time on `days` (0 is Monday); an `end` at or before `start` is on the next day."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody works: local windows in an IANA zone; `closed` dates have no window that begins on them."""

    zone: str
    windows: tuple[Window, ...]
    closed: frozenset[date] = field(default_factory=frozenset)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` (aware) lies in a window; the opening moment counts, the closing moment does not."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        return any(
            start <= at < end for day in (today - timedelta(days=1), today) for start, end in self._spans(day)
        )

    def next_open(self, at: datetime) -> datetime | None:
        """`at` when open, else the next opening moment (aware UTC); None when nothing opens within 400 days."""
        if self.is_open(at):
            return at
        today = at.astimezone(ZoneInfo(self.zone)).date()
        for offset in range(_HORIZON_DAYS):
            starts = [start for start, _ in self._spans(today + timedelta(days=offset)) if start > at]
            if starts:
                return min(starts).astimezone(UTC)
        return None

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The windows that begin on `day`, as aware UTC moments."""
        if day in self.closed:
            return []
        zone = ZoneInfo(self.zone)
        spans = []
        for window in self.windows:
            if day.weekday() in window.days:
                last = day if window.end > window.start else day + timedelta(days=1)
                start = datetime.combine(day, window.start, zone).astimezone(UTC)
                spans.append((start, datetime.combine(last, window.end, zone).astimezone(UTC)))
        return spans


def always(zone: str = "UTC") -> Hours:
    """Open day and night."""
    return Hours(zone=zone, windows=(Window(days=frozenset(range(7)), start=MIDNIGHT, end=MIDNIGHT),))
