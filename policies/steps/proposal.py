"""A proposed severity: put before those who decide, telephoned for where it is Severity 1, settled on its own message (SV-2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from policies import facts as f
from policies import ladder
from policies.decision import Context, Decision, Who
from policies.effects import AnyEffect, Button, Place, PlaceKind, Post, Revise
from policies.events import ClockFired
from policies.events.terms import SetSeverity
from policies.steps.common import climbed, lead_mention, name_of, ringing, to_us
from policies.targets import severity_now
from policies.ticket import Stage, Ticket
from policies.waiting import decide_by
from policies.words import severity as wording

KEEP = "keep"
"""What the button under a proposal carries that leaves the severity as it is."""


def propose(event: SetSeverity, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """Those who decide are asked; of Severity 1 they hear by telephone when none of them has decided in time."""
    fact = f.SeverityProposed(
        at=ctx.now,
        by=who.key,
        severity=event.severity,
        urgent=event.urgent,
        why=event.why,
        fix_at=event.fix_at,
        decide_at=_decide_at(event, ticket, ctx),
    )
    silenced = ladder.let_go(ticket, ctx) if ringing(ticket, "decide") and fact.severity != "S1" else ()
    effects: tuple[AnyEffect, ...] = (_asked(fact, ticket, who, ctx), *silenced)
    words = wording.proposed(
        fact.decide_at,
        ctx.zone,
        ringing=ringing(ticket, "decide") and not silenced,
        escalated=ticket.escalated_at is not None,
    )
    return Decision(facts=(fact,), effects=effects, said=words)


def _decide_at(event: SetSeverity, ticket: Ticket, ctx: Context) -> datetime | None:
    """Severity 1 on what is neither one nor solved; what is proposed again is due when it was, and what rings goes on ringing."""
    at_work = ticket.is_open and ticket.stage is not Stage.RESOLVED
    if event.severity != "S1" or ticket.is_critical or not at_work or ringing(ticket, "decide"):
        return None
    return ticket.decide_at or decide_by(ctx)


def _asked(fact: f.SeverityProposed, ticket: Ticket, who: Who, ctx: Context) -> Post:
    """Before the escalation the lead has no thread of this request to read it in."""
    words = wording.severity_proposed(
        lead_mention(ticket, ctx), who.name, ticket.ref, ticket.severity, fact, ctx.zone
    )
    now = severity_now(ticket, ctx.terms)
    accept = Button(verb="severity", label=f"Set {fact.severity}", value=fact.severity, style="primary")
    keep = Button(verb="severity", label=f"Keep {now}", value=KEEP)
    return to_us(ticket, _slot(fact), words, _place(fact, ticket), lane="escalation", buttons=(accept, keep))


def _slot(fact: f.SeverityProposed) -> str:
    return f"proposed:{fact.at:%Y%m%d%H%M%S}"


def _place(fact: f.SeverityProposed, ticket: Ticket) -> PlaceKind:
    asked_before = ticket.escalated_at is None or fact.at < ticket.escalated_at
    return "escalation" if asked_before else "escalation_thread"


def settled(before: Ticket, after: Ticket, facts: Sequence[f.AnyFact], ctx: Context) -> tuple[AnyEffect, ...]:
    """What became of a proposal stands below its words, and its buttons are gone: set, left, replaced, or over."""
    wish = before.proposed
    if wish is None or not before.takes_severity or (after.proposed == wish and after.takes_severity):
        return ()
    asked = wording.severity_proposed(
        "", name_of(wish.by, ctx), before.ref, before.severity, replace(wish, decide_at=None), ctx.zone
    )
    text = f"{asked}\n{_became(before, after, facts, ctx)}"
    slot = f"{before.cycle}:{_slot(wish)}"
    return (Revise(slot=slot, to=Place(kind=_place(wish, before)), text=text),)


def _became(before: Ticket, after: Ticket, facts: Sequence[f.AnyFact], ctx: Context) -> str:
    for fact in facts:
        match fact:
            case f.SeveritySet():
                kept = fact.severity == severity_now(before, ctx.terms)
                return wording.proposal_decided(name_of(fact.by, ctx), fact, kept=kept)
            case f.SeverityProposed():
                return wording.proposal_replaced(name_of(fact.by, ctx), fact)
            case f.Reopened():
                return wording.proposal_of_before(before.ref)
    return wording.proposal_over(before.ref, after.stage)


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Nobody has decided: the telephone, or the next try while it rings for something else; None for another step's clock."""
    if event.clock != "decide":
        return None
    if ticket.ladder is None:
        return climbed(ladder.start(ticket, "decide", ctx))
    later = ctx.now + ctx.terms.round_pauses[0]
    return Decision(facts=(f.Nudged(at=ctx.now, by="clock", what="decide", next_at=later),))
