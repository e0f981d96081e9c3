"""The severity, the date of the permanent fix, and the clocks of the targets (SV-1 to SV-4)."""

from dataclasses import replace

from policies import facts as f
from policies import ladder
from policies.decision import Context, Decision, Refused, Who
from policies.effects import PlaceKind
from policies.events import ClockFired, Pressed
from policies.events.terms import SetSeverity
from policies.folding.fold import apply
from policies.offers import FIX_IS_IN
from policies.people import Role
from policies.steps import proposal
from policies.steps.common import climbed, joined, lead_mention, mention, owner_mention, ringing, to_us
from policies.targets import MISSED, again_at, retarget, severity_now, upcoming
from policies.ticket import Ticket
from policies.waiting import no_longer
from policies.words import severity as wording

_TO_THE_CLIENT = frozenset({"updates", "next_reply"})


def set_severity(event: SetSeverity, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Set by those with the right; from support and the developer it is a proposal to them."""
    refused = _over(ticket) or _cannot(event, ticket, ctx)
    if refused is not None:
        return refused
    if who.has(Role.SUPPORT_LEAD, Role.LEAD, Role.BACKUP):
        wish = f.SeveritySet(
            at=ctx.now,
            by=who.key,
            severity=event.severity,
            urgent=event.urgent,
            why=event.why,
            fix_at=event.fix_at,
        )
        return _set(wish, ticket, who, ctx)
    return proposal.propose(event, ticket, who, ctx)


def _over(ticket: Ticket) -> Refused | None:
    if ticket.takes_severity:
        return None
    return Refused(verb="severity", why=f"{ticket.ref} is {ticket.stage} already. Nothing was changed.")


def _cannot(event: SetSeverity, ticket: Ticket, ctx: Context) -> Refused | None:
    words = wording.cannot_flag(event.severity, ctx.terms) if event.urgent else ""
    if words:
        return Refused(verb="severity", why=words, fields=(("urgent", words),), record=False)
    if event.fix_at is not None and event.fix_at <= ctx.now:
        words = "The permanent fix lies in the future."
        return Refused(verb="severity", why=words, fields=(("fix_at", words),), record=False)
    same = (event.severity, event.urgent) == (ticket.severity, ticket.urgent) and ticket.severity_by
    if same and event.fix_at in {None, ticket.fix_at}:
        return Refused(verb="severity", why=f"{ticket.ref} is {event.severity} already.", record=False)
    return None


def _set(wish: f.SeveritySet, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    raised = no_longer(ticket, apply(ticket, wish), ctx)
    fact = replace(wish, **raised)
    targeted = retarget(ticket, apply(ticket, fact), ctx, ctx.now)
    aims = upcoming(targeted.aims, ctx.now) if targeted is not None and not targeted.resting_since else ()
    words = wording.severity_set(who.name, ticket.ref, ticket.severity, fact, aims, ctx.zone)
    told = (
        to_us(ticket, f"severity:{ctx.now:%Y%m%d%H%M%S}:{place}", words, place) for place in _hearing(ticket)
    )
    decision = Decision(
        facts=(fact,),
        effects=(*told, *(ladder.let_go(ticket, ctx) if ringing(ticket, "decide") else ())),
        said=f"{ticket.ref} is {wording.named(fact.severity, urgent=fact.urgent)}.",
    )
    return joined(decision, _rung_again(apply(ticket, fact), ctx)) if raised else decision


def _rung_again(ticket: Ticket, ctx: Context) -> Decision:
    """ES-3: a round that rested until the opening is taken up at once."""
    rests = ringing(ticket, "acknowledge", "assign", "update") and not ticket.is_led
    rests = rests and ticket.ladder is not None and ticket.ladder.next_round_at is not None
    return climbed(ladder.go_on(ticket, ctx)) if rests else Decision()


def _threads(ticket: Ticket) -> tuple[PlaceKind, ...]:
    return ("support_thread",) if ticket.escalated_at is None else ("support_thread", "escalation_thread")


def _hearing(ticket: Ticket) -> tuple[PlaceKind, ...]:
    """Where a proposal was put before the lead outside of any thread, it is also said there what became of it."""
    asked = ticket.proposed is not None and ticket.escalated_at is None
    return (*_threads(ticket), "escalation") if asked else _threads(ticket)


def accept(event: Pressed, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The button under a proposal: it becomes what was proposed, or stays; `subject` is the severity that the button names."""
    wish = ticket.proposed
    if wish is None or event.subject not in {wish.severity, proposal.KEEP}:
        return Refused(verb="severity", why="This proposal is settled already.", record=False)
    if not who.has(Role.SUPPORT_LEAD, Role.LEAD, Role.BACKUP):
        return Refused(
            verb="severity", why="The lead, the backup lead or the support lead decides. Nothing was changed."
        )
    if (over := _over(ticket)) is not None:
        return over
    if event.subject == proposal.KEEP:
        now = severity_now(ticket, ctx.terms)
        kept = f.SeveritySet(at=ctx.now, by=who.key, severity=now, urgent=ticket.urgent, why="as it was")
        return _set(kept, ticket, who, ctx)
    fix_at = wish.fix_at if wish.fix_at is not None and wish.fix_at > ctx.now else None
    fact = f.SeveritySet(
        at=ctx.now, by=who.key, severity=wish.severity, urgent=wish.urgent, why=wish.why, fix_at=fix_at
    )
    return _set(fact, ticket, who, ctx)


def fix_is_in(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """SV-4: the permanent fix is in place."""
    if not ticket.fix_wanted:
        return Refused(verb="fix_is_in", why=f"Nobody waits for a fix of {ticket.ref}.", record=False)
    told = to_us(
        ticket, f"fix_is_in:{ctx.now:%Y%m%d%H%M%S}", wording.fix_is_in(who.name), _threads(ticket)[-1]
    )
    return Decision(facts=(f.FixIsIn(at=ctx.now, by=who.key),), effects=(told,), said="Thank you.")


def clock(event: ClockFired, ticket: Ticket, ctx: Context) -> Decision | None:
    """A target is near, has lapsed, or is asked for again; None for a clock of another step."""
    aim = ticket.aim(event.subject) if event.clock == "target" else None
    if aim is None:
        return None
    if ctx.now < aim.due_at:
        return _warned(aim, ticket, ctx)
    next_at = again_at(aim, ticket.severity, ctx)
    fact: f.AnyFact = f.TargetMissed(at=ctx.now, by="clock", target=aim.kind, due=aim.due_at, next_at=next_at)
    slot = f"target:{aim.kind}:{MISSED}:{aim.due_at:%Y%m%d%H%M%S}"
    if (aim.kind, MISSED, aim.due_at) in ticket.announced:
        fact = f.TargetAskedAgain(at=ctx.now, by="clock", target=aim.kind, next_at=next_at or aim.due_at)
        slot = f"target:{aim.kind}:again:{ctx.now:%Y%m%d%H%M%S}"
    who, place = _to(aim.kind, ticket, ctx)
    words = wording.target_lapsed(who, ticket.ref, ticket.severity, aim, ctx.zone)
    buttons = (FIX_IS_IN,) if aim.kind == "fix" else ()
    told = to_us(ticket, slot, words, place, lane="escalation", buttons=buttons)
    return Decision(facts=(fact,), effects=(told,))


def _warned(aim: f.Aim, ticket: Ticket, ctx: Context) -> Decision:
    """The last of the warnings that are due; those that downtime swallowed are not said one after the other."""
    passed = [left for moment, left in aim.warnings if moment <= ctx.now]
    left = passed[-1] if passed else ""
    following = next((moment for moment, _ in aim.warnings if moment > ctx.now), aim.due_at)
    fact = f.TargetWarned(
        at=ctx.now, by="clock", target=aim.kind, threshold=left, due=aim.due_at, next_at=following
    )
    who, place = _to(aim.kind, ticket, ctx)
    words = wording.target_ahead(who, ticket.ref, ticket.severity, aim, left, ctx.zone)
    slot = f"target:{aim.kind}:{left}:{aim.due_at:%Y%m%d%H%M%S}"
    return Decision(facts=(fact,), effects=(to_us(ticket, slot, words, place, lane="escalation"),))


def _to(kind: f.AimKind, ticket: Ticket, ctx: Context) -> tuple[str, PlaceKind]:
    """Who can act, and where they are told: support before the escalation and of words to the client, then development."""
    if ticket.escalated_at is None or kind in _TO_THE_CLIENT:
        return owner_mention(ticket, ctx), "support_thread"
    lead = lead_mention(ticket, ctx)
    developer = mention(ticket.developer, ctx) if kind != "response" else ""
    return " ".join(dict.fromkeys(one for one in (developer, lead) if one)), "escalation_thread"
