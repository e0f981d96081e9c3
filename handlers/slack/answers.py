"""What `/frontdoor` answers: queue, status, rota. Pure; moments in the reader's own zone."""

from collections.abc import Sequence
from datetime import datetime

from handlers.slack import blocks
from handlers.slack.cards import state
from handlers.slack.names import Desk
from handlers.slack.standing import mark
from policies import registers, slips
from policies.clocks import explain
from policies.markup import escape, inert, stamp
from policies.ticket import Ticket

_MANY = 40


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
    listed = _listed([_line(ticket, desk, zone) for ticket in tickets])
    late = [f"⚠ {escape(line)}" for line in slips.broken(tickets, desk.roster)]
    return blocks.cut("\n".join([f"{len(tickets)} request{plural} open:", *late, listed]), blocks.TEXT)


def status(ticket: Ticket, desk: Desk, zone: str) -> str:
    """One request: where it stands, and why each of its clocks stands where it stands."""
    words = ticket.block.issue_detail if ticket.block else ticket.words
    lines = [_title(ticket, desk)]
    if ticket.opened_at:
        lines.append(f"Written {stamp(ticket.opened_at, zone)}: {blocks.cut(inert(words), 500)}")
    lines += [f"⏱ {escape(item.why)} ({item.rule})" for item in explain(ticket, zone)]
    return blocks.cut("\n".join(lines), blocks.TEXT)


def workarounds(tickets: Sequence[Ticket], desk: Desk, zone: str, now: datetime) -> str:
    """What has to be reverted, by whom, until when; the most urgent first."""
    lines = registers.workarounds(tickets, desk.roster, zone, now, inert)
    return _bulleted(lines) or "No workaround is live."


def vendors(tickets: Sequence[Ticket], desk: Desk, zone: str) -> str:
    """Whom to contact, what they need to know, what they promise, and what is asked of them now."""
    lines = registers.vendors(desk.roster, tickets, zone, inert)
    return _bulleted(lines) or "The register has no vendors. They stand in frontdoor.toml, as [[vendors]]."


def _bulleted(lines: Sequence[str]) -> str:
    """What belongs to a line stands beneath it."""
    shown = (f"     {line.strip()}" if line.startswith(" ") else f"• {line}" for line in lines)
    return blocks.cut("\n".join(shown), blocks.TEXT)


def _line(ticket: Ticket, desk: Desk, zone: str) -> str:
    clocks = explain(ticket, zone)
    due = f"; next {stamp(clocks[0].due, zone)}" if clocks else ""
    return f"• {_title(ticket, desk)}{due}"


def _title(ticket: Ticket, desk: Desk) -> str:
    parts = (f"*{ticket.ref}*", mark(ticket), escape(desk.client(ticket.client)), state(ticket, desk))
    return " · ".join(part for part in parts if part)


def _listed(lines: Sequence[str]) -> str:
    more = [f"… and {len(lines) - _MANY} more"] if len(lines) > _MANY else []
    return blocks.cut("\n".join([*lines[:_MANY], *more]), blocks.TEXT)
