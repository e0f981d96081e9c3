"""[[people]], [[executives]] and [[vendors]]: who there is besides the clients."""

from datetime import date
from typing import Self

from pydantic import model_validator

from bot.office.kind import Table, Wrong, entry
from bot.office.kinds import (
    Date,
    HoursName,
    Member,
    Name,
    Phone,
    ProductNames,
    Prose,
    Roles,
    ShortName,
    Yes,
    Zone,
)
from policies.hours import Hours
from policies.people import Contact, Person, Role, Vendor


class PersonTable(Table):
    """One of our own people. Who holds the same role is rung in the order of the file."""

    key: ShortName = entry("short name that the records use; never change it afterwards", example="sam")
    name: Name = entry("as colleagues and the telephone say it", example="Sam Support")
    slack: Member = entry("Slack member id (profile, three dots, Copy member ID)", example="U0SAM00001")
    roles: Roles = entry(
        "support, support_lead, lead (development lead for support), backup (of the lead), developer",
        example=["support"],
    )
    phone: Phone | None = entry(
        "with + and country code; without one this person cannot be rung",
        example="+12025550111",
        default=None,
    )
    verified: Yes = entry(
        "true: somebody has rung this number and reached the person", example=True, default=False
    )
    zone: Zone | None = entry(
        "times are shown to this person in this zone; the desk's unless said",
        example="Asia/Karachi",
        default=None,
    )
    shift: HoursName | None = entry(
        "on duty in these [hours] only; always unless said", example="support", default=None
    )
    products: ProductNames = entry(
        "a developer's products: suggested first when assigning", example=["Till"], default=()
    )

    def person(self, zone: str, hours: dict[str, Hours]) -> Person:
        """As the rules know it; `zone` is the desk's."""
        return Person(
            key=self.key,
            name=self.name,
            slack=self.slack,
            roles=frozenset(map(Role, self.roles)),
            zone=self.zone or zone,
            phone=self.phone,
            verified=self.verified,
            products=self.products,
            shift=hours[self.shift] if self.shift else None,
        )


class ContactTable(Table):
    """Somebody to be informed: by Slack, or in another way that is said in words."""

    name: Name = entry("who it is", example="Casey Client, operations")
    slack: Member | None = entry("their Slack member id", example="U0CASEY001", default=None)
    reach: Name | None = entry(
        "how they are reached, in words", example="telephone +44 20 7946 0018", default=None
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.slack or self.reach):
            raise Wrong("has neither slack nor reach. Say how this person is reached.")
        return self

    def contact(self) -> Contact:
        """As the rules know it."""
        return Contact(name=self.name, slack=self.slack or "", reach=self.reach or "")


class ExecutiveTable(ContactTable):
    """An executive of our own, who hears of Severity 1 in business words (SV-2)."""

    name: Name = entry("who it is", example="Ellis Executive")
    slack: Member | None = entry("their Slack member id", example="U0ELLIS001", default=None)


class VendorTable(Table):
    """Somebody whose service ours depends on (VE-1)."""

    key: ShortName = entry("short name that the records use", example="example-payments")
    name: Name = entry("as people say it", example="Example Payments")
    contact: Prose = entry(
        "whom to contact, and how", example="support desk, telephone +44 20 7946 0028, day and night"
    )
    needs: Prose | None = entry(
        "what they need to know",
        example="our account number, the terminal's number, the time of failure",
        default=None,
    )
    promises: Prose | None = entry("what they promise", example="an answer within 30 minutes", default=None)
    notices: Prose | None = entry(
        "where they announce", example="https://status.example-payments.example", default=None
    )
    check_in: Date | None = entry(
        "the next date on which somebody talks to them", example=date(2027, 1, 15), default=None
    )
    products: ProductNames = entry(
        "which of the delivered products depend on it", example=["Till"], default=()
    )

    def vendor(self) -> Vendor:
        """As the rules know it."""
        return Vendor(
            key=self.key,
            name=self.name,
            contact=self.contact,
            needs=self.needs or "",
            promises=self.promises or "",
            notices=self.notices or "",
            check_in=self.check_in,
            products=self.products,
        )
