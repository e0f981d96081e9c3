"""Why each clock and target of a request stands where it stands: the stretches of time that its moment is made of. Pure."""

from dataclasses import dataclass
from datetime import datetime

from policies.clocks import Explained, explain
from policies.facts import Aim
from policies.hours import Hours
from policies.terms import Terms
from policies.ticket import Ticket
from policies.words.hours import Segment, between


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A running clock and the calendar that its time is counted in ("" is plain time), with the stretches where there are any."""

    clock: Explained
    calendar: str = ""
    segments: tuple[Segment, ...] = ()


def reasons(ticket: Ticket, terms: Terms, zone: str) -> tuple[Reason, ...]:
    """Every running clock, soonest first; moments in the words are in `zone` (IANA)."""
    return tuple(_reason(item, ticket, terms) for item in explain(ticket, zone))


def _reason(item: Explained, ticket: Ticket, terms: Terms) -> Reason:
    if item.target is not None:
        calendar = "business" if counts_open(item.target) else ""
        return Reason(clock=item, calendar=calendar, segments=of_target(item.target, ticket, terms))
    since = _since(item, ticket)
    if since is None or since >= item.due:
        return Reason(clock=item)
    calendar = "support" if item.kind == "unclaimed" else ""
    found = between(terms.support, since, item.due, plain=not calendar)
    return Reason(clock=item, calendar=calendar, segments=tuple(found))


def _since(item: Explained, ticket: Ticket) -> datetime | None:
    """From when a clock of one stretch counts, None where its words say enough."""
    match item.kind:
        case "unclaimed" if not ticket.unclaimed_reminded:
            return ticket.cycle_at
        case "acknowledge":
            return ticket.escalated_at
        case "assign_nudge" | "assign_ring":
            return ticket.acknowledged_at
        case "update" if item.subject == "first_update":
            return ticket.assigned_at
        case "promise":
            return ticket.promise_given_at
        case _:
            return None


def of_target(aim: Aim, ticket: Ticket, terms: Terms) -> tuple[Segment, ...]:
    """What the due moment of a target is made of; what counted adds up to its amount."""
    pauses = () if aim.kind == "fix" else ticket.pauses
    return tuple(between(terms.business, aim.since, aim.due_at, pauses, plain=not counts_open(aim)))


def counts_open(aim: Aim) -> bool:
    """Whether its amount is business time: its words say so (policies.targets.words_for)."""
    return "business" in aim.amount


def calendars(terms: Terms) -> tuple[tuple[str, Hours], ...]:
    """The working calendars of the terms by name, each once where several are the same."""
    named = (("support", terms.support), ("development", terms.development), ("business", terms.business))
    found: dict[Hours, str] = {}
    for name, hours in named:
        found[hours] = f"{found[hours]}, {name}" if hours in found else name
    return tuple((name, hours) for hours, name in found.items())
