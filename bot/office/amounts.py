"""Amounts of time as frontdoor.toml writes them: "30 min", "4 business hours", "1 business day"."""

import re
from datetime import timedelta

from bot.office.kind import Wrong
from policies.hours import Amount, Days, Open, Plain

SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
BUSINESS_MINUTES = {"hour": 60, "hours": 60, "minute": 1, "minutes": 1}
LONGEST = timedelta(days=366)
MINUTE = timedelta(minutes=1)
_NUMBER = r"(\d{1,9}(?:\.\d{1,3})?) ?"


def length_or_nothing(value: str) -> timedelta:
    """A length of plain time, at most a year."""
    found = re.fullmatch(_NUMBER + r"([a-z]+)", value)
    if found is None or found[2] not in SECONDS:
        raise ValueError(value)
    length = timedelta(seconds=float(found[1]) * SECONDS[found[2]])
    if length > LONGEST:
        raise Wrong("is longer than a year. Write a shorter time.")
    return length


def length(value: str) -> timedelta:
    """The same, and something."""
    found = length_or_nothing(value)
    if not found:
        raise Wrong("is no time at all. Nobody could keep that.")
    return found


def amount(value: str) -> Amount:
    """Plain time, business time or business days."""
    found = re.fullmatch(_NUMBER + r"business ([a-z]+)", value)
    if found is None:
        return Plain(length(value))
    number = float(found[1])
    if found[2] in BUSINESS_MINUTES:
        open_time = number * BUSINESS_MINUTES[found[2]] * MINUTE
        if not MINUTE <= open_time <= LONGEST:
            raise Wrong("is nothing that can be kept. Write at least a minute and at most a year.")
        return Open(open_time)
    if found[2] not in {"day", "days"}:
        raise ValueError(value)
    if number != int(number) or not 0 < number <= LONGEST.days:
        raise Wrong(f"is no number of business days. Write a whole number from 1 to {LONGEST.days}.")
    return Days(int(number))


def spoken_length(value: timedelta) -> str:
    """As the file writes it; 90 s and 90 min stay what people call them."""
    seconds = value.total_seconds()
    for unit in ("day", "h", "min"):
        number = seconds / SECONDS[unit]
        if number and number == int(number):
            return f"{int(number)} {unit}{'s' if unit == 'day' and number > 1 else ''}"
    return f"{seconds:g} s"


def spoken_amount(value: Amount) -> str:
    """As the file writes it."""
    if isinstance(value, Plain):
        return spoken_length(value.length)
    if isinstance(value, Days):
        return f"{float(value.number):g} business {'day' if value.number == 1 else 'days'}"
    minutes = value.length / MINUTE
    number, unit = (minutes, "minute") if minutes % 60 else (minutes / 60, "hour")
    return f"{number:g} business {unit}{'' if number == 1 else 's'}"
