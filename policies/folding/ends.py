"""How resolving, closing and reopening change the ticket."""

from policies import facts as f
from policies.changing import replace
from policies.folding.terms import met
from policies.ticket import Stage, Ticket, Update


def woken(ticket: Ticket) -> Ticket:
    """The client answered: it is no longer the one to answer (TR-6)."""
    return replace(ticket, silence_at=None, silence_since=None, silence_sent=0)


def resolved(ticket: Ticket, fact: f.Resolved) -> Ticket:
    """Answered or fixed; the client is asked to confirm."""
    return replace(
        _calm(ticket),
        stage=Stage.RESOLVED,
        outcome=fact.outcome,
        resolution=fact.text,
        cause=fact.cause,
        steps=fact.steps,
        silence_at=fact.silence_at,
        silence_since=fact.at if fact.silence_at else None,
        silence_sent=0,
        attention_at=fact.attention_at,
        waiting_since=ticket.waiting_since if fact.outcome == "fixed" else None,
        confirmed_by="",
        confirmed_at=None,
        resolved_at=fact.at,
    )


def _calm(ticket: Ticket) -> Ticket:
    """Nothing of the way there runs any more; updates to relay and workarounds stay."""
    return replace(
        ticket,
        respond_at=None,
        check_at=None,
        unclaimed_at=None,
        attention_at=None,
        silence_at=None,
        silence_since=None,
        acknowledge_at=None,
        assign_nudge_at=None,
        assign_ring_at=None,
        update_at=None,
        update_which="",
        promise_at=None,
        promise_given_at=None,
        warn_at=None,
        neutral_at=None,
        heard_at=None,
        decide_at=None,
        ladder=None,
        aims=met(ticket, "response", "resolution", "updates"),
        resting_since=None,
    )


def confirmed(ticket: Ticket, fact: f.Confirmed) -> Ticket:
    """The client said yes."""
    return replace(
        woken(ticket),
        confirmed_by=fact.by,
        confirmed_at=fact.at,
        attention_at=fact.attention_at,
        word=None,
    )


def ended(ticket: Ticket, stage: Stage) -> Ticket:
    """Nothing is wanted any more."""
    return replace(_calm(ticket), stage=stage, updates=_no_drafts(ticket), word=None)


def _no_drafts(ticket: Ticket) -> tuple[Update, ...]:
    return tuple(replace(update, relay_at=None) for update in ticket.updates)


def closed(ticket: Ticket, fact: f.Closed) -> Ticket:
    """Closed, for as long as the client stays silent."""
    ticket = ended(ticket, Stage.CLOSED)
    return replace(ticket, closed_at=fact.at, outcome=fact.outcome, reopen_until=fact.reopen_until)


def reopened(ticket: Ticket, fact: f.Reopened) -> Ticket:
    """A new cycle: what was decided on the way to the last end is forgotten."""
    return replace(
        _calm(ticket),
        stage=Stage.NEW,
        cycle=ticket.cycle + 1,
        cycle_at=fact.at,
        proposed=None,
        told_at=None,
        waiting_since=None,
        updates=_no_drafts(ticket),
        updates_before=len(ticket.updates),
        word=None,
        owner="",
        respond_at=fact.respond_at,
        check_at=fact.check_at,
        unclaimed_at=fact.unclaimed_at,
        unclaimed_reminded=False,
        grouping_until=fact.grouping_until,
        responded_by="",
        response_slot="",
        production_down=False,
        lead="",
        developer="",
        acknowledged_by="",
        acknowledged_at=None,
        assigned_at=None,
        escalated_at=None,
        escalated_by="",
        outcome="",
        resolution="",
        cause="",
        steps="",
        confirmed_by="",
        confirmed_at=None,
        resolved_at=None,
        closed_at=None,
        reopen_until=None,
        incident="",
        led_by=0,
        leader_ref="",
        members=(),
    )
