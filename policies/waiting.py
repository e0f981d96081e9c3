"""Whether the clocks of development wait for its opening (ES-6)."""

from datetime import datetime, timedelta
from typing import TypedDict

from policies.decision import Context
from policies.hours import Open, due, is_open
from policies.ticket import Ticket

_LOW = frozenset({"S3", "S4"})


def waits_for_opening(ticket: Ticket, ctx: Context) -> bool:
    """Severities 3 and 4 wait where the terms say so; never while production is down."""
    return ctx.terms.low_waits and ticket.severity in _LOW and not ticket.down


def development_time(ticket: Ticket, ctx: Context, amount: timedelta) -> datetime:
    """`amount` from now on: day and night, or in development's working hours where it waits for them."""
    if not waits_for_opening(ticket, ctx):
        return ctx.now + amount
    return due(ctx.terms.development, ctx.now, Open(amount)) or ctx.now + amount


def acknowledge_by(ticket: Ticket, ctx: Context) -> datetime:
    """ES-2: the end of the window that is in force now; what waits for the opening has the window of the day."""
    terms = ctx.terms
    by_day = is_open(terms.development, ctx.now) or waits_for_opening(ticket, ctx)
    return development_time(ticket, ctx, terms.acknowledge if by_day else terms.acknowledge_outside)


def decide_by(ctx: Context) -> datetime:
    """SV-2: whoever decides of Severity 1 has the window of ES-2 that is in force now; what may be one waits for no opening."""
    terms = ctx.terms
    by_day = is_open(terms.development, ctx.now)
    return ctx.now + (terms.acknowledge if by_day else terms.acknowledge_outside)


class Sooner(TypedDict, total=False):
    """Clocks of development that were brought nearer; None for one that does not run."""

    acknowledge_at: datetime | None
    nudge_at: datetime | None
    ring_at: datetime | None
    update_at: datetime | None


def no_longer(before: Ticket, after: Ticket, ctx: Context) -> Sooner:
    """What runs from now on where `before` waited for the opening and `after` does not; what is due sooner stays.

    Nothing where another request leads it: its clocks rest there, and begin anew when it leaves.
    """
    if before.is_led or not waits_for_opening(before, ctx) or waits_for_opening(after, ctx):
        return {}
    now, terms = ctx.now, ctx.terms
    update = terms.first_update if after.update_which == "first_update" else terms.second_update
    return {
        "acknowledge_at": _nearer(after.acknowledge_at, acknowledge_by(after, ctx)),
        "nudge_at": _nearer(after.assign_nudge_at, now + terms.assign_nudge),
        "ring_at": _nearer(after.assign_ring_at, now + terms.assign_ring),
        "update_at": _nearer(after.update_at, now + update),
    }


def _nearer(at: datetime | None, then: datetime) -> datetime | None:
    return None if at is None else min(at, then)
