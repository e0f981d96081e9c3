"""The kinds of values that frontdoor.toml is written in."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import HttpUrl

from bot.office import amounts
from bot.office.kind import Kind, Several, Wrong
from policies.hours import WEEKDAYS, Amount
from policies.people import Role
from policies.terms import Severity

DAY_MINUTES = 24 * 60
YEARS = range(2000, 2100)
"""What lies outside is a slip of the pen."""
MOST = 10_000
ROLES = tuple(role.value for role in Role if role is not Role.CLIENT)
SEVERITIES: tuple[str, ...] = get_args(Severity)


def _share(value: float) -> float:
    if not 0 < value < 1:
        raise ValueError(value)
    return float(value)


def _warning(value: str | float) -> timedelta | float:
    return amounts.length(value) if isinstance(value, str) else _share(value)


def _whole(value: int) -> int:
    if not 0 < value <= MOST:
        raise ValueError(value)
    return value


def _text(longest: int, breaks: str = "") -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value.strip():
            raise Wrong("is empty. Write something.")
        if len(value) > longest:
            raise Wrong(f"is longer than {longest} characters. Shorten it.")
        if not all(letter.isprintable() or letter in breaks for letter in value):
            raise Wrong("has a character that cannot be seen, or a line break. Write it again by hand.")
        return value

    return read


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(value) from None
    return value


def _clock_time(value: str) -> int:
    """Minutes since midnight; "24:00" is the end of the day."""
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", value)
    if found is None or (minutes := int(found[1]) * 60 + int(found[2])) > DAY_MINUTES:
        raise ValueError(value)
    return minutes


def _date(value: date) -> date:
    if value.year not in YEARS:
        raise Wrong(f"lies outside the years {YEARS[0]} to {YEARS[-1]}. Correct the year.")
    return value


def _moment(value: str | datetime) -> datetime:
    """A local time; whose it is knows the zone."""
    if isinstance(value, str):
        value = datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone is the client's
    if value.tzinfo is not None:
        raise ValueError(value)
    _date(value)
    return value


def _days(value: str | list[object]) -> frozenset[int]:
    if value == "daily":
        return frozenset(range(7))
    named = [str(day) for day in value] if isinstance(value, list) else []
    if not named or not set(named) <= set(WEEKDAYS):
        raise ValueError(value)
    if len(set(named)) < len(named):
        raise Wrong("names a day twice. Once is enough.")
    return frozenset(map(WEEKDAYS.index, named))


def _phone(value: str) -> str:
    import phonenumbers as pn

    allowed = {pn.PhoneNumberType.MOBILE, pn.PhoneNumberType.FIXED_LINE}
    allowed |= {pn.PhoneNumberType.FIXED_LINE_OR_MOBILE, pn.PhoneNumberType.VOIP}
    try:
        number = pn.parse(value)
    except pn.NumberParseException:
        raise ValueError(value) from None
    if not pn.is_valid_number(number) or pn.format_number(number, pn.PhoneNumberFormat.E164) != value:
        raise Wrong(
            "is no valid number in international form. Write + and digits only, such as +923001234567."
        )
    if pn.number_type(number) not in allowed:
        raise Wrong(
            "is not a number of a person (premium, toll-free or special). Name a mobile or fixed line."
        )
    return value


def _web(value: str) -> str:
    HttpUrl(value)
    return value


def _shaped(pattern: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(value)
        return value

    return read


def _one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    return _shaped("|".join(names))


def _place(value: str) -> str:
    country, _, part = value.partition("-")
    parts = _parts(country)
    if part and part not in parts:
        known = f"It has {', '.join(parts)}." if parts else f'It has no parts: write "{country}".'
        raise Wrong(f"names no part of {country} that we know. {known}")
    return value


@cache
def _parts(country: str) -> tuple[str, ...]:
    import holidays

    if not re.fullmatch(r"[A-Z]{2,3}", country):
        raise ValueError(country)
    try:
        return tuple(holidays.country_holidays(country, years=()).subdivisions)
    except NotImplementedError:
        raise ValueError(country) from None


def _of_slack(what: str, pattern: str, example: str) -> Kind:
    how = f"It looks like {example}; Slack shows it in the details."
    return Kind(name=f"{what} of Slack", how=how, read=_shaped(pattern))


def _reference(table: str, what: str) -> Kind:
    return Kind(name=what, how="Write it in quotes.", read=_text(80), refers=table)


LENGTH = Kind(
    name="length of time",
    how='Write a number and s, min, h or day, such as "30 min".',
    read=amounts.length,
    write=amounts.spoken_length,
)
LENGTH_OR_NOTHING = Kind(
    name=LENGTH.name, how=LENGTH.how, read=amounts.length_or_nothing, write=amounts.spoken_length
)
AMOUNT = Kind(
    name="amount of time",
    how='Write "4 business hours", "30 business minutes", "1 business day", or plain time such as "1 h".',
    read=amounts.amount,
    write=amounts.spoken_amount,
)
SHARE = Kind(
    name="share",
    how="Write a number between 0 and 1 without quotes, such as 0.25.",
    read=_share,
    takes=(float, int),
)
WARNING = Kind(
    name="warning",
    how='Write the share that is left, such as 0.25, or a length of time before, such as "15 min".',
    read=_warning,
    write=lambda value: value if isinstance(value, float) else amounts.spoken_length(value),
    takes=(str, float, int),
)
WHOLE = Kind(
    name="whole number", how=f"Write one from 1 to {MOST}, without quotes.", read=_whole, takes=(int,)
)
YES = Kind(name="answer", how="Write true or false, without quotes.", read=lambda value: value, takes=(bool,))
NAME = Kind(name="short text", how="Write one line of at most 80 characters in quotes.", read=_text(80))
PROSE = Kind(
    name="text",
    how="Write at most 2000 characters in quotes, or lines between three.",
    read=_text(2000, "\n"),
)
SHORT_NAME = Kind(
    name="short name",
    how="Write small letters, digits, - and _, at most 40, a letter first.",
    read=_shaped(r"[a-z][a-z0-9_-]{0,39}"),
)
PREFIX = Kind(
    name="prefix of references",
    how='Write up to ten capital letters or digits and a -, such as "SUP-".',
    read=_shaped(r"[A-Z][A-Z0-9]{0,9}-"),
)
ZONE = Kind(name="time zone", how="Write its IANA name, such as Asia/Karachi or Europe/London.", read=_zone)
CLOCK_TIME = Kind(name="time of day", how='Write it as "13:00", from "00:00" to "24:00".', read=_clock_time)
DATE = Kind(name="date", how="Write it without quotes, such as 2026-12-24.", read=_date, takes=(date,))
MOMENT = Kind(
    name="moment",
    how='Write it as "2026-12-24 22:00", in the zone of the client.',
    read=_moment,
    takes=(str, datetime),
)
DAYS = Kind(
    name="set of days",
    how=f'Write "daily" or a list of {", ".join(WEEKDAYS)}.',
    read=_days,
    takes=(str, list),
)
PHONE = Kind(
    name="telephone number", how="Write it with + and country code, such as +923001234567.", read=_phone
)
WEB = Kind(name="web address", how="Begin it with https://.", read=_web)
MEMBER = _of_slack("member id", r"[UW][A-Z0-9]{6,20}", "U0123ABCDE")
CHANNEL = _of_slack("channel id", r"[CG][A-Z0-9]{6,20}", "C0123ABCDE")
TEAM = _of_slack("workspace id", r"[TE][A-Z0-9]{6,20}", "T0123ABCDE")
ROLE = Kind(name="role", how=f"The roles are: {', '.join(ROLES)}.", read=_one_of(ROLES))
SEVERITY = Kind(name="severity", how=f"There are {', '.join(SEVERITIES)}.", read=_one_of(SEVERITIES))
PLACE = Kind(
    name="country whose holidays we know",
    how='Write its ISO code, such as "PK", or with a part of it, such as "GB-SCT".',
    read=_place,
)

Length = Annotated[timedelta, LENGTH]
LengthOrNothing = Annotated[timedelta, LENGTH_OR_NOTHING]
LengthOrNever = Annotated[timedelta | None, replace(LENGTH, none="never")]
LengthOrNone = Annotated[timedelta | None, replace(LENGTH, none="none")]
Lengths = Annotated[tuple[Length, ...], Several(least=1, again=True)]
AmountOfTime = Annotated[Amount, AMOUNT]
AmountOrNone = Annotated[Amount | None, replace(AMOUNT, none="none")]
AmountOrRelease = Annotated[Amount | None, replace(AMOUNT, none="next release")]
Share = Annotated[float, SHARE]
Warnings = Annotated[tuple[Annotated[float | timedelta, WARNING], ...], Several()]
Whole = Annotated[int, WHOLE]
Yes = Annotated[bool, YES]
Name = Annotated[str, NAME]
Names = Annotated[tuple[Name, ...], Several()]
Prose = Annotated[str, PROSE]
ShortName = Annotated[str, SHORT_NAME]
Prefix = Annotated[str, PREFIX]
Zone = Annotated[str, ZONE]
ClockTime = Annotated[int, CLOCK_TIME]
Date = Annotated[date, DATE]
Dates = Annotated[tuple[Date, ...], Several()]
Moment = Annotated[datetime, MOMENT]
DaysOfWeek = Annotated[frozenset[int], DAYS]
Phone = Annotated[str, PHONE]
Web = Annotated[str, WEB]
Member = Annotated[str, MEMBER]
Channel = Annotated[str, CHANNEL]
Channels = Annotated[tuple[Channel, ...], Several(least=1)]
Teams = Annotated[tuple[Annotated[str, TEAM], ...], Several()]
RoleName = Annotated[str, ROLE]
Roles = Annotated[tuple[RoleName, ...], Several(least=1)]
SeverityName = Annotated[str, SEVERITY]
Places = Annotated[tuple[Annotated[str, PLACE], ...], Several()]
HoursName = Annotated[str, _reference("hours", "name of an [hours] table")]
PeopleList = Annotated[
    tuple[Annotated[str, _reference("people", "key of a person")], ...], Several(least=1, again=True)
]
PlanName = Annotated[str, _reference("terms", "name of a [terms] table")]
PeopleNames = Annotated[tuple[Annotated[str, _reference("people", "key of a person")], ...], Several()]
ProductNames = Annotated[tuple[Annotated[str, _reference("products", "name of a product")], ...], Several()]
