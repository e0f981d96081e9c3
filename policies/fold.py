"""How each fact changes the ticket. Every kind is known here; an unknown one is an error, never ignored."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from policies import facts as f
from policies.changing import replace
from policies.fold_calls import call_over, called, climbing, ladder_started, on_ladder, round_over
from policies.ticket import CodeChange, Stage, Ticket, Update, Workaround


def fold(ticket_id: int, facts: Iterable[f.AnyFact]) -> Ticket:
    """The ticket that `facts`, in order, add up to."""
    ticket = Ticket(id=ticket_id)
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
        return replace(ticket, neutral_at=_still_to_tell(ticket))
    attention_at = fact.attention_at or ticket.attention_at
    return replace(_woken(ticket), attention_at=attention_at) if fact.woke else ticket


def _woken(ticket: Ticket) -> Ticket:
    return replace(ticket, silence_at=None, silence_since=None, silence_sent=0)


def _first_response(ticket: Ticket, fact: f.FirstResponse) -> Ticket:
    """A person's word needs no confirmation; ours is checked as long after it as was meant, however late it was said."""
    ticket = replace(ticket, responded_by=fact.by, response_slot=fact.slot)
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
    match fact.what:
        case "unclaimed":
            return replace(ticket, unclaimed_at=fact.next_at, unclaimed_reminded=True)
        case "attention":
            return replace(ticket, attention_at=fact.next_at)
        case "assign":
            return replace(ticket, assign_nudge_at=fact.next_at)
        case "silence":
            return replace(ticket, silence_at=fact.next_at, silence_sent=ticket.silence_sent + 1)
        case "relay":
            return replace(ticket, updates=_changed(ticket.updates, int(fact.subject), relay_at=fact.next_at))
        case "revert":
            return replace(
                ticket, workarounds=_changed(ticket.workarounds, int(fact.subject), ask_at=fact.next_at)
            )
        case "warning":
            return replace(ticket, warn_at=fact.next_at)


def _changed(items: tuple[Any, ...], number: int, **changes: object) -> tuple[Any, ...]:
    return tuple(replace(item, **changes) if item.number == number else item for item in items)


def _replied(ticket: Ticket, fact: f.Replied) -> Ticket:
    ticket = replace(
        ticket,
        respond_at=None,
        check_at=None,
        responded_by=ticket.responded_by or fact.by,
        grouping_until=fact.grouping_until,
        attention_at=fact.attention_at,
        neutral_at=_still_to_tell(ticket),
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


def _still_to_tell(ticket: Ticket) -> datetime | None:
    """UP-3: a word to the client counts as told from the warning on, not before."""
    return ticket.neutral_at if ticket.warn_at is not None else None


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
        ladder=None,
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
    )


def _declined(ticket: Ticket, fact: f.Declined) -> Ticket:
    return replace(
        ticket,
        stage=Stage.ACKNOWLEDGED,
        developer="",
        assign_nudge_at=fact.nudge_at,
        assign_ring_at=fact.ring_at,
    )


def _updated(ticket: Ticket, fact: f.Updated) -> Ticket:
    update = Update(
        number=fact.number,
        at=fact.at,
        by=fact.by,
        what=fact.what,
        text=fact.text,
        promise=fact.promise,
        relay_at=fact.relay_at,
    )
    return replace(
        ticket,
        updates=(*ticket.updates, update),
        update_at=fact.next_at,
        update_which="second_update" if fact.next_at else "",
        promise_at=fact.promise,
        promise_given_at=fact.at if fact.promise else None,
        warn_at=fact.warn_at,
        neutral_at=fact.neutral_at,
        heard_at=None,
        ladder=None if climbing(ticket, "update") else ticket.ladder,
    )


def _missed(ticket: Ticket, fact: f.UpdateMissed) -> Ticket:
    if fact.which == "promise":
        return replace(ticket, promise_at=None, warn_at=None, neutral_at=None)
    return replace(ticket, update_at=None)


def _relayed(ticket: Ticket, fact: f.Relayed) -> Ticket:
    older = tuple(
        replace(update, relay_at=None) if update.number < fact.number else update for update in ticket.updates
    )
    ticket = replace(
        ticket,
        updates=_changed(older, fact.number, relayed=True, sent=fact.text, relay_at=None),
        neutral_at=_still_to_tell(ticket),
        grouping_until=fact.grouping_until,
    )
    if fact.silence_at is None:
        return ticket
    return replace(
        ticket, silence_at=fact.silence_at, silence_since=fact.at, silence_sent=0, attention_at=None
    )


def _code_change(ticket: Ticket, fact: f.CodeChangeLogged) -> Ticket:
    change = CodeChange(
        number=fact.number, entry=fact.entry, summary=fact.summary, urgent=fact.urgent, scope=fact.scope
    )
    return replace(ticket, code_changes=(*ticket.code_changes, change))


def _workaround(ticket: Ticket, fact: f.WorkaroundRecorded) -> Ticket:
    item = Workaround(
        number=fact.number,
        what=fact.what,
        original=fact.original,
        author=fact.author,
        lead=fact.lead,
        revert_at=fact.revert_at,
        ask_at=fact.revert_at,
    )
    return replace(ticket, workarounds=(*ticket.workarounds, item))


def _resolved(ticket: Ticket, fact: f.Resolved) -> Ticket:
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
        confirmed_by="",
        confirmed_at=None,
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
        ladder=None,
    )


def _confirmed(ticket: Ticket, fact: f.Confirmed) -> Ticket:
    return replace(_woken(ticket), confirmed_by=fact.by, confirmed_at=fact.at, attention_at=fact.attention_at)


def _ended(ticket: Ticket, stage: Stage) -> Ticket:
    return replace(_calm(ticket), stage=stage, updates=_no_drafts(ticket))


def _no_drafts(ticket: Ticket) -> tuple[Update, ...]:
    return tuple(replace(update, relay_at=None) for update in ticket.updates)


def _closed(ticket: Ticket, fact: f.Closed) -> Ticket:
    ticket = _ended(ticket, Stage.CLOSED)
    return replace(ticket, closed_at=fact.at, outcome=fact.outcome, reopen_until=fact.reopen_until)


def _reopened(ticket: Ticket, fact: f.Reopened) -> Ticket:
    return replace(
        _calm(ticket),
        stage=Stage.NEW,
        cycle=ticket.cycle + 1,
        updates=_no_drafts(ticket),
        updates_before=len(ticket.updates),
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
        closed_at=None,
        reopen_until=None,
    )


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
    f.ProductionDown: lambda t, x: replace(_woken(t), production_down=True),
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
    f.Heard: lambda t, x: replace(t, heard_at=x.until, ladder=None),
    f.Assigned: _assigned,
    f.Declined: _declined,
    f.Updated: _updated,
    f.Warned: lambda t, x: replace(t, warn_at=None),
    f.ClientToldNeutral: lambda t, x: replace(t, neutral_at=None),
    f.UpdateMissed: _missed,
    f.Relayed: _relayed,
    f.CodeChangeLogged: _code_change,
    f.WorkaroundRecorded: _workaround,
    f.Reverted: lambda t, x: replace(
        t, workarounds=_changed(t.workarounds, x.number, reverted=True, ask_at=None)
    ),
    f.Resolved: _resolved,
    f.Confirmed: _confirmed,
    f.Closed: _closed,
    f.Dismissed: lambda t, x: _ended(t, Stage.DISMISSED),
    f.Reopened: _reopened,
    f.Merged: lambda t, x: replace(_ended(t, Stage.MERGED), merged_into=x.into),
    f.Absorbed: lambda t, x: replace(t, also=(*t.also, (x.channel, x.thread))),
    **dict.fromkeys((f.Edited, f.ReachedByVoice, f.SplitOff, f.RefusedTry, f.CapReached, f.Erased), _same),
}
