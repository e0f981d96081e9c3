"""[[clients]]: whom we serve, and what is recorded of them before they go live."""

from datetime import UTC, date
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from bot.office.kind import Table, Wrong, entry, once
from bot.office.kinds import (
    Channels,
    Date,
    Moment,
    Name,
    Names,
    PeopleNames,
    PlanName,
    Prose,
    ShortName,
    Teams,
    Web,
    Zone,
)
from bot.office.people import ContactTable
from policies.people import Client, Maintenance, Product


class ProductTable(Table):
    """A delivered application."""

    name: Name = entry("as people say it", example="Till")
    url: Web | None = entry(
        "its address, filled into the escalation form",
        example="https://till.example-retail.example",
        default=None,
    )


class MaintenanceTable(Table):
    """Announced work at a client: its quiet hours (PM-2)."""

    start: Moment = entry("when it begins, in the client's zone", example="2026-12-06 22:00", alias="from")
    end: Moment = entry("when it ends", example="2026-12-07 02:00", alias="to")
    what: Prose = entry("what is done", example="new tills at Harbour Street")

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end <= self.start:
            raise Wrong("ends before it begins. Correct from or to.")
        return self

    def maintenance(self, zone: ZoneInfo) -> Maintenance:
        """As the rules know it."""
        begin, end = (moment.replace(tzinfo=zone).astimezone(UTC) for moment in (self.start, self.end))
        return Maintenance(start=begin, end=end, what=self.what)


class ClientTable(Table):
    """A client. It is ready to go live when the keys marked ON-1 are written; `frontdoor doctor` says what is missing."""

    key: ShortName = entry(
        "short name that the records use; never change it afterwards", example="example-retail"
    )
    name: Name = entry("as people say it", example="Example Retail")
    channels: Channels = entry("the channels where this client writes", example=["C0RETAIL01"])
    zone: Zone = entry("times are told to this client in this zone", example="Europe/London")
    teams: Teams = entry("the Slack workspaces its people come from", example=["T0RETAIL01"], default=())
    branches: Names = entry(
        "sites offered in the escalation form",
        example=["Harbour Street", "Station Road", "Airport"],
        default=(),
    )
    terms: PlanName | None = entry(
        "its plan, a [terms.NAME]; [terms] unless said", example="gold", default=None
    )
    products: tuple[ProductTable, ...] = entry(
        "what was delivered",
        example=[{"name": "Till", "url": "https://till.example-retail.example"}],
        default=(),
    )
    live_on: Date | None = entry(
        "the date of go-live: the intensive period begins",
        example=date(2025, 3, 3),
        rule="HC-1",
        default=None,
    )
    contacts: tuple[ContactTable, ...] = entry(
        "whom we talk to",
        example=[{"name": "Casey Client, operations", "reach": "telephone +44 20 7946 0018"}],
        rule="ON-1",
        default=(),
    )
    executives: tuple[ContactTable, ...] = entry(
        "who hears of Severity 1 there, in business words",
        example=[{"name": "Charlie Chief, managing director", "reach": "telephone +44 20 7946 0019"}],
        rule="SV-2",
        default=(),
    )
    change_process: Prose | None = entry(
        "how changes are agreed with this client",
        example="In writing by operations; small ones on Tuesdays after closing, others a week ahead.",
        rule="ON-1",
        default=None,
    )
    known_limits: Prose | None = entry(
        "what the delivered system cannot do, as the client knows",
        example="Up to 40 tills at a time; stock is counted every 15 minutes.",
        rule="ON-1",
        default=None,
    )
    benchmarks: Prose | None = entry(
        "what was measured at the delivery, to compare with later",
        example="A sale is booked in 0.4 s, the report of a month in 12 s (3 March 2025).",
        rule="ON-1",
        default=None,
    )
    scope: Prose | None = entry(
        "what was agreed to be support; anything else is new work",
        example="Till and Stockroom as delivered; other devices and reports are new work.",
        rule="TR-4",
        default=None,
    )
    builders: PeopleNames = entry(
        "who built it: reachable in the intensive period", example=["devi"], rule="HC-5", default=()
    )
    maintenance: tuple[MaintenanceTable, ...] = entry(
        "announced work, in the client's zone: its quiet hours",
        example=[
            {"from": "2026-12-06 22:00", "to": "2026-12-07 02:00", "what": "new tills at Harbour Street"}
        ],
        rule="PM-2",
        default=(),
    )

    @model_validator(mode="after")
    def _products_have_names_of_their_own(self) -> Self:
        once(tuple(product.name for product in self.products))
        return self

    def client(self) -> Client:
        """As the rules know it."""
        return Client(
            key=self.key,
            name=self.name,
            channels=self.channels,
            zone=self.zone,
            teams=self.teams,
            products=tuple(Product(name=product.name, url=product.url or "") for product in self.products),
            branches=self.branches,
            live_on=self.live_on,
            contacts=tuple(table.contact() for table in self.contacts),
            executives=tuple(table.contact() for table in self.executives),
            builders=self.builders,
            change_process=self.change_process or "",
            known_limits=self.known_limits or "",
            benchmarks=self.benchmarks or "",
            scope=self.scope or "",
            maintenance=tuple(table.maintenance(ZoneInfo(self.zone)) for table in self.maintenance),
        )
