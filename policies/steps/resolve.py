"""Resolving, confirming, closing and coming back (UP-5, UP-6, RS-1, RS-2)."""

from collections.abc import Sequence

from policies import facts as f
from policies.decision import Context, Decision, Refused, Who
from policies.effects import AnyEffect, TrackerEntry
from policies.events import CloseCarried, CodeChange, GiveUpdate, Resolve
from policies.events.terms import Carried
from policies.folding.fold import apply
from policies.ladder import let_go
from policies.markup import inert, span
from policies.people import Role
from policies.steps import asked, carried, intake
from policies.steps.common import (
    joined,
    needs_text,
    owner_mention,
    ringing,
    stage_is,
    support_time,
    to_client,
    to_us,
)
from policies.steps.update import give_update, updated
from policies.ticket import Stage, Ticket
from policies.words import client as client_words
from policies.words import internal as wording


def resolve(event: Resolve, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Development resolves: the final update, a code change into the tracker, and support tells the client."""
    refused = stage_is(ticket, "resolve", Stage.ASSIGNED, Stage.ACKNOWLEDGED, why=_not_resolvable(ticket))
    refused = refused or needs_text("resolve", text=event.text)
    if refused is not None:
        return refused
    if event.code_change.strip() and (problem := _not_hotfix(ticket, event.scope, urgent=event.urgent)):
        return Refused(verb="resolve", why=problem, fields=(("scope", problem),), record=False)
    final = GiveUpdate(key=event.key, at=event.at, actor=event.actor, what="final", text=event.text)
    told = updated(final, ticket, who, ctx)
    after = _after(ticket, told)
    resolved = f.Resolved(
        at=ctx.now, by=who.key, outcome="fixed", text=event.text, cause=event.cause, steps=event.steps
    )
    silenced = () if ringing(ticket, "update") else let_go(ticket, ctx)
    decision = joined(told, Decision(facts=(resolved,), effects=silenced))
    if event.code_change.strip():
        change = CodeChange(
            key=event.key,
            at=event.at,
            actor=event.actor,
            summary=event.code_change,
            urgent=event.urgent,
            scope=event.scope or "site",
        )
        decision = joined(decision, _logged(change, after, who, ctx))
    return joined(decision, Decision(said=f"{ticket.ref} is resolved. Support tells the client."))


def final_update(event: GiveUpdate, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-2: an update that is the final resolution resolves; every other one is an update."""
    if event.what != "final":
        return give_update(event, ticket, who, ctx)
    final = Resolve(key=event.key, at=event.at, actor=event.actor, ticket=event.ticket, text=event.text)
    return resolve(final, ticket, who, ctx)


def _after(ticket: Ticket, decision: Decision) -> Ticket:
    for fact in decision.facts:
        ticket = apply(ticket, fact)
    return ticket


def _not_resolvable(ticket: Ticket) -> str:
    if ticket.stage is Stage.ESCALATED:
        return f"{ticket.ref} is not acknowledged yet."
    return f"{ticket.ref} is not with development."


def code_change(event: CodeChange, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-5: logged for planning; urgent ones take the hotfix path, which is for all users or downtime (UP-6)."""
    if ticket.escalated_at is None or not ticket.is_open:
        return Refused(verb="code_change", why=f"{ticket.ref} is not with development.")
    if problem := _not_hotfix(ticket, event.scope, urgent=event.urgent):
        return Refused(verb="code_change", why=problem, fields=(("scope", problem),), record=False)
    return needs_text("code_change", summary=event.summary) or _logged(event, ticket, who, ctx)


def _not_hotfix(ticket: Ticket, scope: str, *, urgent: bool) -> str:
    """UP-6: why this is none for the hotfix path; empty when it is, or when it is not urgent."""
    if not urgent or scope == "all" or ticket.down:
        return ""
    return "The hotfix path is for all users or for downtime: choose the scope, or leave it to planning."


def _logged(event: CodeChange, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    number = len(ticket.code_changes) + 1
    entry = f"CHG-{ticket.id}-{number}"
    fact = f.CodeChangeLogged(
        at=ctx.now,
        by=who.key,
        number=number,
        entry=entry,
        summary=event.summary,
        urgent=event.urgent,
        scope=event.scope,
    )
    words = wording.code_change(entry, event.summary, urgent=event.urgent, scope=event.scope)
    effects: tuple[AnyEffect, ...] = (
        TrackerEntry(number=number),
        to_us(ticket, f"code_change:{number}", words, "escalation_thread"),
    )
    return Decision(facts=(fact,), effects=effects, said=f"Logged as {entry}.")


def confirm(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """RS-1: support has asked the client, and the client said yes."""
    refused = stage_is(ticket, "confirm", Stage.RESOLVED, why=f"{ticket.ref} is not resolved yet.")
    if refused is not None:
        return refused
    if ticket.open_updates:
        return Refused(
            verb="confirm", why="The client has not been told of the resolution yet: send the draft first."
        )
    return _confirmed(ticket, who, ctx, inert(who.name))


def solved(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """RS-1: the client's own click."""
    refused = stage_is(ticket, "solved", Stage.RESOLVED, why=f"{ticket.ref} is {ticket.stage}.")
    if refused is not None:
        return refused
    return _confirmed(ticket, who, ctx, wording.the_client(who.slack))


def _confirmed(ticket: Ticket, who: Who, ctx: Context, name: str) -> Decision | Refused:
    if ticket.confirmed_by:
        return Refused(verb="confirm", why=f"{ticket.ref} is confirmed already.", record=False)
    fact = f.Confirmed(at=ctx.now, by=who.key, attention_at=support_time(ctx, ctx.terms.attention))
    words = wording.confirmed(ticket.ref, owner_mention(ticket, ctx), name)
    told = to_us(ticket, f"confirmed:{ctx.now:%d%H%M%S}", words)
    return Decision(
        facts=(fact,),
        effects=(told, *asked.no_more(ticket)),
        said="Thank you. Support closes it." if who.person is None else "Confirmed. It can be closed.",
    )


def still_broken(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """The client is not content: a new cycle (RS-2)."""
    if ticket.stage is Stage.CLOSED and (ticket.reopen_until is None or ctx.now >= ticket.reopen_until):
        return Refused(
            verb="still_broken", why=f"{ticket.ref} was closed too long ago. Please write a new message here."
        )
    refused = stage_is(
        ticket, "still_broken", Stage.RESOLVED, Stage.CLOSED, why=f"We are still working on {ticket.ref}."
    )
    if refused is not None:
        return refused
    again = intake.reopen(ticket, ctx, ctx.now, who.key, why="the client says that it is still not right")
    return joined(
        again, Decision(effects=let_go(ticket, ctx), said="We are sorry. Somebody will look at it again.")
    )


def reopen(ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """Support opens it again by hand."""
    refused = stage_is(
        ticket, "reopen", Stage.RESOLVED, Stage.CLOSED, Stage.DISMISSED, why=f"{ticket.ref} is open."
    )
    if refused is not None:
        return refused
    again = intake.reopen(ticket, ctx, ctx.now, who.key, why=f"reopened by {who.name}")
    claimed = f.Claimed(
        at=ctx.now, by=who.key, owner=who.key, attention_at=support_time(ctx, ctx.terms.attention)
    )
    silenced = let_go(ticket, ctx)
    return joined(
        again, Decision(facts=(claimed,), effects=silenced, said=f"{ticket.ref} is open again and yours.")
    )


def close(ticket: Ticket, who: Who, ctx: Context, left: Sequence[Carried] = ()) -> Decision | Refused:
    """RS-1: formally closed, here and in the sheet. Support needs the client's word, or its long silence.

    `left` says who carries the live workarounds, until when; what is not said there stays as it is (WA-3).
    """
    refused = _cannot_close(ticket, who, ctx)
    if refused is not None:
        return refused
    behind = carried.left_behind(left, ticket, who, ctx)
    if isinstance(behind, Refused):
        return behind
    fact = f.Closed(
        at=ctx.now,
        by=who.key,
        outcome=ticket.outcome or "client_silent",
        reopen_until=ctx.now + ctx.terms.reopen,
    )
    words = client_words.closed(ticket.ref, span(ctx.terms.reopen.total_seconds()))
    effects = (*to_client(ticket, "closed", words), *asked.no_more(ticket), *let_go(ticket, ctx))
    return joined(behind, Decision(facts=(fact,), effects=effects, said=f"{ticket.ref} is closed."))


def close_carried(event: CloseCarried, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """WA-3: closed by the form that asks who carries what is left, until when."""
    return close(ticket, who, ctx, event.carried)


def _cannot_close(ticket: Ticket, who: Who, ctx: Context) -> Refused | None:
    silent = ticket.silence_sent > len(ctx.terms.silence)
    if not ticket.is_open:
        return Refused(verb="close", why=f"{ticket.ref} is {ticket.stage} already.", record=False)
    if ticket.with_development:
        return Refused(verb="close", why=f"{ticket.ref} is with development and not resolved.")
    if ticket.open_updates:
        return Refused(
            verb="close", why="The client has not been told of the last update yet: send the draft first."
        )
    if ticket.stage is not Stage.RESOLVED and not silent:
        return Refused(verb="close", why=f"{ticket.ref} is not resolved yet.")
    settled = ticket.confirmed_by or ticket.outcome == "change_request" or silent
    if not settled and not who.has(Role.SUPPORT_LEAD):
        return Refused(
            verb="close",
            why=f"{ticket.ref} is not confirmed by the client yet; only the support lead closes it as it is.",
        )
    return None
