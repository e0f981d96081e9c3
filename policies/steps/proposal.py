"""A proposed severity: put before those who decide, telephoned for where it is Severity 1, settled on its own message (SV-2)."""

from datetime import datetime

from policies import facts as f
from policies import ladder
from policies.decision import Context, Decision, Who
from policies.effects import AnyEffect, Button, PlaceKind, Post
from policies.events import ClockFired
from policies.events.terms import SetSeverity
from policies.steps.common import climbed, lead_mention, ringing, to_us
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
    slot = f"proposed:{ctx.now:%Y%m%d%H%M%S}"
    place: PlaceKind = "escalation" if ticket.escalated_at is None else "escalation_thread"
    return to_us(ticket, slot, words, place, lane="escalation", buttons=(accept, keep))


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """Nobody has decided: the telephone, or the next try while it rings for something else; None for another step's clock."""
    if event.clock != "decide":
        return None
    if ticket.ladder is None:
        return climbed(ladder.start(ticket, "decide", ctx))
    later = ctx.now + ctx.terms.round_pauses[0]
    return Decision(facts=(f.Nudged(at=ctx.now, by="clock", what="decide", next_at=later),))
