"""[[rota]]: whose turn it is."""

from datetime import date
from typing import Self
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from bot.calendars import Feed
from bot.office.hours import local_time
from bot.office.kind import Table, Wrong, entry
from bot.office.kinds import DAY_MINUTES, ClockTime, Date, PeopleList, Prose, RoleName, Whole, Zone
from bot.settings import LOOPBACK
from policies.people import Role
from policies.rota import Rota, Rotation

ROTATION = ("people", "first", "at", "days")


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


class RotaTable(Table):
    """Whose turn it is for a role: people by turns, or what a calendar says. A role without a rota is everybody's who has it."""

    role: RoleName = entry("the role whose turns they are", example="support", rule="ES-5")
    people: PeopleList | None = entry(
        "who takes turns, in this order and again", example=["sam", "sky"], rule="ES-5", default=None
    )
    first: Date | None = entry(
        "the date on which the first turn begins", example=date(2026, 11, 16), default=None
    )
    at: ClockTime | None = entry("the local time of every hand-over", example="09:00", default=None)
    days: Whole = entry("how many days a turn lasts", example=7, default=7)
    zone: Zone | None = entry(
        "the zone of these times; the desk's unless said", example="Asia/Karachi", default=None
    )
    calendar: Prose | None = entry(
        "instead of turns: the https address or the file of a calendar (.ics) whose events are them",
        example="rota.ics",
        default=None,
    )

    @field_validator("at")
    @classmethod
    def _within_the_day(cls, value: int) -> int:
        if value == DAY_MINUTES:
            raise Wrong('is the next day\'s "00:00". Write that.')
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        said = [name for name in ROTATION if name in self.model_fields_set]
        if self.calendar and said:
            raise Wrong(f"has a calendar and {said[0]}. Keep one of them.")
        if self.calendar and "://" in self.calendar and not _safe(self.calendar):
            raise Wrong("has a calendar that is neither a file nor an https address. Begin it with https://.")
        missing = [name for name in ROTATION[:3] if name not in said]
        if not self.calendar and missing:
            raise Wrong(f"has no {missing[0]}. Add it, or a calendar.")
        return self

    def rotation(self, zone: str) -> tuple[Role, Rota]:
        """Its turns as the rules know them; `zone` is the desk's."""
        if not (self.people and self.first and self.at is not None):
            raise ValueError("a rota of a calendar has no turns of its own")
        turns = Rotation(
            people=self.people,
            first=self.first,
            at=local_time(self.at),
            zone=self.zone or zone,
            days=self.days,
        )
        return Role(self.role), turns

    def feed(self, zone: str) -> Feed:
        """Its calendar; `zone` is the desk's."""
        return Feed(role=Role(self.role), source=self.calendar or "", zone=self.zone or zone)
