"""One cause, several clients: one request leads, the others follow it; each client is told in its own thread (CO-1, UP-4).

The leader carries the clocks of development for all. What happens to it is told to its members in the same transaction.
"""

from datetime import datetime
from functools import reduce
from typing import TypedDict

from policies import facts as f
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import AnyEffect
from policies.events import Pressed, UpdateKind
from policies.events.incident import (
    FormIncident,
    Given,
    JoinIncident,
    LeaderGone,
    MemberDown,
    MemberJoined,
    MemberLeft,
)
from policies.folding.fold import apply
from policies.ladder import let_go
from policies.people import Role
from policies.steps import intake
from policies.steps.common import attention_time, climbed, joined, own_thread, ringing, to_us
from policies.steps.following import look_at, newest, own_draft
from policies.ticket import Stage, Ticket
from policies.waiting import acknowledge_by, development_time
from policies.words import incident as wording

MANY = 20
"""How many requests one can lead: all of them change in one transaction."""
ENDING = frozenset({"answer", "change_request", "dismiss", "merge", "close"})
"""What would leave the members without the request that leads them."""
ELSEWHERE = ENDING | {
    "escalate", "call_now", "reached_by_voice", "acknowledge", "pass_on", "assign", "decline", "update", "resolve",
}  # fmt: skip
"""What is done on the request that leads, as long as it does."""
_KINDS: dict[str, UpdateKind] = {"preliminary": "preliminary", "estimate": "estimate", "final": "final"}
_DEVELOPMENT = ("acknowledge", "assign", "update")


def stands_back(verb: str, ticket: Ticket) -> Refused | None:
    """What cannot be done on a request of an incident: its development is with the leader, and the leader stays one."""
    if verb in ELSEWHERE and ticket.is_led:
        return Refused(verb=verb, why=wording.carried_elsewhere(ticket.ref, ticket.leader_ref))
    if verb in ENDING and ticket.leads:
        return Refused(verb=verb, why=wording.leads(ticket.ref))
    return None


def form(event: FormIncident, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The others follow this one from now on; each says itself whether it can."""
    known = {ticket.id, *(member.id for member in ticket.members)}
    wanted = [number for number in dict.fromkeys(event.members) if number not in known]
    refused = _cannot_lead(ticket, len(wanted))
    if refused:
        return Refused(verb="incident", why=refused, fields=(("members", refused),), record=False)
    support = who.has(Role.SUPPORT, Role.SUPPORT_LEAD)
    owner = ticket.owner or (who.key if support else "")
    title = event.title.strip() or ticket.incident
    joins = tuple(
        JoinIncident(
            key=f"{event.key}:join:{number}",
            at=event.at,
            actor=event.actor,
            ticket=number,
            leader=ticket.id,
            leader_ref=ticket.ref,
            title=title,
            owner=owner,
            escalated=ticket.with_development,
            assigned=ticket.assigned_at is not None,
            given=_newest_of(ticket),
        )
        for number in sorted(wanted)
    )
    taken = _taken(ticket, owner, who, ctx)
    return Decision(facts=taken, events=joins, said=f"{ticket.ref} leads the incident.")


def _cannot_lead(ticket: Ticket, wanted: int) -> str:
    if not ticket.is_open or ticket.stage is Stage.RESOLVED:
        return f"{ticket.ref} is {ticket.stage}: it cannot lead an incident."
    if ticket.led_by:
        return f"{ticket.ref} is led by {ticket.leader_ref}, which has to lead here too. {_lead_by(ticket.leader_ref)}"
    if not wanted:
        return "Name the other requests with the same cause."
    if len(ticket.members) + wanted > MANY:
        return f"An incident takes at most {MANY} more requests."
    return ""


def _newest_of(ticket: Ticket) -> Given | None:
    if not ticket.cycle_updates:
        return None
    last = ticket.cycle_updates[-1]
    return Given(
        number=last.number,
        what=_KINDS[last.what],
        text=last.text,
        promise=last.promise,
        warn_at=last.warn_at,
        neutral_at=last.neutral_at,
    )


def _taken(ticket: Ticket, owner: str, who: Who, ctx: Context) -> tuple[f.AnyFact, ...]:
    """A request that nobody has is its incident's owner's."""
    if ticket.stage is not Stage.NEW or not owner:
        return ()
    return (f.Claimed(at=ctx.now, by=who.key, owner=owner, attention_at=attention_time(ticket, ctx)),)


def join(event: JoinIncident, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """This one is led from now on: its development clocks rest, its telephone falls silent."""
    why = _cannot_join(event, ticket)
    if why:
        return Refused(verb="incident", why=why, fields=(("members", why),), record=False)
    taken = _taken(ticket, event.owner, who, ctx)
    fact = f.IncidentJoined(
        at=ctx.now,
        by=who.key,
        leader=event.leader,
        ref=event.leader_ref,
        title=event.title,
        attention_at=look_at(ctx, None),
        assigned=event.assigned,
    )
    purposes = (*_DEVELOPMENT, "claim", "check", "down") if taken else _DEVELOPMENT
    silenced = let_go(ticket, ctx) if ringing(ticket, *purposes) else ()
    words = wording.led(ticket.ref, event.leader_ref, event.title, who.name)
    told = to_us(ticket, f"joined:{event.key}", words, own_thread(ticket), lane="escalation")
    back = MemberJoined(
        key=f"{event.key}:joined",
        at=event.at,
        actor=event.actor,
        ticket=event.leader,
        member=ticket.id,
        member_ref=ticket.ref,
        client=ticket.client,
        title=event.title,
        down=ticket.production_down,
    )
    after = reduce(apply, (*taken, fact), ticket)
    begun = Decision(facts=(*taken, fact), effects=(*silenced, told), events=(back,))
    return joined(begun, newest(event, after, who, ctx))


def _lead_by(ref: str) -> str:
    return f"Press “Same cause…” on the card of {ref}, or name it first in the command."


def _cannot_join(event: JoinIncident, ticket: Ticket) -> str:
    if not ticket.is_open or ticket.stage is Stage.RESOLVED:
        return f"{ticket.ref} is {ticket.stage} already."
    if ticket.led_by:
        return f"{ticket.ref} is part of the incident of {ticket.leader_ref} already."
    if ticket.members:
        return f"{ticket.ref} leads an incident of its own: the others have to leave it first."
    if ticket.with_development and not event.escalated:
        return f"{ticket.ref} is with development and {event.leader_ref} is not, so it has to lead. {_lead_by(ticket.ref)}"
    return ""


def member_joined(event: MemberJoined, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """The leader knows who follows it."""
    fact = f.IncidentLed(
        at=ctx.now,
        by=who.key,
        member=event.member,
        ref=event.member_ref,
        client=event.client,
        title=event.title,
        since=len(ticket.updates),
        down=event.down,
    )
    words = wording.joined(event.member_ref, _name(event.client, ctx), event.title, who.name)
    told = to_us(ticket, f"member:{event.key}", words, own_thread(ticket), lane="escalation")
    return Decision(facts=(fact,), effects=(told,))


def _name(client: str, ctx: Context) -> str:
    found = ctx.roster.client_by_key.get(client)
    return found.name if found is not None else client


def leave(event: Pressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """It has another cause after all: its own clocks begin anew, and what its client has not read is offered here."""
    if not ticket.is_led:
        return Refused(
            verb="leave_incident", why=f"{ticket.ref} is not led by another request.", record=False
        )
    gone = MemberLeft(
        key=f"{event.key}:left", at=event.at, actor=event.actor, ticket=ticket.led_by, member=ticket.id
    )
    own = _on_its_own(ticket, who, ctx)
    return joined(own, Decision(events=(gone,), said=f"{ticket.ref} goes on by itself."))


def leader_gone(event: LeaderGone, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """Who led it has begun anew; what this client has not read is offered here."""
    return _on_its_own(ticket, who, ctx) if ticket.led_by == event.leader and ticket.is_open else NOTHING


def _on_its_own(ticket: Ticket, who: Who, ctx: Context) -> Decision:
    unread = bool(ticket.open_updates) and ticket.updates[-1].relay_at is None
    fact = f.IncidentLeft(
        at=ctx.now,
        by=who.key,
        ref=ticket.leader_ref,
        relay_at=ctx.now + ctx.terms.relay if unread else None,
        **_own_clocks(ticket, ctx),
    )
    words = wording.left(ticket.ref, ticket.leader_ref)
    effects: list[AnyEffect] = [
        to_us(ticket, f"left:{ctx.now:%Y%m%d%H%M%S}", words, own_thread(ticket), lane="escalation")
    ]
    if unread:
        effects.append(own_draft(apply(ticket, fact), ticket.leader_ref, ctx))
    return Decision(facts=(fact,), effects=tuple(effects))


class _OwnClocks(TypedDict, total=False):
    attention_at: datetime | None
    acknowledge_at: datetime
    nudge_at: datetime
    ring_at: datetime
    update_at: datetime | None


def _own_clocks(ticket: Ticket, ctx: Context) -> _OwnClocks:
    """What runs from now on, as if its stage began now: who had it could not know that it is theirs again."""
    now, terms = ctx.now, ctx.terms
    match ticket.stage:
        case Stage.CLAIMED:
            return {"attention_at": None if ticket.silence_at else attention_time(ticket, ctx)}
        case Stage.ESCALATED:
            return {"acknowledge_at": acknowledge_by(ticket, ctx)}
        case Stage.ACKNOWLEDGED:
            nudge, ring = terms.assign_nudge, terms.assign_ring
            return {
                "nudge_at": development_time(ticket, ctx, nudge),
                "ring_at": development_time(ticket, ctx, ring),
            }
        case Stage.ASSIGNED:
            ahead = ticket.promise_at is not None and ticket.promise_at > now
            return {"update_at": None if ahead else development_time(ticket, ctx, terms.first_update)}
        case _:
            return {"attention_at": ticket.attention_at}


def member_left(event: MemberLeft, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """One less follows."""
    member = next((one for one in ticket.members if one.id == event.member), None)
    if member is None:
        return NOTHING
    fact = f.IncidentLeft(at=ctx.now, by=who.key, ref=member.ref, member=member.id)
    words = wording.left(member.ref, ticket.ref)
    return Decision(facts=(fact,), effects=(to_us(ticket, f"gone:{event.key}", words, own_thread(ticket)),))


def member_down(event: MemberDown, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """IN-5: as urgent as if this client had said it. One outage rings once, however many clients tell of it."""
    member = next((one for one in ticket.members if one.id == event.member), None)
    if member is None:
        return NOTHING
    fact = f.IncidentDown(at=ctx.now, by=who.key, member=member.id)
    words = wording.member_down(member.ref, _name(member.client, ctx), ticket.ref)
    told = to_us(ticket, f"member_down:{member.id}", words, own_thread(ticket), lane="escalation")
    begun = Decision(facts=(fact,), effects=(told,))
    if ticket.down:
        return begun
    return joined(begun, climbed(intake.ring_at_once(apply(ticket, fact), ctx)))
