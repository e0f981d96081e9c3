"""How each fact changes the ticket. Every kind is known here; an unknown one is an error, never ignored."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from policies import facts as f
from policies.changing import changed, replace
from policies.folding.calls import call_over, called, climbing, heard, ladder_started, on_ladder, round_over
from policies.folding.ends import closed, confirmed, ended, reopened, resolved, woken
from policies.folding.incident import INCIDENT
from policies.folding.register import REGISTER, revert_asked, vendor_looked_for
from policies.folding.terms import TERMS, met, sooner
from policies.folding.updates import missed, relayed, told, told_neutral, updated, word_missed
from policies.ticket import CodeChange, Stage, Ticket

_NOTHING = Ticket(id=0)


def fold(ticket_id: int, facts: Iterable[f.AnyFact]) -> Ticket:
    """The ticket that `facts`, in order, add up to."""
    ticket = replace(_NOTHING, id=ticket_id)
    for fact in facts:
        ticket = apply(ticket, fact)
    return ticket


def apply(ticket: Ticket, fact: f.AnyFact) -> Ticket:
    """The ticket after one more fact; KeyError for a kind nobody folds."""
    return _FOLDS[type(fact)](ticket, fact)


def _opened(ticket: Ticket, fact: f.Opened) -> Ticket:
    return replace(
        ticket,
        ref=fact.ref,
        client=fact.client,
        channel=fact.channel,
        thread=fact.thread,
        author=fact.author,
        opened_at=fact.at,
        cycle_at=fact.at,
        previous=fact.previous,
        late=fact.late,
        respond_at=fact.respond_at,
        check_at=fact.check_at,
        unclaimed_at=fact.unclaimed_at,
        grouping_until=fact.grouping_until,
    )


def _wrote(ticket: Ticket, fact: f.Wrote) -> Ticket:
    ticket = replace(ticket, grouping_until=fact.grouping_until)
    if fact.side == "staff":
        return told(ticket, fact.at)
    if not fact.woke:
        return ticket
    return replace(
        woken(ticket),
        attention_at=fact.attention_at or ticket.attention_at,
        waiting_since=ticket.waiting_since or fact.at,
    )


def _first_response(ticket: Ticket, fact: f.FirstResponse) -> Ticket:
    """A person's word needs no confirmation; ours is checked as long after it as was meant, however late it was said."""
    ticket = replace(
        ticket, responded_by=fact.by, response_slot=fact.slot, told_at=fact.at, waiting_since=None
    )
    if not fact.slot:
        ladder = None if climbing(ticket, "check") else ticket.ladder
        return replace(ticket, respond_at=None, check_at=None, ladder=ladder)
    if ticket.check_at is None or ticket.respond_at is None:
        return replace(ticket, respond_at=None)
    late = max(fact.at - ticket.respond_at, timedelta(0))
    return replace(ticket, respond_at=None, check_at=ticket.check_at + late)


def _first_response_posted(ticket: Ticket, fact: f.FirstResponsePosted) -> Ticket:
    if not fact.sent:
        return ticket
    return replace(ticket, check_at=None, ladder=None if climbing(ticket, "check") else ticket.ladder)


def _claimed(ticket: Ticket, fact: f.Claimed) -> Ticket:
    stage = Stage.CLAIMED if ticket.stage is Stage.NEW else ticket.stage
    return replace(
        ticket,
        stage=stage,
        owner=fact.owner,
        unclaimed_at=None,
        attention_at=fact.attention_at if stage is Stage.CLAIMED else ticket.attention_at,
        ladder=None if climbing(ticket, "claim", "check", "down") else ticket.ladder,
    )


def _nudged(ticket: Ticket, fact: f.Nudged) -> Ticket:
    return _NUDGES[fact.what](ticket, fact)


def _replied(ticket: Ticket, fact: f.Replied) -> Ticket:
    ticket = replace(
        told(ticket, fact.at),
        respond_at=None,
        check_at=None,
        responded_by=ticket.responded_by or fact.by,
        grouping_until=fact.grouping_until,
        attention_at=fact.attention_at,
        ladder=None if climbing(ticket, "claim", "check", "down") else ticket.ladder,
    )
    if fact.silence_at is None:
        return ticket
    return replace(
        ticket,
        silence_at=fact.silence_at,
        silence_since=fact.at,
        silence_sent=0,
        unclaimed_at=None,
        attention_at=None,
    )


def _escalated(ticket: Ticket, fact: f.Escalated) -> Ticket:
    return replace(
        ticket,
        stage=Stage.ESCALATED,
        owner=ticket.owner or fact.by,
        block=fact.block,
        escalated_by=fact.by,
        escalated_at=fact.at,
        in_hours=fact.in_hours,
        lead=fact.lead,
        acknowledge_at=fact.acknowledge_at,
        unclaimed_at=None,
        attention_at=None,
        ladder=ticket.ladder if climbing(ticket, "decide") else None,
    )


def _acknowledged(ticket: Ticket, fact: f.Acknowledged) -> Ticket:
    return replace(
        ticket,
        stage=Stage.ACKNOWLEDGED,
        acknowledge_at=None,
        acknowledged_by=fact.person,
        acknowledged_at=fact.at,
        lead=fact.person,
        assign_nudge_at=fact.nudge_at,
        assign_ring_at=fact.ring_at,
        decide_at=fact.nudge_at if climbing(ticket, "decide") else ticket.decide_at,
        ladder=None,
    )


def _assigned(ticket: Ticket, fact: f.Assigned) -> Ticket:
    return replace(
        ticket,
        stage=Stage.ASSIGNED,
        developer=fact.developer,
        assigned_at=ticket.assigned_at or fact.at,
        assign_nudge_at=None,
        assign_ring_at=None,
        update_at=fact.update_at,
        update_which=("second_update" if ticket.cycle_updates else "first_update") if fact.update_at else "",
        ladder=None if climbing(ticket, "assign", "acknowledge") else ticket.ladder,
        aims=met(ticket, "response"),
    )


def _declined(ticket: Ticket, fact: f.Declined) -> Ticket:
    return replace(
        ticket,
        stage=Stage.ACKNOWLEDGED,
        developer="",
        assign_nudge_at=fact.nudge_at,
        assign_ring_at=fact.ring_at,
    )


def _code_change(ticket: Ticket, fact: f.CodeChangeLogged) -> Ticket:
    change = CodeChange(
        number=fact.number, entry=fact.entry, summary=fact.summary, urgent=fact.urgent, scope=fact.scope
    )
    return replace(ticket, code_changes=(*ticket.code_changes, change))


def _same(ticket: Ticket, _fact: f.AnyFact) -> Ticket:
    return ticket


_FOLDS: dict[type, Callable[[Ticket, Any], Ticket]] = {
    f.Opened: _opened,
    f.Wrote: _wrote,
    f.FirstResponse: _first_response,
    f.FirstResponsePosted: _first_response_posted,
    f.Undelivered: lambda t, x: replace(t, undelivered=(*t.undelivered, x.slot)),
    f.DeliverySettled: lambda t, x: replace(
        t, undelivered=tuple(slot for slot in t.undelivered if slot != x.slot)
    ),
    f.ThreadStarted: lambda t, x: replace(t, thread=x.ts),
    f.FirstResponseUnconfirmed: lambda t, x: replace(t, check_at=None),
    f.ProductionDown: lambda t, x: replace(sooner(woken(t), x), production_down=True),
    f.Claimed: _claimed,
    f.Nudged: _nudged,
    f.Replied: _replied,
    f.Escalated: _escalated,
    f.LadderStarted: ladder_started,
    f.Called: called,
    f.Skipped: lambda t, x: on_ladder(t, rung=x.rung),
    f.PickedUp: lambda t, x: on_ladder(t, guard_at=x.guard_at),
    f.CallOver: call_over,
    f.RoundOver: round_over,
    f.Acknowledged: _acknowledged,
    f.Heard: heard,
    f.Assigned: _assigned,
    f.Declined: _declined,
    f.Updated: updated,
    f.Warned: lambda t, x: replace(t, warn_at=None),
    f.ClientToldNeutral: told_neutral,
    f.WordMissed: word_missed,
    f.UpdateMissed: missed,
    f.Relayed: relayed,
    f.CodeChangeLogged: _code_change,
    f.Resolved: resolved,
    f.Confirmed: confirmed,
    f.Closed: closed,
    f.Dismissed: lambda t, x: ended(t, Stage.DISMISSED),
    f.Reopened: reopened,
    f.Merged: lambda t, x: replace(ended(t, Stage.MERGED), merged_into=x.into),
    f.Absorbed: lambda t, x: replace(t, also=(*t.also, (x.channel, x.thread))),
    **TERMS,
    **REGISTER,
    **INCIDENT,
    **dict.fromkeys((f.Edited, f.ReachedByVoice, f.SplitOff, f.RefusedTry, f.CapReached, f.Erased), _same),
}

_NUDGES: dict[f.Nudge, Callable[[Ticket, f.Nudged], Ticket]] = {
    "unclaimed": lambda t, x: replace(t, unclaimed_at=x.next_at, unclaimed_reminded=True),
    "attention": lambda t, x: replace(t, attention_at=x.next_at),
    "assign": lambda t, x: replace(t, assign_nudge_at=x.next_at),
    "silence": lambda t, x: replace(t, silence_at=x.next_at, silence_sent=t.silence_sent + 1),
    "relay": lambda t, x: replace(t, updates=changed(t.updates, int(x.subject), relay_at=x.next_at)),
    "revert": revert_asked,
    "vendor": vendor_looked_for,
    "warning": lambda t, x: replace(t, warn_at=x.next_at),
    "decide": lambda t, x: replace(t, decide_at=x.next_at),
}
