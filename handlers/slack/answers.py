"""What `/frontdoor` answers: queue, status, rota. Pure; moments in the reader's own zone."""

from collections.abc import Sequence
from datetime import datetime

from handlers.slack import blocks
from handlers.slack.cards import Desk, state
from policies.clocks import explain
from policies.markup import escape, inert, stamp
from policies.people import Person, Role
from policies.ticket import Ticket

_MANY = 40
_ROLES = {
    Role.SUPPORT: "Support",
    Role.SUPPORT_LEAD: "Support lead",
    Role.LEAD: "Development lead",
    Role.BACKUP: "Backup lead",
    Role.DEVELOPER: "Developers",
}


def queue(tickets: Sequence[Ticket], desk: Desk, zone: str) -> str:
    """The requests of one person, each with its next clock."""
    if not tickets:
        return "Nothing waits for you."
    return _listed([_line(ticket, desk, zone) for ticket in tickets])


def overview(tickets: Sequence[Ticket], desk: Desk, zone: str) -> str:
    """All open requests."""
    if not tickets:
        return "No request is open."
    plural = "s are" if len(tickets) != 1 else " is"
    return f"{len(tickets)} request{plural} open:\n" + _listed(
        [_line(ticket, desk, zone) for ticket in tickets]
    )


def status(ticket: Ticket, desk: Desk, zone: str) -> str:
    """One request: where it stands, and why each of its clocks stands where it stands."""
    words = ticket.block.issue_detail if ticket.block else ticket.words
    lines = [f"*{ticket.ref}* · {escape(desk.client(ticket.client))} · {state(ticket, desk)}"]
    if ticket.opened_at:
        lines.append(f"Written {stamp(ticket.opened_at, zone)}: {blocks.cut(inert(words), 500)}")
    lines += [f"⏱ {escape(item.why)} ({item.rule})" for item in explain(ticket, zone)]
    return blocks.cut("\n".join(lines), blocks.TEXT)


def rota(desk: Desk, now: datetime, zone: str) -> str:
    """Who is on duty, role by role, and who is away until when."""
    roster = desk.roster
    lines = [f"On duty at {stamp(now, zone)}:"]
    for role, label in _ROLES.items():
        lines.append(f"• {label}: {_names(roster.duty(role, now)) or '*nobody*'}")
    lead = roster.acting_lead(now)
    lines.append(f"Escalations go to {lead.name if lead else '*nobody*'}.")
    lines += [
        f"{desk.name(absence.person)} is away until {stamp(absence.end, zone)}."
        for absence in roster.absences
        if absence.covers(now)
    ]
    return blocks.cut("\n".join(lines), blocks.TEXT)


def _names(people: Sequence[Person]) -> str:
    return ", ".join(person.name for person in people)


def _line(ticket: Ticket, desk: Desk, zone: str) -> str:
    clocks = explain(ticket, zone)
    due = f"; next {stamp(clocks[0].due, zone)}" if clocks else ""
    return f"• *{ticket.ref}* · {escape(desk.client(ticket.client))} · {state(ticket, desk)}{due}"


def _listed(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - _MANY} more"] if len(lines) > _MANY else []
    return blocks.cut("\n".join([*lines[:_MANY], *more]), blocks.TEXT)
