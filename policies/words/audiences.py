"""One incident, several audiences (CO-1): drafts for executives and end users, which a person sends, and the facts for technicians."""

from datetime import datetime

from policies.events import GAPS
from policies.facts import ExecutiveNews
from policies.markup import inert, stamp
from policies.ticket import Ticket

_WORDS = 300
_STATE: dict[ExecutiveNews, str] = {
    "declared": "{product} has a critical disturbance since {since}.",
    "again": "The critical disturbance of {product} has come back; it began {since}.",
    "estimate": "The critical disturbance of {product} that began {since} goes on.",
    "resolved": "The critical disturbance of {product} that began {since} is resolved.",
    "lowered": "The disturbance of {product} that began {since} is no longer critical.",
}
"""What has happened, in the words of the business."""


def executives(ticket: Ticket, news: ExecutiveNews, product: str, zone: str) -> str:
    """For executives: impact, since when, what is being done, and when the next word comes. Moments in `zone`."""
    state = _STATE[news].format(product=inert(product), since=_since(ticket, zone))
    over = news in {"resolved", "lowered"}
    lines = [state, f"Impact: {_impact(ticket, over=over)}"]
    if news == "resolved":
        lines.append("What was done: the fault is mended, and whoever reported it is asked to confirm that.")
        lines.append("Next word: only if something is left.")
    elif news == "lowered":
        lines.append("What is being done: work goes on until it is mended.")
        lines.append("Next word: when it is resolved.")
    else:
        lines.append(f"What is being done: {_doing(ticket)}")
        lines.append(f"Next word: {_next(ticket, zone)}")
    return "\n".join(lines)


def technicians(ticket: Ticket, engineer: str, zone: str) -> str:
    """For technicians: what, where, on which build, what is known of the cause, and who works on it."""
    block = ticket.block
    parts = [f"Since {_since(ticket, zone)}"]
    if block is not None:
        parts += [
            f"{inert(block.saas_name)} {inert(block.build_version)}, {inert(block.branch_env)}",
            f"{inert(block.device_type)}, {inert(block.issue_platform)}",
            f"at {inert(block.branch)}",
        ]
    known = inert(ticket.cause or (ticket.updates[-1].text if ticket.cycle_updates else ""))[:_WORDS]
    parts.append(f"known so far: {known or 'nothing yet'}")
    parts.append(f"engineer: {inert(engineer) if engineer else 'none yet'}")
    return "; ".join(parts)


def end_users(ticket: Ticket, news: ExecutiveNews, product: str, zone: str) -> str:
    """For the people who use it: plain and reassuring, without a cause."""
    name = inert(product)
    if news == "resolved":
        return f"{name} works again. Thank you for your patience; you need not do anything."
    if news == "lowered":
        return f"{name} can be used again, with limits. We go on until all is as it should be."
    ahead = ticket.promise_at is not None
    when = (
        f" We expect more news by {_next(ticket, zone)}"
        if ahead
        else " We will tell you as soon as it works."
    )
    return f"{name} does not work as it should at the moment. We know, and our engineers are working on it.{when}"


def _since(ticket: Ticket, zone: str) -> str:
    at: datetime | None = ticket.cycle_at or ticket.opened_at
    return stamp(at, zone) if at is not None else "today"


def _impact(ticket: Ticket, *, over: bool) -> str:
    said = ticket.block.issue_detail if ticket.block is not None else ticket.words
    told = "" if said in GAPS else inert(said)[:_WORDS]
    down = ("Production was down. " if over else "Production is down. ") if ticket.production_down else ""
    return f"{down}{told or 'not described yet.'}"


def _doing(ticket: Ticket) -> str:
    if ticket.developer or ticket.assigned_at is not None:
        return "an engineer is working on it, before everything else."
    if ticket.acknowledged_by:
        return "the development lead has taken it, and an engineer is being assigned."
    return "our people are being called in."


def _next(ticket: Ticket, zone: str) -> str:
    if ticket.promise_at is not None:
        return f"{stamp(ticket.promise_at, zone)}."
    return "as soon as there is an estimate."
