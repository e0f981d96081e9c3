"""Acknowledging, passing on, assigning, and what comes back from the telephone (ES-2 to ES-5)."""

from dataclasses import replace
from datetime import datetime

from policies import facts as f
from policies import ladder
from policies.access import may
from policies.decision import Context, Decision, Refused, Who
from policies.effects import HangUp
from policies.events import Assign, CallAnswered, CallEnded, CallOutcome, ClockFired, KeyPressed
from policies.folding.fold import apply
from policies.ladder import let_go
from policies.markup import span, stamp
from policies.people import Role
from policies.steps.common import (
    attention_time,
    climbed,
    joined,
    lead_mention,
    name_of,
    own_thread,
    ringing,
    stage_is,
    to_person,
    to_us,
)
from policies.ticket import Stage, Ticket
from policies.waiting import development_time
from policies.words import internal as wording
from policies.words import spoken


def acknowledge(ticket: Ticket, who: Who, ctx: Context, via: str) -> Decision | Refused:
    """ES-2: a person has it. Whoever comes later hears who, and since when."""
    if ticket.stage is not Stage.ESCALATED:
        return Refused(verb="acknowledge", why=_taken(ticket, who, ctx))
    now, terms = ctx.now, ctx.terms
    fact = f.Acknowledged(
        at=now,
        by=who.key,
        person=who.key,
        via=via,
        nudge_at=development_time(ticket, ctx, terms.assign_nudge),
        ring_at=development_time(ticket, ctx, terms.assign_ring),
    )
    told = to_us(
        ticket, "acknowledged", wording.acknowledged(who.name, via), "escalation_thread", lane="escalation"
    )
    return Decision(facts=(fact,), effects=(*let_go(ticket, ctx), told), said=f"{ticket.ref} is yours.")


def _taken(ticket: Ticket, who: Who, ctx: Context) -> str:
    if ticket.acknowledged_by and ticket.acknowledged_at is not None:
        name = "you" if ticket.acknowledged_by == who.key else name_of(ticket.acknowledged_by, ctx)
        zone = who.person.zone if who.person is not None else ctx.zone
        return f"{ticket.ref} is already acknowledged by {name}, {stamp(ticket.acknowledged_at, zone)}."
    return f"{ticket.ref} is not waiting for an acknowledgement."


def pass_on(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The next person is rung at once, by whichever way it was passed on."""
    if ticket.stage is not Stage.ESCALATED:
        return Refused(verb="pass_on", why=_taken(ticket, who, ctx))
    told = to_us(
        ticket,
        f"passed:{who.key}:{ticket.calls}",
        wording.passed(who.name),
        "escalation_thread",
        lane="escalation",
    )
    if ringing(ticket, "acknowledge"):
        if ticket.ladder is not None and ticket.ladder.token and ticket.ladder.person != who.key:
            name = name_of(ticket.ladder.person, ctx)
            return Refused(verb="pass_on", why=f"{name} is being called already.")
        return joined(Decision(effects=(told,)), _passed(ticket, who, ctx), Decision(said="Passed on."))
    climb = ladder.start(ticket, "acknowledge", ctx, first=ladder.behind(who.key, "acknowledge", ticket, ctx))
    return joined(
        Decision(effects=(told,)), climbed(climb, said="Passed on: the next person is being called.")
    )


def _passed(ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """Their own call is over; between rounds the next one begins behind them."""
    if ticket.ladder is not None and ticket.ladder.token:
        return _over(ticket, "passed", "", ctx, by=who.key)
    return climbed(ladder.go_on(ticket, ctx, first=ladder.behind(who.key, "acknowledge", ticket, ctx)))


def _over(ticket: Ticket, outcome: CallOutcome, reason: str, ctx: Context, *, by: str) -> Decision:
    """The current call is over, or between rounds there is none; the next rung follows at once (ES-3)."""
    ladder_now = ticket.ladder
    if ladder_now is None:
        return Decision()
    if not ladder_now.token:
        return climbed(ladder.go_on(ticket, ctx))
    fact = f.CallOver(
        at=ctx.now, by=by, person=ladder_now.person, token=ladder_now.token, outcome=outcome, reason=reason
    )
    name = name_of(ladder_now.person, ctx)
    told = to_us(
        ticket,
        f"over:{ladder_now.token}",
        wording.call_over(name, outcome, reason),
        own_thread(ticket),
        lane="escalation",
    )
    return joined(Decision(facts=(fact,), effects=(told,)), climbed(ladder.go_on(apply(ticket, fact), ctx)))


def call_ended(event: CallEnded, ticket: Ticket, ctx: Context) -> Decision | Refused:
    """A call reached nobody: only the current one counts, a late word about an older one changes nothing."""
    if not _current(ticket, event):
        return Refused(verb="acknowledge", why="This call is over already.", record=False)
    return _over(ticket, event.outcome, event.reason, ctx, by="phone")


def _current(ticket: Ticket, event: CallEnded | CallAnswered | KeyPressed) -> bool:
    """The call of this ticket, or another ticket's call to the person this one waits for (the desk asks only then)."""
    if ticket.ladder is None or not ticket.ladder.token:
        return False
    own = event.token.partition("-")[0] == str(ticket.id)
    return ticket.ladder.token == event.token or not own


def call_answered(event: CallAnswered, ticket: Ticket, ctx: Context) -> Decision | Refused:
    """Picked up: the guard waits for the talk; nothing is acknowledged (invariant 6)."""
    ladder_now = ticket.ladder
    if ladder_now is None or ladder_now.token != event.token:
        return Refused(verb="acknowledge", why="This call is over already.", record=False)
    fact = f.PickedUp(
        at=ctx.now,
        by="phone",
        person=ladder_now.person,
        token=event.token,
        guard_at=ctx.now + ctx.terms.call_guard,
    )
    told = to_us(
        ticket,
        f"picked:{event.token}",
        wording.picked_up(name_of(ladder_now.person, ctx)),
        own_thread(ticket),
        lane="escalation",
    )
    return Decision(facts=(fact,), effects=(told,))


def key_pressed(event: KeyPressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """4 takes it, 5 passes it on; on a call about a missed update 4 means heard (UP-1)."""
    ladder_now = ticket.ladder
    if ladder_now is None or ladder_now.person != who.key or not _current(ticket, event):
        return Refused(verb="acknowledge", why=_gone(ticket, who, ctx))
    if event.digit == "5":
        return _over(ticket, "passed", "", ctx, by=who.key)
    match ladder_now.purpose:
        case "acknowledge":
            return _still_talking(acknowledge(ticket, who, ctx, "phone"), event.token)
        case "claim" | "check" | "down" if ticket.stage is Stage.NEW:
            return _claimed(ticket, who, ctx)
        case "claim" | "check" | "down":
            return _heard(ticket, who, ctx, None)
        case _:
            return _heard(ticket, who, ctx, ctx.now + ctx.terms.heard)


def _still_talking(decision: Decision | Refused, token: str) -> Decision | Refused:
    """The call on which the key was pressed says its goodbye itself; nobody hangs up on it."""
    if isinstance(decision, Refused):
        return decision
    kept = tuple(
        effect for effect in decision.effects if not (isinstance(effect, HangUp) and effect.token == token)
    )
    return replace(decision, effects=kept, said=spoken.taken())


def _gone(ticket: Ticket, who: Who, ctx: Context) -> str:
    if ticket.acknowledged_by and ticket.ladder is None:
        return _taken(ticket, who, ctx)
    if ticket.ladder is None and ticket.owner:
        return f"{ticket.ref} is already taken by {name_of(ticket.owner, ctx)}."
    return f"{ticket.ref} does not wait for you any more."


def _claimed(ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """A key on a call about an untaken request takes it (IN-5). The call itself goes on to its goodbye."""
    fact = f.Claimed(at=ctx.now, by=who.key, owner=who.key, attention_at=attention_time(ticket, ctx))
    told = to_us(ticket, f"claimed:{who.key}", wording.claimed(who.name), lane="escalation")
    return Decision(facts=(fact,), effects=(told,), said=spoken.taken())


def _heard(ticket: Ticket, who: Who, ctx: Context, until: datetime | None) -> Decision:
    fact = f.Heard(at=ctx.now, by=who.key, person=who.key, until=until)
    told = to_us(
        ticket,
        f"heard:{ticket.calls}",
        wording.heard(who.name, ticket.ladder.purpose if ticket.ladder else "update", until, ctx.zone),
        own_thread(ticket),
        lane="escalation",
    )
    more = f" You have {span(ctx.terms.heard.total_seconds())}." if until is not None else ""
    return Decision(facts=(fact,), effects=(told,), said=spoken.heard(more))


def assign(event: Assign, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """ES-4: a developer has it. Assigning before acknowledging acknowledges; reassigning keeps the clock (UP-1)."""
    refused = stage_is(
        ticket,
        "assign",
        Stage.ESCALATED,
        Stage.ACKNOWLEDGED,
        Stage.ASSIGNED,
        why=f"{ticket.ref} is not with development.",
    )
    developer = ctx.roster.by_key.get(event.developer)
    if refused is not None:
        return refused
    if developer is None or developer.roles.isdisjoint({Role.DEVELOPER, Role.LEAD, Role.BACKUP}):
        return Refused(
            verb="assign",
            why="That is nobody of development.",
            fields=(("developer", "Choose a developer."),),
            record=False,
        )
    if ctx.roster.away(developer, ctx.now):
        return Refused(
            verb="assign",
            why=f"{developer.name} is away.",
            fields=(("developer", f"{developer.name} is away."),),
        )
    if ticket.developer == developer.key:
        return Refused(verb="assign", why=f"{developer.name} has it already.", record=False)
    before = _acknowledged_by_assigning(ticket, who, ctx)
    if isinstance(before, Refused):
        return before
    fact = f.Assigned(at=ctx.now, by=who.key, developer=developer.key, update_at=_update_due(ticket, ctx))
    words = wording.assigned(developer, fact.update_at or ticket.promise_at, ctx.zone)
    effects = (
        to_us(ticket, f"assigned:{event.key}", words, "escalation_thread", lane="escalation"),
        to_person(ticket, f"assigned:{event.key}", developer, f"*{ticket.ref}*: {words}", lane="escalation"),
        *(let_go(ticket, ctx) if ringing(ticket, "assign") else ()),
    )
    return joined(
        before, Decision(facts=(fact,), effects=effects, said=f"{developer.name} has {ticket.ref}.")
    )


def _acknowledged_by_assigning(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Whoever assigns an escalation has it, and so needs the right to acknowledge (invariant 6)."""
    if ticket.stage is not Stage.ESCALATED:
        return Decision()
    return may(who, "acknowledge", ticket) or acknowledge(ticket, who, ctx, "slack")


def _update_due(ticket: Ticket, ctx: Context) -> datetime | None:
    """UP-1 from the first assignment on; a reassignment keeps what runs, and a lapsed update has a moment's grace."""
    if ticket.assigned_at is None:
        return development_time(ticket, ctx, ctx.terms.first_update)
    if ticket.update_at is not None or ticket.promise_at is not None or ticket.heard_at is not None:
        return ticket.update_at
    return ctx.now + ctx.terms.heard


def decline(why: str, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """ES-4: the developer cannot take it; assigning is due again, and the clock of the first update goes on."""
    if ticket.stage is not Stage.ASSIGNED or ticket.developer != who.key:
        return Refused(verb="decline", why=f"{ticket.ref} is not assigned to you.")
    now, terms = ctx.now, ctx.terms
    fact = f.Declined(
        at=now,
        by=who.key,
        developer=who.key,
        why=why,
        nudge_at=development_time(ticket, ctx, terms.assign_nudge),
        ring_at=development_time(ticket, ctx, terms.assign_ring),
    )
    words = wording.declined(who.name, why, lead_mention(ticket, ctx))
    told = to_us(ticket, f"declined:{who.key}:{now:%H%M%S}", words, "escalation_thread", lane="escalation")
    return Decision(facts=(fact,), effects=(told,), said="The lead was told.")


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """The clocks of the telephone and of assigning; None for a clock of another step."""
    match event.clock:
        case "call":
            return _over(ticket, "failed", "nothing was heard of the call any more", ctx, by="clock")
        case "round":
            return climbed(ladder.go_on(ticket, ctx))
        case "assign_nudge":
            return _nudge(ticket, ctx)
        case "assign_ring":
            return climbed(ladder.start(ticket, "assign", ctx))
        case _:
            return None


def _nudge(ticket: Ticket, ctx: Context) -> Decision:
    wait = (ticket.assign_ring_at or ctx.now) - ctx.now
    words = wording.assign_nudge(lead_mention(ticket, ctx), span(max(wait.total_seconds(), 0)))
    told = to_us(ticket, f"assign_nudge:{ctx.now:%d%H%M%S}", words, "escalation_thread", lane="escalation")
    return Decision(facts=(f.Nudged(at=ctx.now, by="clock", what="assign"),), effects=(told,))
