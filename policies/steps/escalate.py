"""Escalation: the whole block, the lead's window, the telephone on demand (ES-1, ES-2, ES-7)."""

from dataclasses import replace
from urllib.parse import urlsplit

from policies import facts as f
from policies import ladder
from policies.decision import Context, Decision, Refused, Who
from policies.effects import Card, Post
from policies.events import FIELDS, GAPS, Block, ClockFired, Escalate
from policies.folding.fold import apply
from policies.hours import is_open
from policies.steps.common import client_of, climbed, ringing, stage_is, to_person, to_us
from policies.ticket import Stage, Ticket
from policies.waiting import acknowledge_by, waits_for_opening
from policies.words import internal as wording
from policies.words import severity as wording_severity

_LIMITS = {"issue_detail": 2900}
_LIMIT = 200


def check_block(block: Block) -> tuple[tuple[str, str], ...]:
    """TR-3: the fields that cannot be right, each with what would be. A gap that is said is an answer."""
    problems: list[tuple[str, str]] = []
    block = with_gaps(block)
    for name, label in FIELDS:
        text = getattr(block, name).strip()
        limit = _LIMITS.get(name, _LIMIT)
        if not text:
            problems.append((name, f"Please fill in {label}, or write Unknown or Not applicable."))
        elif len(text) > limit:
            problems.append((name, f"{label} takes at most {limit:,} characters; this has {len(text):,}."))
        elif name == "saas_url" and text not in GAPS and not _is_address(text):
            problems.append(
                (name, "This is not a web address: write it as https://shop.example.com, or Unknown.")
            )
    return tuple(problems)


def with_gaps(block: Block) -> Block:
    """The block with every "unknown" and "not applicable" in the one spelling that is shown as a gap (TR-3)."""
    spelling = {gap.casefold(): gap for gap in GAPS}
    texts = {name: getattr(block, name) for name, _ in FIELDS}
    return replace(
        block, **{name: spelling.get(text.strip().casefold(), text) for name, text in texts.items()}
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text


def escalate(event: Escalate, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """ES-1: at once, with the whole block; the window is the one in force now (ES-2)."""
    why = f"{ticket.ref} is {'escalated' if ticket.with_development else ticket.stage} already."
    refused = stage_is(ticket, "escalate", Stage.NEW, Stage.CLAIMED, why=why)
    if refused is not None:
        return refused
    problems = check_block(event.block)
    if problems:
        return Refused(verb="escalate", why="Some fields cannot be right.", fields=problems, record=False)
    in_hours = is_open(ctx.terms.development, ctx.now)
    due = acknowledge_by(ticket, ctx)
    lead = ctx.roster.acting_lead(ctx.now)
    fact = f.Escalated(
        at=ctx.now,
        by=who.key,
        block=with_gaps(event.block),
        lead=lead.key if lead else "",
        acknowledge_at=due,
        in_hours=in_hours,
    )
    text = wording.escalated(ticket, client_of(ticket, ctx), lead, due, ctx.zone) + _known(ticket, ctx)
    after = apply(ticket, fact)
    told: list[Post] = [to_us(after, "escalated", text, "escalation_thread", lane="escalation")]
    if lead is not None:
        told.append(to_person(after, "escalated", lead, text, lane="escalation"))
    silenced = () if ringing(ticket, "decide") else ladder.let_go(ticket, ctx)
    effects = (Card(slot="card:escalation", lane="escalation"), *told, *silenced)
    return Decision(facts=(fact,), effects=effects, said=f"{ticket.ref} is escalated.")


def _known(ticket: Ticket, ctx: Context) -> str:
    """What the lead is told of the agreed terms: that this may wait (ES-6), and who built it (HC-5)."""
    client = client_of(ticket, ctx)
    builders = ctx.roster.names(client.builders) if client is not None and ticket.intensive else ""
    waits = waits_for_opening(ticket, ctx)
    return wording_severity.known_at_escalation(ticket.severity if waits else "", builders)


def call_now(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """ES-7: support does not wait for the window."""
    refused = stage_is(ticket, "call_now", Stage.ESCALATED, why=_no_call(ticket, ctx))
    if refused is not None:
        return refused
    if ringing(ticket, "acknowledge"):
        if ticket.ladder is not None and ticket.ladder.token:
            return Refused(
                verb="call_now", why=f"{ctx.roster.names((ticket.ladder.person,))} is being called already."
            )
        return climbed(ladder.go_on(ticket, ctx), said="Calling now.")
    return climbed(ladder.start(ticket, "acknowledge", ctx), said="Calling now.")


def _no_call(ticket: Ticket, ctx: Context) -> str:
    if ticket.acknowledged_by:
        return f"{ticket.ref} is already acknowledged by {ctx.roster.names((ticket.acknowledged_by,))}."
    return f"{ticket.ref} is not escalated."


def reached_by_voice(note: str, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """ES-7: recorded; the clocks go on until the lead's own click or key."""
    refused = stage_is(
        ticket,
        "reached_by_voice",
        Stage.ESCALATED,
        Stage.ACKNOWLEDGED,
        Stage.ASSIGNED,
        why=f"{ticket.ref} is not escalated.",
    )
    if refused is not None:
        return refused
    lead = ctx.roster.names((ticket.lead,)) if ticket.lead else "the lead"
    words = wording.reached_by_voice(who.name, lead, note, waiting=ticket.stage is Stage.ESCALATED)
    post = to_us(ticket, f"voice:{ctx.now:%Y%m%d%H%M%S}", words, "escalation_thread")
    return Decision(
        facts=(f.ReachedByVoice(at=ctx.now, by=who.key, note=note),), effects=(post,), said="Recorded."
    )


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """ES-3: not acknowledged in time; None for a clock of another step."""
    if event.clock == "acknowledge":
        return climbed(ladder.start(ticket, "acknowledge", ctx))
    return None
