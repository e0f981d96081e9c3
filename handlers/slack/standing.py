"""How a request stands by its severity: the badge beside its name, what is special about it, and until when what is due. Pure."""

from collections.abc import Iterator

from policies.intensive import day_of
from policies.markup import moment
from policies.people import Client
from policies.terms import Terms
from policies.ticket import Ticket
from policies.words import severity as wording_severity


def badge(ticket: Ticket) -> str:
    """Its severity in plain words; empty where it has none."""
    if not ticket.severity:
        return ""
    until = "" if ticket.severity_by else " until set"
    return f"{ticket.severity}{', urgent' if ticket.urgent else ''}{until}"


def mark(ticket: Ticket) -> str:
    """The same for a list: nothing until somebody has set it."""
    return badge(ticket) if ticket.severity_by else ""


def special(ticket: Ticket, client: Client | None, terms: Terms, zone: str) -> str:
    """What is not as usual about its targets, in one line; mostly nothing."""
    return " · ".join(_special(ticket, client, terms, zone)) if ticket.live_aims else ""


def _special(ticket: Ticket, client: Client | None, terms: Terms, zone: str) -> Iterator[str]:
    if ticket.proposed is not None:
        wanted = wording_severity.named(ticket.proposed.severity, urgent=ticket.proposed.urgent)
        yield f"*{wanted}* is proposed"
    if ticket.intensive and client is not None and ticket.cycle_at is not None:
        yield f"Intensive period, day {day_of(client, ticket.cycle_at)} of {terms.intensive.days}"
    if ticket.resting_since is not None:
        yield f"Targets rest since {moment(ticket.resting_since, zone)}: the client is asked"


def targets(ticket: Ticket, zone: str) -> str:
    """Until when what is due by its severity, soonest first, in one line; nothing while the targets rest."""
    live = [aim for aim in ticket.live_aims if ticket.resting_since is None or aim.kind == "fix"]
    if not live or not (ticket.is_open or ticket.fix_wanted):
        return ""
    said = (
        f"{'⚠ ' if (aim.kind, 'missed', aim.due_at) in ticket.announced else ''}"
        f"{wording_severity.SHORT[aim.kind]} {moment(aim.due_at, zone)}"
        for aim in sorted(live, key=lambda aim: aim.due_at)
    )
    return f"🎯 {ticket.severity}: {' · '.join(said)}"
