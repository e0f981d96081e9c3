"""Workarounds: the original is kept, somebody carries them, and is asked until they are reverted (WA-1 to WA-3)."""

from collections.abc import Iterable
from datetime import timedelta

from policies import facts as f
from policies.decision import Context, Decision, Refused, Who
from policies.effects import AnyEffect, Button, Invitation, Reminder
from policies.events import CarryWorkaround, ClockFired, Workaround
from policies.events.terms import Carried
from policies.markup import person
from policies.steps.common import name_of, needs_text, to_us
from policies.ticket import Ticket
from policies.ticket import Workaround as Item
from policies.words import register as wording

_ASK_AGAIN = timedelta(days=1)
"""WA-2: asked every day; after so long also for a moment that nobody gave, and the lead beside whoever carries it."""
_FUTURE = "The revert lies in the future."


def record(event: Workaround, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-1: without the original configuration the form is not accepted."""
    if ticket.escalated_at is None or not ticket.is_open:
        return Refused(verb="workaround", why=f"{ticket.ref} is not with development.")
    missing = needs_text("workaround", what=event.what, original=event.original)
    if missing is not None:
        return missing
    if event.revert_at is not None and event.revert_at <= ctx.now:
        return Refused(verb="workaround", why=_FUTURE, fields=(("revert_at", _FUTURE),), record=False)
    number = len(ticket.workarounds) + 1
    lead = ctx.roster.acting_lead(ctx.now)
    fact = f.WorkaroundRecorded(
        at=ctx.now,
        by=who.key,
        number=number,
        what=event.what,
        original=event.original,
        author=who.key,
        lead=ticket.lead or (lead.key if lead is not None else ""),
        revert_at=event.revert_at,
        ask_at=event.revert_at or ctx.now + _ASK_AGAIN,
    )
    words = wording.recorded(who.name, event.what, event.original, event.revert_at, ctx.zone)
    told = to_us(ticket, f"workaround:{number}", words, "escalation_thread")
    dated = event.revert_at is not None
    invited = invitations(number, (fact.author, fact.lead), ctx) if dated else ()
    return Decision(facts=(fact,), effects=(told, *invited), said="Recorded with its original.")


def invitations(number: int, people: Iterable[str], ctx: Context) -> tuple[AnyEffect, ...]:
    """WA-2: the calendar's file, and the invitation (or what takes it back) for each of `people` that is known."""
    known = (ctx.roster.by_key[key] for key in dict.fromkeys(people) if key in ctx.roster.by_key)
    return (Reminder(number=number), *(Invitation(number=number, person=one.slack) for one in known))


def reverted(number: str, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-2: confirmed by whoever did it."""
    live = ticket.live_workarounds
    item = next((one for one in live if str(one.number) == number), live[0] if live and not number else None)
    if item is None:
        return Refused(verb="reverted", why="That workaround is reverted already.")
    fact = f.Reverted(at=ctx.now, by=who.key, number=item.number)
    words = wording.reverted(who.name, item.number)
    told = to_us(ticket, f"reverted:{item.number}", words, "escalation_thread")
    dated = item.revert_at is not None
    withdrawn = invitations(item.number, (item.holder, item.author, item.lead), ctx) if dated else ()
    return Decision(facts=(fact,), effects=(told, *withdrawn), said="Thank you.")


def carry(event: CarryWorkaround, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-2: not yet, or not me: another moment or other hands, and why."""
    live = ticket.live_workarounds
    item = next((one for one in live if one.number == event.carried.number), None)
    if item is None:
        return Refused(verb="carry", why="That workaround is reverted already.")
    refused = needs_text("carry", why=event.why) or faulty("carry", item, event.carried, ctx)
    if refused is not None:
        return refused
    fact = carried(item, event.carried, who, ctx, event.why)
    words = wording.carried(who.name, item, name_of(fact.carrier, ctx), fact.revert_at, event.why, ctx.zone)
    told = to_us(ticket, f"carried:{item.number}:{item.moved + 1}", words, "escalation_thread")
    invited = invitations(item.number, (fact.carrier, item.author, item.lead), ctx)
    return Decision(facts=(fact,), effects=(told, *invited), said="It is asked about then.")


def faulty(verb: str, item: Item, said: Carried, ctx: Context, suffix: str = "") -> Refused | None:
    """Who carries it until when must be one of us, and in the future; the fields of the form end in `suffix`."""
    if said.carrier and said.carrier not in ctx.roster.by_key:
        words = "Nobody of ours: choose somebody from the list."
        return Refused(verb=verb, why=words, fields=((f"carrier{suffix}", words),), record=False)
    until = said.until or item.revert_at
    if until is None or until <= ctx.now:
        return Refused(verb=verb, why=_FUTURE, fields=((f"until{suffix}", _FUTURE),), record=False)
    return None


def carried(item: Item, said: Carried, who: Who, ctx: Context, why: str) -> f.WorkaroundCarried:
    """The fact of it; raises ValueError for what is `faulty`."""
    until = said.until or item.revert_at
    if until is None:
        raise ValueError(f"workaround {item.number} has no end")
    carrier = said.carrier or item.holder
    return f.WorkaroundCarried(
        at=ctx.now, by=who.key, number=item.number, carrier=carrier, revert_at=until, why=why
    )


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Asked on the day, and every day until somebody confirms; None for a clock of another step."""
    if event.clock != "revert":
        return None
    number = int(event.subject)
    item = next(one for one in ticket.workarounds if one.number == number)
    ask = wording.revert_due if item.revert_at is not None else wording.revert_undated
    fact = f.Nudged(
        at=ctx.now, by="clock", what="revert", subject=event.subject, next_at=ctx.now + _ASK_AGAIN
    )
    buttons = (
        Button(verb="reverted", label="It is reverted", value=event.subject),
        Button(verb="carry", label="Later…", value=event.subject),
    )
    asked = to_us(
        ticket,
        f"revert:{number}:{ctx.now:%Y%m%d%H%M}",
        ask(_asked(item, ctx), item.what),
        "escalation_thread",
        lane="escalation",
        buttons=buttons,
    )
    return Decision(facts=(fact,), effects=(asked,))


def _asked(item: Item, ctx: Context) -> str:
    """WA-2: whoever carries it; a day later, or while they are away or gone, the lead too."""
    roster = ctx.roster
    holder, lead = roster.by_key.get(item.holder), roster.by_key.get(item.lead)
    if lead is None or roster.away(lead, ctx.now):
        lead = roster.acting_lead(ctx.now)
    there = holder is not None and not roster.away(holder, ctx.now)
    people = [holder, None if there and not item.asked else lead]
    return " ".join(dict.fromkeys(person(one.slack) for one in people if one is not None))
