"""Severity 1: an engineer at once, executives who are informed until it is recorded, and the hotfix path (SV-2, UP-5, CO-1)."""

from collections.abc import Sequence

from policies import facts as f
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import AnyEffect
from policies.events import GAPS, ClockFired
from policies.events.incident import HotfixStep, InformExecutives
from policies.offers import EXECUTIVES
from policies.people import Contact, Person, Role
from policies.steps.common import (
    client_of,
    client_zone,
    lead_mention,
    mention,
    name_of,
    needs_text,
    own_thread,
    owner_mention,
    to_person,
    to_us,
)
from policies.ticket import Stage, Ticket
from policies.words import audiences
from policies.words import incident as wording

_BEFORE_NAMED = {Stage.ESCALATED: "acknowledge", Stage.ACKNOWLEDGED: "assign"}


def follow(before: Ticket, after: Ticket, decision: Decision, ctx: Context) -> Decision:
    """What a Severity 1 adds to a decision that makes `after` of `before`: nothing unless somebody with the right has set it."""
    if not (before.is_critical or after.is_critical):
        return NOTHING
    news = _news(before, after, decision.facts)
    effects: list[AnyEffect] = []
    if news == "declared":
        effects.append(_checklist(after, ctx))
    if after.is_critical and any(isinstance(fact, f.Assigned) for fact in decision.facts):
        words = wording.engineer_named(after.ref, owner_mention(after, ctx), name_of(after.developer, ctx))
        effects.append(to_us(after, f"engineer:{ctx.now:%Y%m%d%H%M%S}", words, lane="escalation"))
    if news is None or not _contacts(after, ctx):
        return Decision(effects=tuple(effects))
    asked = _ask(after, news, ctx)
    return Decision(facts=asked.facts, effects=(*effects, *asked.effects))


def _news(before: Ticket, after: Ticket, facts: Sequence[f.AnyFact]) -> f.ExecutiveNews | None:
    """What executives have not heard yet; None for nothing. The last thing that happened is told."""
    if before.is_critical != after.is_critical:
        return "declared" if after.is_critical else "lowered"
    if not after.is_critical:
        return None
    for fact in reversed(facts):
        match fact:
            case f.Resolved():
                return "resolved"
            case f.Reopened():
                return "again"
            case f.Updated(promise=promise) | f.UpdateCarried(promise=promise) if promise is not None:
                return "estimate" if promise != before.promise_at else None
    return None


def _contacts(ticket: Ticket, ctx: Context) -> tuple[Contact, ...]:
    client = client_of(ticket, ctx)
    return (*ctx.roster.executives, *(client.executives if client is not None else ()))


def _checklist(ticket: Ticket, ctx: Context) -> AnyEffect:
    engineer = name_of(ticket.developer, ctx)
    stage = _BEFORE_NAMED.get(ticket.stage, "escalate")
    named = engineer or wording.engineer_wanted(lead_mention(ticket, ctx), stage)
    informer = wording.NOBODY_TO_INFORM
    if _contacts(ticket, ctx):
        person = _informer(ctx)
        informer = wording.informer(mention(person.key, ctx) if person is not None else "")
    words = wording.checklist(ticket.ref, named, informer, audiences.technicians(ticket, engineer, ctx.zone))
    return to_us(ticket, f"critical:{ctx.now:%Y%m%d%H%M%S}", words, own_thread(ticket), lane="escalation")


def _informer(ctx: Context) -> Person | None:
    """The support lead, on duty first; else whoever has the lead's duties."""
    roster = ctx.roster
    leads = roster.holders(Role.SUPPORT_LEAD)
    there = (
        *roster.duty(Role.SUPPORT_LEAD, ctx.now),
        *(one for one in leads if not roster.away(one, ctx.now)),
    )
    return next(iter(there), None) or roster.acting_lead(ctx.now)


def _ask(ticket: Ticket, news: f.ExecutiveNews, ctx: Context) -> Decision:
    """One person is asked, with a draft for each side. Of leaving Severity 1 they hear once."""
    person = _informer(ctx)
    number = (ticket.executives.number if ticket.executives is not None else 0) + 1
    fact = f.ExecutivesAsked(
        at=ctx.now,
        by="bot",
        number=number,
        news=news,
        person=person.key if person is not None else "",
        next_at=None if news == "lowered" else ctx.now + ctx.terms.executives,
    )
    words = wording.inform(ticket.ref, mention(fact.person, ctx), news)
    text = f"{words}\n{_drafts(ticket, news, ctx)}"
    slot = f"executives:{number}"
    effects: list[AnyEffect] = [to_us(ticket, slot, text, lane="escalation", buttons=(EXECUTIVES,))]
    if person is not None:
        own = wording.inform(ticket.ref, "", news)
        effects.append(to_person(ticket, slot, person, own, lane="escalation"))
    return Decision(facts=(fact,), effects=tuple(effects))


def _drafts(ticket: Ticket, news: f.ExecutiveNews, ctx: Context) -> str:
    client = client_of(ticket, ctx)
    product = _product(ticket, ctx)
    name = client.name if client is not None else ticket.client
    zone = client_zone(ticket, ctx)
    ours = audiences.executives(ticket, news, f"{product} at {name}", ctx.zone)
    theirs = audiences.executives(ticket, news, product, zone)
    contacts = client.executives if client is not None else ()
    sides = (("our own executives", ctx.roster.executives, ours), (name, contacts, theirs))
    return wording.drafts(sides, audiences.end_users(ticket, news, product, zone))


def _product(ticket: Ticket, ctx: Context) -> str:
    client = client_of(ticket, ctx)
    if ticket.block is not None and ticket.block.saas_name not in GAPS:
        return ticket.block.saas_name
    only = client.products[0].name if client is not None and len(client.products) == 1 else ""
    return only or "The application"


def informed(event: InformExecutives, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """SV-2: recorded, with whom and how; nobody is asked again before the next news."""
    missing = needs_text("executives", whom=event.whom, how=event.how)
    if missing is not None:
        return missing
    waits = ticket.executives
    if waits is None or any(one.number == waits.number for one in waits.informed):
        return Refused(
            verb="executives", why=f"Nobody is to be informed about {ticket.ref} now.", record=False
        )
    fact = f.ExecutivesInformed(at=ctx.now, by=who.key, number=waits.number, whom=event.whom, how=event.how)
    words = wording.informed(who.name, event.whom, event.how)
    told = to_us(ticket, f"informed:{waits.number}", words, own_thread(ticket))
    return Decision(facts=(fact,), effects=(told,), said="Recorded.")


def hotfix_step(event: HotfixStep, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-5: one step of the hotfix path; whatever was left out before it is said aloud."""
    change = next((one for one in reversed(ticket.code_changes) if one.urgent), None)
    if change is None:
        return Refused(verb="hotfix", why=f"{ticket.ref} has no code change on the hotfix path.")
    done = [one.step for one in ticket.hotfix if one.number == change.number]
    if event.step in done:
        words = f"“{wording.STEPS[event.step]}” is recorded already."
        return Refused(verb="hotfix", why=words, fields=(("step", words),), record=False)
    missing = needs_text("hotfix", note=event.note)
    if missing is not None:
        return missing
    order = tuple(wording.STEPS)
    left_out = [one for one in order[: order.index(event.step)] if one not in done]
    fact = f.HotfixStepDone(at=ctx.now, by=who.key, number=change.number, step=event.step, note=event.note)
    gaps = left_out if event.step in {"deployed", "verified"} else []
    told = to_us(
        ticket,
        f"hotfix:{change.number}:{event.step}",
        wording.hotfix_step(who.name, event.step, event.note, gaps),
        "escalation_thread",
    )
    return Decision(facts=(fact,), effects=(told,), said="Recorded.")


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Nobody has recorded it: asked again, whoever has the duty now; None for a clock of another step."""
    if event.clock != "executives" or ticket.executives is None:
        return None
    person, waits = _informer(ctx), ticket.executives
    fact = f.ExecutivesAsked(
        at=ctx.now,
        by="clock",
        number=waits.number,
        news=waits.news,
        person=person.key if person is not None else "",
        next_at=ctx.now + ctx.terms.executives,
    )
    words = wording.inform_again(ticket.ref, mention(fact.person, ctx))
    slot = f"executives:{waits.number}:{ctx.now:%Y%m%d%H%M%S}"
    effects: list[AnyEffect] = [to_us(ticket, slot, words, lane="escalation", buttons=(EXECUTIVES,))]
    if person is not None:
        own = wording.inform_again(ticket.ref, "")
        effects.append(to_person(ticket, slot, person, own, lane="escalation"))
    return Decision(facts=(fact,), effects=tuple(effects))
