"""Why a target is due when it is due, as parts of sentences."""

from datetime import timedelta

from policies.facts import Aim, AimKind
from policies.markup import span, stamp
from policies.ticket import Ticket

TARGETS: dict[AimKind, str] = {
    "response": "a developer is to be assigned",
    "resolution": "it is to be resolved",
    "fix": "the permanent fix is to be in",
    "updates": "the client is to hear a word",
    "next_reply": "the client is to have an answer",
}


def told_of(aim: Aim) -> str:
    """What people are told at the moment the clock runs out."""
    what = TARGETS[aim.kind]
    if aim.next_at is not None and aim.next_at > aim.due_at:
        return f"people are asked again: {what}"
    left = next((left for moment, left in aim.warnings if moment == aim.next_at), "")
    return f"people are warned that {what}, with {left} left" if left else what


def counted(ticket: Ticket, aim: Aim, zone: str) -> str:
    """From when, how long, by which clock, and what does not count; moments in `zone`."""
    words = f"; due {stamp(aim.due_at, zone)}, {aim.amount} from {stamp(aim.since, zone)}"
    if aim.kind == "fix":
        return words
    flagged = ", flagged out of hours" if ticket.urgent else ""
    words += f" ({ticket.severity}{flagged})" if aim.kind != "next_reply" else ""
    rested = sum((end - begin for begin, end in ticket.pauses if end > aim.since), timedelta(0))
    if rested:
        words += f", without {span(rested.total_seconds())} in which the client was asked"
    if ticket.intensive and aim.kind == "response":
        words += ", shortened by the intensive period"
    return words + (f"; terms {ticket.terms[:8]}" if ticket.terms else "")
