"""The shape of frontdoor.toml: each table as a model that checks itself and becomes what the rules work with."""

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    create_model,
    field_validator,
    model_validator,
)

from policies.hours import MIDNIGHT, WEEKDAYS, Hours, Window
from policies.people import Role
from policies.terms import Terms

UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days", "days": "days"}
DAY_MINUTES = 24 * 60
HOLIDAY_YEARS = range(2024, 2041)
ROLES = tuple(role.value for role in Role if role is not Role.CLIENT)


class Table(BaseModel):
    """A table of the file: a key that nobody reads is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _duration(value: object) -> timedelta:
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([a-z]+)", value.strip()) if isinstance(value, str) else None
    if found is None or found[2] not in UNITS:
        raise ValueError('is no length of time. Write a number and s, min, h or day, such as "30 min".')
    return timedelta(**{UNITS[found[2]]: float(found[1])})


def _perhaps(value: object) -> timedelta | None:
    return None if value == "never" else _duration(value)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            "is no time zone. Write its IANA name, such as Asia/Karachi or Europe/London."
        ) from None
    return value


def _clock_time(value: object) -> int:
    """Minutes since midnight; "24:00" is the end of the day."""
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", value) if isinstance(value, str) else None
    if found is None or (minutes := int(found[1]) * 60 + int(found[2])) > DAY_MINUTES:
        raise ValueError('is no time of day. Write it as "13:00", from "00:00" to "24:00".')
    return minutes


def _days(value: object) -> frozenset[int]:
    if value == "daily":
        return frozenset(range(7))
    if not isinstance(value, list) or not value or not set(map(str, value)) <= set(WEEKDAYS):
        raise ValueError(f'are no days. Write "daily" or a list of {", ".join(WEEKDAYS)}.')
    return frozenset(WEEKDAYS.index(day) for day in value)


def _phone(value: str) -> str:
    import phonenumbers as pn

    allowed = {pn.PhoneNumberType.MOBILE, pn.PhoneNumberType.FIXED_LINE}
    allowed |= {pn.PhoneNumberType.FIXED_LINE_OR_MOBILE, pn.PhoneNumberType.VOIP}
    try:
        number = pn.parse(value)
    except pn.NumberParseException:
        raise ValueError(
            "is no telephone number. Write it with + and country code, such as +923001234567."
        ) from None
    if not pn.is_valid_number(number) or pn.format_number(number, pn.PhoneNumberFormat.E164) != value:
        raise ValueError(
            "is no valid number in international form. Write + and digits only, such as +923001234567."
        )
    if pn.number_type(number) not in allowed:
        raise ValueError(
            "is not a number of a person (premium, toll-free or special). Name a mobile or fixed line."
        )
    return value


def _shaped(what: str, pattern: str, example: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(
                f"is no {what} of Slack. It looks like {example}; Slack shows it in the details."
            )
        return value

    return check


Duration = Annotated[timedelta, BeforeValidator(_duration)]
PerhapsDuration = Annotated[timedelta | None, BeforeValidator(_perhaps)]
Zone = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[int, BeforeValidator(_clock_time)]
Days = Annotated[frozenset[int], BeforeValidator(_days)]
Phone = Annotated[str, AfterValidator(_phone)]
UserId = Annotated[str, AfterValidator(_shaped("member id", r"[UW][A-Z0-9]{6,}", "U0123ABCDE"))]
ChannelId = Annotated[str, AfterValidator(_shaped("channel id", r"[CG][A-Z0-9]{6,}", "C0123ABCDE"))]
TeamId = Annotated[str, AfterValidator(_shaped("workspace id", r"[TE][A-Z0-9]{6,}", "T0123ABCDE"))]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class DeskTable(Table):
    """[desk]: the team itself."""

    zone: Zone
    support_channel: ChannelId
    escalation_channel: ChannelId
    ref_prefix: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,9}-$")] = "SUP-"


class WindowTable(Table):
    """One weekly window; an end at or before the start lies on the next day."""

    days: Days
    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")

    @model_validator(mode="after")
    def _begins_within_the_day(self) -> "WindowTable":
        if self.start == DAY_MINUTES:
            raise ValueError('from = "24:00" is the next day\'s "00:00". Write that.')
        return self

    def spans(self) -> list[tuple[int, int]]:
        """Its stretches in minutes since Monday 00:00; the last may reach into the next week."""
        length = (self.end - self.start) if self.end > self.start else self.end + DAY_MINUTES - self.start
        begins = [day * DAY_MINUTES + self.start for day in sorted(self.days)]
        return [(begin, begin + length) for begin in begins]

    def window(self) -> Window:
        """As the rules know it."""
        return Window(days=self.days, start=_time(self.start), end=_time(self.end))


class HoursTable(Table):
    """[hours.NAME]: when somebody works. `holidays` takes a country's public holidays out, `open` puts dates back."""

    zone: Zone
    windows: Annotated[tuple[WindowTable, ...], Field(min_length=1)]
    closed: tuple[date, ...] = ()
    open: tuple[date, ...] = ()
    holidays: str = ""

    @model_validator(mode="after")
    def _windows_lie_apart(self) -> "HoursTable":
        week = 7 * DAY_MINUTES
        spans = sorted(span for window in self.windows for span in window.spans())
        wrapped = [(start + week, end + week) for start, end in spans[:1]]
        for (_, end), (start, _) in zip(spans, [*spans[1:], *wrapped], strict=True):
            if start < end:
                raise ValueError("has windows that overlap. Join them to one, or move an end.")
        _public_holidays(self.holidays)
        return self

    def hours(self) -> Hours:
        """As the rules know it."""
        closed = (frozenset(self.closed) | _public_holidays(self.holidays)) - frozenset(self.open)
        return Hours(zone=self.zone, windows=tuple(window.window() for window in self.windows), closed=closed)


class ProductTable(Table):
    """A delivered application."""

    name: Name
    url: str = ""

    @model_validator(mode="after")
    def _address(self) -> "ProductTable":
        if self.url:
            try:
                HttpUrl(self.url)
            except ValueError:
                raise ValueError("url is no web address. Begin it with https://.") from None
        return self


class PersonTable(Table):
    """[[people]]: one of our own people."""

    key: Key
    name: Name
    slack: UserId
    roles: Annotated[tuple[str, ...], Field(min_length=1)]
    phone: Phone | None = None
    verified: bool = False
    zone: Zone | None = None
    products: tuple[Name, ...] = ()
    shift: str = ""

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [role for role in value if role not in ROLES]:
            raise ValueError(f"names {', '.join(unknown)}. The roles are: {', '.join(ROLES)}.")
        return value


class ClientTable(Table):
    """[[clients]]: a client."""

    key: Key
    name: Name
    channels: Annotated[tuple[ChannelId, ...], Field(min_length=1)]
    zone: Zone
    teams: tuple[TeamId, ...] = ()
    products: tuple[ProductTable, ...] = ()
    branches: tuple[Name, ...] = ()
    terms: str = ""


def _time(minutes: int) -> time:
    return MIDNIGHT if minutes == DAY_MINUTES else time(minutes // 60, minutes % 60)


def _public_holidays(place: str) -> frozenset[date]:
    if not place:
        return frozenset()
    import holidays

    country, _, part = place.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=HOLIDAY_YEARS))
    except NotImplementedError:
        raise ValueError(
            f'holidays = "{place}" is no country we know. Write its ISO code, such as "PK".'
        ) from None


READERS: dict[Any, Any] = {
    timedelta: Duration,
    timedelta | None: PerhapsDuration,
    tuple[timedelta, ...]: Annotated[tuple[Duration, ...], Field(min_length=1)],
    Hours: str,
    int: Annotated[int, Field(strict=True, gt=0)],
    float: Annotated[float, Field(gt=0, lt=1)],
    bool: Annotated[bool, Field(strict=True)],
}
_KEYS: dict[str, Any] = {
    item.name: (READERS[item.type], None) for item in fields(Terms) if item.type in READERS
}
TermsTable: type[Table] = create_model("TermsTable", __base__=Table, **_KEYS)
"""[terms] and [terms.NAME]: every number of Terms, each optional; working hours by the name of their table."""


class OfficeFile(Table):
    """The whole file. What [terms.NAME] says stands in `variants`."""

    desk: DeskTable
    hours: dict[Key, HoursTable]
    terms: TermsTable = TermsTable()  # type: ignore[valid-type]  # made from Terms above
    variants: dict[Key, TermsTable] = {}  # type: ignore[valid-type]  # made from Terms above
    people: Annotated[tuple[PersonTable, ...], Field(min_length=1)]
    clients: Annotated[tuple[ClientTable, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _set_variants_apart(cls, data: dict[str, Any]) -> dict[str, Any]:
        terms = data.get("terms", {})
        if not isinstance(terms, dict):
            return data
        variants = {name: table for name, table in terms.items() if isinstance(table, dict)}
        plain = {name: value for name, value in terms.items() if name not in variants}
        return {**data, "terms": plain, "variants": variants}
