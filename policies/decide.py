"""The one question: an event, the ticket as it stands, the circumstances; what follows?"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

from policies import events as e
from policies.access import identify, may
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import AnyEffect, Card, Home, SheetRow
from policies.facts import RefusedTry
from policies.fold import apply
from policies.steps import acknowledge, away, escalate, intake, resolve, triage, update, workaround
from policies.ticket import Ticket

Step = Callable[[Any, Ticket, Who, Context], Decision | Refused]


def decide(event: e.AnyEvent, ticket: Ticket | None, ctx: Context) -> Decision | Refused:
    """What follows from `event` for `ticket` (None for a new one, or for events of no ticket).

    Pure: the same arguments give the same answer. Refreshes of cards, sheet and App Home are added here.
    """
    where = getattr(event, "channel", "") or (ticket.channel if ticket is not None else "")
    who = identify(event.actor, ctx.roster, where)
    result = _decide(event, ticket, who, ctx)
    if isinstance(result, Refused):
        return result
    return replace(result, effects=(*result.effects, *_refreshes(ticket, result, ctx)))


def refusal_fact(refused: Refused, event: e.AnyEvent, ctx: Context) -> RefusedTry:
    """How a refusal stands on the timeline."""
    who = identify(event.actor, ctx.roster)
    return RefusedTry(at=ctx.now, by=who.key, verb=refused.verb, why=refused.why)


def _decide(event: e.AnyEvent, ticket: Ticket | None, who: Who, ctx: Context) -> Decision | Refused:
    match event:
        case e.MessagePosted():
            return intake.message_posted(event, ticket, who, ctx)
        case e.OpenRequest():
            return may(who, "open") or intake.open_request(event, ticket, who, ctx)
        case e.SetAway():
            return away.away(event, who, ctx)
    if ticket is None:
        return _no_ticket(event)
    match event:
        case e.ClockFired():
            return _clock(event, ticket, ctx)
        case e.CallEnded():
            return acknowledge.call_ended(event, ticket, ctx)
        case e.CallAnswered():
            return acknowledge.call_answered(event, ticket, ctx)
        case e.EffectSettled():
            return intake.first_response_settled(event, ticket, ctx)
        case e.Pressed():
            return may(who, event.verb, ticket) or _pressed(event, ticket, who, ctx)
        case _:
            verb, step = _STEPS[type(event)]
            return (may(who, verb, ticket) if verb is not None else None) or step(event, ticket, who, ctx)


def _no_ticket(event: e.AnyEvent) -> Decision | Refused:
    """An edit of a message that belongs to nothing is nothing; a button without its request is an answer."""
    if isinstance(event, e.MessageEdited | e.MessageDeleted | e.EffectSettled | e.CallEnded | e.CallAnswered | e.ClockFired):
        return NOTHING
    return Refused(verb=getattr(event, "verb", event.kind), why="There is no such request.", record=False)


_STEPS: dict[type, tuple[e.Verb | None, Step]] = {
    e.MessageEdited: (None, intake.message_edited),
    e.MessageDeleted: (None, intake.message_deleted),
    e.KeyPressed: (None, acknowledge.key_pressed),
    e.Absorb: ("merge", triage.absorb),
    e.Reply: ("reply", triage.reply),
    e.Answer: ("answer", triage.answer),
    e.ChangeRequest: ("change_request", triage.change_request),
    e.MergeInto: ("merge", triage.merge),
    e.Split: ("split", triage.split),
    e.Escalate: ("escalate", escalate.escalate),
    e.Assign: ("assign", acknowledge.assign),
    e.GiveUpdate: ("update", update.give_update),
    e.Relay: ("relay", update.relay),
    e.Resolve: ("resolve", resolve.resolve),
    e.CodeChange: ("code_change", resolve.code_change),
    e.Workaround: ("workaround", workaround.record),
}


def _pressed(event: e.Pressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    match event.verb:
        case "claim":
            return triage.claim(ticket, who, ctx)
        case "dismiss":
            return triage.dismiss(ticket, who, ctx)
        case "call_now":
            return escalate.call_now(ticket, who, ctx)
        case "reached_by_voice":
            return escalate.reached_by_voice(event.note, ticket, who, ctx)
        case "acknowledge":
            return acknowledge.acknowledge(ticket, who, ctx, "slack")
        case "pass_on":
            return acknowledge.pass_on(ticket, who, ctx)
        case "decline":
            return acknowledge.decline(event.note, ticket, who, ctx)
        case "reverted":
            return workaround.reverted(event.subject, ticket, who, ctx)
        case _:
            return _pressed_at_the_end(event, ticket, who, ctx)


def _pressed_at_the_end(event: e.Pressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    match event.verb:
        case "confirm":
            return resolve.confirm(ticket, who, ctx)
        case "close":
            return resolve.close(ticket, who, ctx)
        case "reopen":
            return resolve.reopen(ticket, who, ctx)
        case "production_down":
            return intake.production_down(ticket, who, ctx)
        case "solved":
            return resolve.solved(ticket, who, ctx)
        case "still_broken":
            return resolve.still_broken(ticket, who, ctx)
        case _:
            return Refused(verb=event.verb, why="That needs its form.", record=False)


def _clock(event: e.ClockFired, ticket: Ticket, ctx: Context) -> Decision:
    for step in (intake, triage, escalate, acknowledge, update, workaround):
        decision = step.clock(event, ticket, ctx)
        if decision is not None:
            return decision
    raise LookupError(f"no step knows the clock {event.clock!r}")


def _refreshes(ticket: Ticket | None, decision: Decision, ctx: Context) -> tuple[AnyEffect, ...]:
    """Cards, sheet row and App Homes follow every change of the ticket."""
    if not decision.facts or (ticket is None and not decision.opens):
        return ()
    before = ticket if ticket is not None and not decision.opens else Ticket(id=0)
    after = reduce(apply, decision.facts, before)
    effects: list[AnyEffect] = [] if any(isinstance(x, Card) and x.slot == "card:support" for x in decision.effects) else [Card(slot="card:support")]
    if after.block is not None and not any(isinstance(x, Card) and x.slot == "card:escalation" for x in decision.effects):
        effects.append(Card(slot="card:escalation"))
    effects.append(SheetRow())
    people = {before.owner, after.owner, before.developer, after.developer, before.lead, after.lead} - {""}
    effects += [Home(user=ctx.roster.by_key[key].slack) for key in sorted(people) if key in ctx.roster.by_key]
    return tuple(effects)
