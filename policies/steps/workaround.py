"""Workarounds: the original is kept, and somebody is asked until it is reverted (WA-1, WA-2)."""

from datetime import timedelta

from policies import facts as f
from policies import wording
from policies.decision import Context, Decision, Refused, Who
from policies.effects import AnyEffect, Reminder
from policies.events import ClockFired, Workaround
from policies.markup import moment
from policies.steps.common import mention, needs_text, to_us
from policies.ticket import Ticket

_ASK_AGAIN = timedelta(days=1)


def record(event: Workaround, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-1: without the original configuration the form is not accepted."""
    if ticket.escalated_at is None or not ticket.is_open:
        return Refused(verb="workaround", why=f"{ticket.ref} is not with development.")
    missing = needs_text("workaround", what=event.what, original=event.original)
    if missing is not None:
        return missing
    if event.revert_at is not None and event.revert_at <= ctx.now:
        words = "The revert lies in the future."
        return Refused(verb="workaround", why=words, fields=(("revert_at", words),), record=False)
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
    )
    until = f", to be reverted by {moment(event.revert_at, ctx.zone)}" if event.revert_at is not None else ""
    words = wording.workaround(who.name, event.what, event.original, until)
    effects: list[AnyEffect] = [to_us(ticket, f"workaround:{number}", words, "escalation_thread")]
    if event.revert_at is not None:
        effects.append(Reminder(number=number))
    return Decision(facts=(fact,), effects=tuple(effects), said="Recorded with its original.")


def reverted(number: str, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-2: confirmed by whoever did it."""
    live = ticket.live_workarounds
    item = next((one for one in live if str(one.number) == number), live[0] if live and not number else None)
    if item is None:
        return Refused(verb="reverted", why="That workaround is reverted already.")
    fact = f.Reverted(at=ctx.now, by=who.key, number=item.number)
    told = to_us(
        ticket, f"reverted:{item.number}", wording.reverted(who.name, item.number), "escalation_thread"
    )
    return Decision(facts=(fact,), effects=(told,), said="Thank you.")


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Asked on the day, and every day until somebody confirms; None for a clock of another step."""
    if event.clock != "revert":
        return None
    number = int(event.subject)
    item = next(one for one in ticket.workarounds if one.number == number)
    people = " ".join(
        dict.fromkeys(name for name in (mention(item.author, ctx), mention(item.lead, ctx)) if name)
    )
    fact = f.Nudged(
        at=ctx.now, by="clock", what="revert", subject=event.subject, next_at=ctx.now + _ASK_AGAIN
    )
    slot = f"revert:{number}:{ctx.now:%Y%m%d%H%M}"
    words = wording.revert_due(people, item.what)
    return Decision(
        facts=(fact,), effects=(to_us(ticket, slot, words, "escalation_thread", lane="escalation"),)
    )
