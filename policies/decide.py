"""The one question: an event, the ticket as it stands, the circumstances; what follows?"""

from collections.abc import Callable
from functools import reduce
from typing import Any

from policies import events as e
from policies import maintenance, promise
from policies.access import identify, may
from policies.changing import replace
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import AnyEffect, Card, Home, SheetRow
from policies.events.incident import (
    FormIncident,
    HotfixStep,
    InformExecutives,
    JoinIncident,
    LeaderAssigned,
    LeaderGave,
    LeaderGone,
    LeaderSent,
    MemberDown,
    MemberJoined,
    MemberLeft,
)
from policies.events.office import (
    FileBroken,
    FileChanged,
    FileTaken,
    IntensiveMorning,
    MaintenanceNears,
    SetMaintenance,
    TermsChanged,
)
from policies.events.people import AskForCode, CheckCoverage, GiveCode, SetCover, Swap
from policies.events.terms import SetSeverity
from policies.folding.fold import apply
from policies.steps import (
    acknowledge,
    away,
    boundary,
    covers,
    critical,
    edited,
    escalate,
    following,
    incident,
    intake,
    intensive,
    missed,
    office,
    proposal,
    resolve,
    severity,
    triage,
    undelivered,
    update,
    vendor,
    verify,
    watching,
    workaround,
)
from policies.targets import retarget
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
    if not result.facts or (ticket is None and not result.opens):
        return result
    before = ticket if ticket is not None and not result.opens else Ticket(id=0)
    after = reduce(apply, result.facts, before)
    targeted = retarget(before, after, ctx, result.facts[0].at)
    critically = critical.follow(before, after, result, ctx)
    more = (*(() if targeted is None else (targeted,)), *critically.facts)
    settled = proposal.settled(before, after, result.facts, ctx)
    effects = (*result.effects, *critically.effects, *settled, *_refreshes(before, after, result, ctx))
    events = (*result.events, *following.follow(event, before, result, ctx))
    return replace(
        result,
        facts=(*result.facts, *more),
        effects=effects,
        events=events,
        after=None if result.opens else reduce(apply, more, after),
    )


def _decide(event: e.AnyEvent, ticket: Ticket | None, who: Who, ctx: Context) -> Decision | Refused:
    if isinstance(event, e.MessagePosted):
        return intake.message_posted(event, ticket, who, ctx)
    if isinstance(event, e.OpenRequest):
        return may(who, "open") or intake.open_request(event, ticket, who, ctx)
    of_the_day = _OF_THE_DAY.get(type(event))
    if of_the_day is not None:
        return of_the_day(event, who, ctx)
    if ticket is None:
        return _no_ticket(event, who, ctx)
    verb, step = _asked(event)
    refused = (may(who, verb, ticket) or incident.stands_back(verb, ticket)) if verb is not None else None
    return refused or step(event, ticket, who, ctx)


def _asked(event: e.AnyEvent) -> tuple[e.Verb | None, Step]:
    """The right that it needs, and its step."""
    if isinstance(event, e.Pressed):
        return event.verb, _PRESSED.get(event.verb, _needs_form)
    return _STEPS[type(event)]


_OF_THE_DAY: dict[type, Callable[[Any, Who, Context], Decision | Refused]] = {
    e.SetAway: away.away,
    SetMaintenance: maintenance.set_window,
    MaintenanceNears: maintenance.nears,
    FileChanged: office.file_changed,
    FileBroken: office.file_broken,
    FileTaken: office.file_taken,
    SetCover: covers.cover,
    Swap: covers.swap,
    AskForCode: verify.ask,
    GiveCode: verify.give,
    CheckCoverage: watching.morning,
    IntensiveMorning: intensive.morning,
    e.CheckVendors: vendor.morning,
}
"""What changes by the day and concerns no request: its step asks for the right itself."""


def _no_ticket(event: e.AnyEvent, who: Who, ctx: Context) -> Decision | Refused:
    """What concerns the house. An edit of a message that belongs to nothing is nothing; a button without its request is an answer.

    An edit or a deletion may come before its message: it brings the message along.
    """
    match event:
        case e.CaughtUp():
            return missed.caught_up(event, ctx)
        case e.DeadLetter():
            return missed.dead_letter(event, ctx)
        case e.OutsideFailed():
            return undelivered.outside_failed(event, ctx)
        case e.Pressed() if event.verb in _OF_THE_HOUSE:
            return _OF_THE_HOUSE[event.verb](event, who, ctx)
        case e.MessageEdited() | e.MessageDeleted():
            return edited.overtaken(event)
    if event.actor.via in {"clock", "bot", "phone"}:
        return NOTHING
    return Refused(verb=getattr(event, "verb", event.kind), why="There is no such request.", record=False)


_OF_THE_HOUSE: dict[e.Verb, Callable[[e.Pressed, Who, Context], Decision | Refused]] = {
    "terms": office.apply,
    "try_again": lambda event, who, ctx: missed.try_again(event, who),
}
"""Verb -> its step, for buttons that belong to no request."""


def _needs_form(event: e.Pressed, ticket: Ticket, who: Who, ctx: Context) -> Refused:
    return Refused(verb=event.verb, why="That needs its form.", record=False)


def _clock(event: e.ClockFired, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    for step in _CLOCKS:
        decision = step(event, ticket, ctx)
        if decision is not None:
            return decision
    raise LookupError(f"no step knows the clock {event.clock!r}")


_CLOCKS: tuple[Callable[[e.ClockFired, Ticket, Context], Decision | None], ...] = (
    intake.clock,
    triage.clock,
    escalate.clock,
    acknowledge.clock,
    update.clock,
    workaround.clock,
    severity.clock,
    proposal.clock,
    critical.clock,
    vendor.clock,
)

_STEPS: dict[type, tuple[e.Verb | None, Step]] = {
    e.ClockFired: (None, _clock),
    e.CallEnded: (None, lambda event, ticket, who, ctx: acknowledge.call_ended(event, ticket, ctx)),
    e.CallAnswered: (None, lambda event, ticket, who, ctx: acknowledge.call_answered(event, ticket, ctx)),
    e.EffectSettled: (
        None,
        lambda event, ticket, who, ctx: undelivered.settled(event, ticket, ctx),
    ),
    e.MessageEdited: (None, edited.message_edited),
    e.MessageDeleted: (None, edited.message_deleted),
    e.KeyPressed: (None, acknowledge.key_pressed),
    e.Absorb: ("merge", triage.absorb),
    e.Reply: ("reply", triage.reply),
    e.Answer: ("answer", triage.answer),
    e.ChangeRequest: ("change_request", boundary.change_request),
    e.MergeInto: ("merge", triage.merge),
    e.Split: ("split", triage.split),
    e.Escalate: ("escalate", escalate.escalate),
    e.Assign: ("assign", acknowledge.assign),
    e.GiveUpdate: ("update", resolve.final_update),
    e.Relay: ("relay", following.relay),
    e.Resolve: ("resolve", resolve.resolve),
    e.CodeChange: ("code_change", resolve.code_change),
    e.Workaround: ("workaround", workaround.record),
    SetSeverity: ("severity", severity.set_severity),
    InformExecutives: ("executives", critical.informed),
    HotfixStep: ("hotfix", critical.hotfix_step),
    FormIncident: ("incident", incident.form),
    JoinIncident: ("incident", incident.join),
    MemberJoined: ("incident", incident.member_joined),
    MemberLeft: (None, incident.member_left),
    MemberDown: (None, incident.member_down),
    LeaderAssigned: (None, following.leader_assigned),
    LeaderGave: (None, following.leader_gave),
    LeaderSent: (None, following.leader_sent),
    LeaderGone: (None, incident.leader_gone),
    TermsChanged: (None, office.terms_changed),
    e.CarryWorkaround: ("carry", workaround.carry),
    e.CloseCarried: ("close", resolve.close_carried),
    e.AskVendor: ("vendor", vendor.asked),
    e.VendorAnswer: ("vendor_answered", vendor.answered),
}
"""Event -> the right it needs (None: it comes from our own machinery, or its step asks itself), and its step."""

_PRESSED: dict[e.Verb, Step] = {
    "claim": lambda event, ticket, who, ctx: triage.claim(ticket, who, ctx),
    "dismiss": lambda event, ticket, who, ctx: triage.dismiss(ticket, who, ctx),
    "call_now": lambda event, ticket, who, ctx: escalate.call_now(ticket, who, ctx),
    "reached_by_voice": lambda event, ticket, who, ctx: escalate.reached_by_voice(
        event.note, ticket, who, ctx
    ),
    "acknowledge": lambda event, ticket, who, ctx: acknowledge.acknowledge(ticket, who, ctx, "slack"),
    "pass_on": lambda event, ticket, who, ctx: acknowledge.pass_on(ticket, who, ctx),
    "decline": lambda event, ticket, who, ctx: acknowledge.decline(event.note, ticket, who, ctx),
    "reverted": lambda event, ticket, who, ctx: workaround.reverted(event.subject, ticket, who, ctx),
    "leave_incident": incident.leave,
    "confirm": lambda event, ticket, who, ctx: resolve.confirm(ticket, who, ctx),
    "close": lambda event, ticket, who, ctx: resolve.close(ticket, who, ctx),
    "reopen": lambda event, ticket, who, ctx: resolve.reopen(ticket, who, ctx),
    "production_down": lambda event, ticket, who, ctx: intake.production_down(ticket, who, ctx, event),
    "severity": severity.accept,
    "fix_is_in": lambda event, ticket, who, ctx: severity.fix_is_in(ticket, who, ctx),
    "it_is_there": undelivered.answered,
    "say_again": undelivered.answered,
    "solved": lambda event, ticket, who, ctx: resolve.solved(ticket, who, ctx),
    "still_broken": lambda event, ticket, who, ctx: resolve.still_broken(ticket, who, ctx),
}
"""Verb -> its step, for wishes that need nothing but the verb."""


def _refreshes(before: Ticket, after: Ticket, decision: Decision, ctx: Context) -> tuple[AnyEffect, ...]:
    """Cards, sheet row and App Homes follow every change of the ticket."""
    effects: list[AnyEffect] = (
        []
        if any(isinstance(x, Card) and x.slot == "card:support" for x in decision.effects)
        else [Card(slot="card:support")]
    )
    if after.block is not None and not any(
        isinstance(x, Card) and x.slot == "card:escalation" for x in decision.effects
    ):
        effects.append(Card(slot="card:escalation"))
    effects.append(SheetRow())
    effects += promise.refresh(before, after, ctx)
    people = {before.owner, after.owner, before.developer, after.developer, before.lead, after.lead}
    people |= {
        key
        for item in (*before.live_workarounds, *after.live_workarounds)
        for key in (item.holder, item.lead)
    }
    people.discard("")
    effects += [Home(user=ctx.roster.by_key[key].slack) for key in sorted(people) if key in ctx.roster.by_key]
    return tuple(effects)
