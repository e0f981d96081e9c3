"""`/frontdoor cover`, `swap` and `verify`: read without guessing, refused with an example."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.slack import when

_USER = r"<@(?P<{}>[UW][A-Z0-9]+)(?:\|[^>]*)?>"
_COVER = re.compile(rf"{_USER.format('person')}\s+by\s+{_USER.format('by')}\s+(?P<when>.+)", re.IGNORECASE)
_UNCOVER = re.compile(rf"{_USER.format('person')}\s+(?:off|back)", re.IGNORECASE)
_SWAP = re.compile(
    rf"{_USER.format('one')}\s+(?:(?:and|with)\s+)?{_USER.format('other')}(?:\s+on\s+(?P<day>.+))?",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(?:from\s+(?P<start>.+?)\s+)?(?:until\s+(?P<end>.+)|for\s+(?P<length>.+))", re.IGNORECASE
)
COVER_HELP = (
    "Write it like `/frontdoor cover @lee by @bo from tomorrow until friday`, or `/frontdoor cover @lee off`."
)
SWAP_HELP = "Write it like `/frontdoor swap @lee @bo on 2026-12-01`."
VERIFY_HELP = "Write `/frontdoor verify` to be rung, and `/frontdoor verify 1234` with the code of the call."
HELP = """\
• `/frontdoor cover @lee by @bo from tomorrow until friday` puts one person in the place of another; `cover @lee off` ends it
• `/frontdoor swap @lee @bo on 2026-12-01` exchanges that day's turn for the other's next one
• `/frontdoor verify` rings your own number with a code, so that we know you can be reached"""


class Unreadable(ValueError):
    """Not understood; the text says how it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverBy:
    """`by` (Slack id) in the place of `person`. Ending at its start: nobody any more."""

    person: str
    by: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOn:
    """Two people (Slack ids) exchange the turn of a day."""

    one: str
    other: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyMe:
    """A test call, or the code that came with it."""

    code: str = ""


Of = CoverBy | SwapOn | VerifyMe
READERS: dict[str, Callable[[str, datetime, str], Of]]


def period(words: str, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """`from ... until ...`, `until ...`, `for ...` as two moments (aware UTC); `zone` is the typist's. Raises NoMoment."""
    split = _PERIOD.fullmatch(words)
    if split is None:
        raise when.NoMoment(words)
    start = when.read(split["start"], after=now, zone=zone, end=False) if split["start"] else now
    if split["length"]:
        return start, start + when.length(split["length"])
    spoken = split["end"].strip().lower().startswith(("today", "tonight", "tomorrow"))
    return start, when.read(split["end"], after=now if spoken else start, zone=zone, end=True)


def _cover(rest: str, now: datetime, zone: str) -> CoverBy:
    off = _UNCOVER.fullmatch(rest)
    if off is not None:
        return CoverBy(person=off["person"], by="", start=now, end=now)
    found = _COVER.fullmatch(rest)
    if found is None:
        raise Unreadable(COVER_HELP)
    try:
        start, end = period(found["when"], now, zone)
    except when.NoMoment as error:
        raise Unreadable(COVER_HELP) from error
    if end <= start:
        raise Unreadable(f"That ends before it begins. {COVER_HELP}")
    return CoverBy(person=found["person"], by=found["by"], start=start, end=end)


def _swap(rest: str, now: datetime, zone: str) -> SwapOn:
    found = _SWAP.fullmatch(rest)
    if found is None:
        raise Unreadable(SWAP_HELP)
    day = found["day"] or "today"
    try:
        start, end = (when.read(day, after=now, zone=zone, end=last) for last in (False, True))
    except when.NoMoment as error:
        raise Unreadable(SWAP_HELP) from error
    return SwapOn(
        one=found["one"], other=found["other"], start=start, end=max(end, start + timedelta(minutes=1))
    )


def _verify(rest: str, _now: datetime, _zone: str) -> VerifyMe:
    if rest and not re.fullmatch(r"[\d\s]{4,8}", rest):
        raise Unreadable(VERIFY_HELP)
    return VerifyMe(code=rest)


READERS = {"cover": _cover, "swap": _swap, "verify": _verify}
"""First word -> how the rest is read, given now and the typist's zone. They raise Unreadable."""
