"""The whole of frontdoor.toml."""

from datetime import date
from typing import Annotated, Any

from pydantic import model_validator

from bot.office.clients import ClientTable
from bot.office.hours import HoursTable
from bot.office.kind import Several, Table, entry
from bot.office.kinds import Channel, Prefix, ShortName, Zone
from bot.office.people import ExecutiveTable, PersonTable, VendorTable
from bot.office.rota import RotaTable
from bot.office.terms import TermsTable


class DeskTable(Table):
    """Its time zone and its two internal channels."""

    zone: Zone = entry(
        "the team's own time zone (IANA name): times on cards and in the sheet", example="Asia/Karachi"
    )
    ref_prefix: Prefix = entry("references are this and a number: SUP-12", example="SUP-", default="SUP-")
    support_channel: Channel = entry(
        "internal channel of support: one card for each request", example="C0SUPPORT1"
    )
    escalation_channel: Channel = entry(
        "internal channel where development acknowledges", example="C0ESCALATE"
    )


class OfficeFile(Table):
    """Who takes part, where, when, and what was promised. What [terms.NAME] says stands in `variants`."""

    desk: DeskTable = entry("the team itself", example={})
    hours: dict[ShortName, HoursTable] = entry(
        "working hours, by name",
        example={},
    )
    terms: TermsTable = entry("what is agreed with every client", example={}, default=TermsTable())
    variants: dict[ShortName, TermsTable] = entry(
        "plans: what is agreed otherwise with clients that name them",
        example={
            "gold": {
                "acknowledge_outside": "5 min",
                "next_reply": "4 business hours",
                "severities": {"S2": {"response": "2 business hours", "updates": "4 h"}},
            }
        },
        default={},
    )
    people: Annotated[tuple[PersonTable, ...], Several(least=1, again=True)] = entry(
        "our own people", example=[]
    )
    rota: tuple[RotaTable, ...] = entry(
        "who takes turns",
        example=[
            {
                "role": "support",
                "people": ["sam", "sky"],
                "first": date(2026, 11, 16),
                "at": "09:00",
                "days": 7,
                "zone": "Asia/Karachi",
            },
            {"role": "developer", "calendar": "developers.ics"},
        ],
        rule="ES-5",
        default=(),
    )
    executives: tuple[ExecutiveTable, ...] = entry(
        "our own executives, who hear of Severity 1", example=[{}], rule="SV-2", default=()
    )
    vendors: tuple[VendorTable, ...] = entry(
        "whose service ours depends on", example=[{}], rule="VE-1", default=()
    )
    clients: Annotated[tuple[ClientTable, ...], Several(least=1, again=True)] = entry(
        "whom we serve", example=[]
    )

    @model_validator(mode="before")
    @classmethod
    def _set_variants_apart(cls, data: dict[str, Any]) -> dict[str, Any]:
        terms = data.get("terms")
        if not isinstance(terms, dict):
            return data
        keys = TermsTable.model_fields
        variants = {
            name: table for name, table in terms.items() if isinstance(table, dict) and name not in keys
        }
        plain = {name: value for name, value in terms.items() if name not in variants}
        return {**data, "terms": plain, "variants": variants}
