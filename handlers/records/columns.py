"""The columns of the Support Issues Sheet, each with how a ticket fills it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.roster import Office
from handlers.records.ports import Cell, Row
from policies.facts import AimKind
from policies.markup import stamp
from policies.registers import WORK
from policies.ticket import Ticket, Workaround

SPOKEN = {
    "client_side": "On the client's side",
    "answered": "Answered",
    "change_request": "Change request",
    "fixed": "Fixed",
    "new": "New",
    "claimed": "With support",
    "escalated": "Escalated, not acknowledged",
    "acknowledged": "Acknowledged, not assigned",
    "assigned": "With a developer",
    "resolved": "Resolved, not closed",
    "closed": "Closed",
    "dismissed": "Not a request",
    "merged": "Merged",
    "bot": "Frontdoor",
}
"""Words of the records for stages, outcomes and ourselves."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, how wide it is shown (characters), and what stands under it for a ticket."""

    name: str
    width: int
    of: Callable[[Ticket, Office], Cell]


def row(ticket: Ticket, office: Office) -> Row:
    """The ticket's row."""
    return Row(ticket=ticket.id, cells=tuple(column.of(ticket, office) for column in COLUMNS))


def client_name(ticket: Ticket, office: Office) -> str:
    """The client's name, or its key when it is no longer in the file."""
    client = office.roster.client_by_key.get(ticket.client)
    return client.name if client else ticket.client


def person_name(key: str, office: Office) -> str:
    """The name of one of our people or of us; a key that nobody has any more stays what it is."""
    person = office.roster.by_key.get(key)
    return person.name if person else SPOKEN.get(key, key)


def _anybody(heading: str, name: str) -> Column:
    """Ours by name; of a client's people we know only the Slack id, so that it stands behind the client's name."""

    def shown(ticket: Ticket, office: Office) -> str:
        key = getattr(ticket, name)
        own = office.roster.by_slack.get(key) or office.roster.by_key.get(key)
        if own is not None:
            return own.name
        return (
            f"{client_name(ticket, office)} ({key})"
            if key and key not in SPOKEN
            else person_name(key, office)
        )

    return Column(heading, 28, shown)


def _plain(name: str, width: int = 18) -> Column:
    return Column(_heading(name), width, lambda ticket, _office: _cell(getattr(ticket, name)))


def _cell(value: object) -> Cell:
    return value if isinstance(value, int | datetime | None) else SPOKEN.get(str(value), str(value))


def _person(heading: str, name: str) -> Column:
    return Column(heading, 18, lambda ticket, office: person_name(getattr(ticket, name), office))


def _moment(heading: str, name: str) -> Column:
    return Column(heading, 17, lambda ticket, _office: getattr(ticket, name))


def _block(heading: str, name: str, width: int = 18) -> Column:
    return Column(heading, width, lambda ticket, _office: getattr(ticket.block, name) if ticket.block else "")


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _first_update(ticket: Ticket, _office: Office) -> Cell:
    return ticket.updates[0].at if ticket.updates else None


def _last_update(ticket: Ticket, _office: Office) -> Cell:
    return ticket.updates[-1].text if ticket.updates else ""


def _last_estimate(ticket: Ticket, _office: Office) -> Cell:
    return next((update.promise for update in reversed(ticket.updates) if update.promise), None)


def _code_changes(ticket: Ticket, _office: Office) -> Cell:
    return "\n".join(
        f"{change.entry}{' (urgent)' if change.urgent else ''}: {change.summary}"
        for change in ticket.code_changes
    )


def _new_work(ticket: Ticket, _office: Office) -> Cell:
    """TR-4: of which kind, unless it was opened again since."""
    return WORK.get(ticket.new_work, "") if ticket.outcome == "change_request" else ""


def _workarounds(ticket: Ticket, office: Office) -> Cell:
    """WA-3: who carries each that is live, until when."""
    return "\n".join(f"{item.what} ({_carried(item, office)})" for item in ticket.workarounds)


def _carried(item: Workaround, office: Office) -> str:
    if item.reverted:
        return "reverted"
    until = f" until {stamp(item.revert_at, office.zone)}" if item.revert_at else ""
    return f"live, carried by {person_name(item.holder, office)}{until}"


def _vendors(ticket: Ticket, office: Office) -> Cell:
    """VE-1: which vendor was asked, and whether it is answered."""
    names = {vendor.key: vendor.name for vendor in office.roster.vendors}
    return "\n".join(
        f"{names.get(case.vendor, case.vendor)} {case.reference}".rstrip()
        + (" (waiting)" if case in ticket.waiting_vendors else "")
        for case in ticket.vendors
    )


def _window(ticket: Ticket, _office: Office) -> Cell:
    return (
        "" if ticket.escalated_at is None else "working hours" if ticket.in_hours else "outside working hours"
    )


def _severity(ticket: Ticket, _office: Office) -> Cell:
    return f"{ticket.severity}{', urgent' if ticket.urgent else ''}"


def _due(kind: AimKind) -> Callable[[Ticket, Office], Cell]:
    return lambda ticket, _office: dict(ticket.dues).get(kind)


def _met(kind: AimKind, *moments: str) -> Callable[[Ticket, Office], Cell]:
    """Whether a target was met, once that is known; `moments` are what meets it, whichever came first."""

    def met(ticket: Ticket, _office: Office) -> Cell:
        due = dict(ticket.dues).get(kind)
        if due is None:
            return ""
        done = min((at for at in (getattr(ticket, name) for name in moments) if at), default=None)
        if done is not None:
            return "yes" if done <= due else "no"
        return "no" if (kind, "missed", due) in ticket.announced else ""

    return met


COLUMNS: tuple[Column, ...] = (
    Column("Reference", 11, lambda ticket, _office: ticket.ref),
    _moment("Opened", "opened_at"),
    Column("Client", 18, client_name),
    _plain("stage", 20),
    _plain("outcome"),
    Column("New work", 24, _new_work),
    Column("Severity", 10, _severity),
    _person("Severity set by", "severity_by"),
    Column("Request", 50, lambda ticket, _office: ticket.words),
    Column("Production down", 10, lambda ticket, _office: "yes" if ticket.production_down else ""),
    _anybody("Author", "author"),
    _plain("channel", 13),
    _person("First response by", "responded_by"),
    _person("Owner", "owner"),
    _moment("Escalated", "escalated_at"),
    _person("Escalated by", "escalated_by"),
    Column("Window", 16, _window),
    _block("SaaS Name", "saas_name"),
    _block("SaaS URL", "saas_url"),
    _block("Branch", "branch"),
    _block("Branch Env", "branch_env", 12),
    _block("Device Type", "device_type", 12),
    _block("Build Version", "build_version", 12),
    _block("Issue Platform", "issue_platform", 12),
    _block("Issue Detail", "issue_detail", 50),
    _moment("Acknowledged", "acknowledged_at"),
    _person("Acknowledged by", "acknowledged_by"),
    Column("Calls", 7, lambda ticket, _office: ticket.calls),
    _moment("Assigned", "assigned_at"),
    _person("Developer", "developer"),
    Column("Response due", 17, _due("response")),
    Column("Response met", 9, _met("response", "assigned_at", "resolved_at")),
    Column("First update", 17, _first_update),
    Column("Last update", 40, _last_update),
    Column("Last estimate", 17, _last_estimate),
    _moment("Resolved", "resolved_at"),
    Column("Resolution due", 17, _due("resolution")),
    Column("Resolution met", 9, _met("resolution", "resolved_at")),
    _moment("Permanent fix due", "fix_at"),
    _plain("resolution", 40),
    _plain("cause", 30),
    _plain("steps", 30),
    Column("Code changes", 30, _code_changes),
    Column("Workarounds", 30, _workarounds),
    Column("Vendors", 24, _vendors),
    _moment("Confirmed", "confirmed_at"),
    _anybody("Confirmed by", "confirmed_by"),
    _moment("Closed", "closed_at"),
    Column("Times opened", 8, lambda ticket, _office: ticket.cycle),
    _plain("previous", 11),
    _plain("merged_into", 11),
)
MOMENTS = frozenset(
    index
    for index, column in enumerate(COLUMNS)
    if column.name
    in {
        "Opened",
        "Escalated",
        "Acknowledged",
        "Assigned",
        "Response due",
        "Resolved",
        "Resolution due",
        "Permanent fix due",
        "First update",
        "Last estimate",
        "Confirmed",
        "Closed",
    }
)
"""Columns of moments: the heading names the zone they are shown in."""
