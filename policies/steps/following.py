"""What one request of an incident tells the others: updates, the one approval that sends them to every client, the end (UP-4, CO-1)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypedDict
from urllib.parse import urlsplit

from policies import facts as f
from policies.decision import NOTHING, Context, Decision, Refused, Who
from policies.effects import AnyEffect, Button, Revise
from policies.events import Actor, AnyEvent, Relay
from policies.events.incident import (
    Given,
    JoinIncident,
    LeaderAssigned,
    LeaderGave,
    LeaderGone,
    LeaderSent,
    MemberDown,
    MemberLeft,
)
from policies.folding.fold import apply
from policies.ladder import let_go
from policies.markup import stamp
from policies.prefill import draft
from policies.steps import update
from policies.steps.common import client_zone, owner_mention, support_time, to_us
from policies.ticket import Ticket
from policies.words import incident as wording
from policies.words.internal import draft_sent

_REF = re.compile(r"\b[A-Za-z][A-Za-z0-9]*-\d+\b")


def newest(event: JoinIncident, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """What development said last: this client gets a draft of its own, for the others may have read it."""
    if event.given is None:
        return Decision()
    fact = carried(event.given, ticket, who, ctx, relay_at=ctx.now + ctx.terms.relay)
    after = apply(ticket, fact)
    return Decision(facts=(fact,), effects=(own_draft(after, event.leader_ref, ctx),))


def carried(
    given: Given, ticket: Ticket, who: Who, ctx: Context, relay_at: datetime | None = None
) -> f.UpdateCarried:
    """An update of the leader as this client's own; moments that are over promise nothing."""
    ahead = given.promise is not None and given.promise > ctx.now and given.what != "final"
    return f.UpdateCarried(
        at=ctx.now,
        by=who.key,
        number=len(ticket.updates) + 1,
        of=given.number,
        what=given.what,
        text=given.text,
        attention_at=look_at(ctx, given.promise),
        promise=given.promise if ahead else None,
        warn_at=_not_before(given.warn_at, ctx.now) if ahead else None,
        neutral_at=_not_before(given.neutral_at, ctx.now) if ahead else None,
        relay_at=relay_at,
    )


def _not_before(at: datetime | None, now: datetime) -> datetime | None:
    return None if at is None else max(at, now)


def look_at(ctx: Context, promise: datetime | None) -> datetime:
    """When its owner looks whether the client knows enough: well after the next word should have come (no silent ticket)."""
    then = support_time(ctx, ctx.terms.second_update)
    return then if promise is None else max(then, support_time(ctx, ctx.terms.attention, promise))


def own_draft(ticket: Ticket, leader: str, ctx: Context) -> AnyEffect:
    """The newest update for this client alone, which has not read it."""
    last = ticket.updates[-1]
    words = draft(ticket, last, client_zone(ticket, ctx))
    buttons = (
        Button(verb="relay", label="Send to the client", value=str(last.number), style="primary"),
        Button(verb="relay_edit", label="Edit first", value=str(last.number)),
    )
    text = wording.carried_draft(owner_mention(ticket, ctx), leader, last.number, words)
    return to_us(ticket, f"draft:{last.number}", text, lane="client", buttons=buttons)


def leader_assigned(event: LeaderAssigned, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """SV-1: an engineer is on it, for this client too."""
    if ticket.led_by != event.leader or ticket.assigned_at is not None or not ticket.is_led:
        return NOTHING
    return Decision(facts=(f.LeaderHasDeveloper(at=ctx.now, by=who.key),))


def leader_gave(event: LeaderGave, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """An update for all: its promise runs for this client too, and a final one resolves. The draft stands with the leader."""
    if ticket.led_by != event.leader or not ticket.is_led:
        return NOTHING
    fact = carried(event.given, ticket, who, ctx)
    if event.given.what != "final":
        return Decision(facts=(fact,))
    over = f.Resolved(
        at=ctx.now,
        by=who.key,
        outcome="fixed",
        text=event.given.text,
        cause=event.cause,
        steps=event.steps,
        attention_at=fact.attention_at,
    )
    return Decision(facts=(fact, over), effects=let_go(ticket, ctx))


def relay(event: Relay, ticket: Ticket, who: Who, ctx: Context) -> Decision | Refused:
    """UP-4; where others read it too, nothing may name a client to another."""
    named = _named_to_others(event, ticket, ctx) if ticket.members or ticket.led_by else ""
    if named:
        words = wording.names_others(named)
        return Refused(verb="relay", why=words, fields=(("text", words),))
    return update.relay(event, ticket, who, ctx)


def _named_to_others(event: Relay, ticket: Ticket, ctx: Context) -> str:
    """What in the words belongs to a client that some reader is not; empty for nothing."""
    found = next((one for one in ticket.updates if one.number == event.update), None)
    said = re.sub(r"[*_~`\s]+", " ", event.text.strip() or (found.text if found is not None else ""))
    for reader in ticket.all_clients:
        for name in _of_others(reader, ctx):
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE):
                return name
    prefix = ticket.ref.rpartition("-")[0]
    refs = [ref for ref in _REF.findall(said) if ref.rpartition("-")[0].upper() == prefix.upper()]
    return next((ref for ref in refs if len(ticket.all_clients) > 1 or ref.upper() != ticket.ref), "")


def _of_others(reader: str, ctx: Context) -> Iterator[str]:
    for client in ctx.roster.clients:
        if client.key != reader:
            yield client.name
            yield from (host for one in client.products if (host := urlsplit(one.url).hostname))


def leader_sent(event: LeaderSent, ticket: Ticket, who: Who, ctx: Context) -> Decision:
    """The same words in this client's own thread, with moments in its own zone; what it has read already is not said again."""
    found = next((one for one in ticket.cycle_updates if one.carried == event.number), None)
    if found is None or ticket.led_by != event.leader:
        return NOTHING
    zone = client_zone(ticket, ctx)
    text = event.text
    if found.promise is not None:
        text = text.replace(stamp(found.promise, event.zone), stamp(found.promise, zone))
    own = Relay(
        key=event.key, at=event.at, actor=event.actor, ticket=ticket.id, update=found.number, text=text
    )
    answer = update.relay(own, ticket, who, ctx)
    if isinstance(answer, Refused):
        return NOTHING
    read = next(fact.text for fact in answer.facts if isinstance(fact, f.Relayed))
    told = to_us(ticket, f"sent:{found.number}", draft_sent(who.name, found, read))
    kept = tuple(x for x in answer.effects if found.relay_at is not None or not isinstance(x, Revise))
    return replace(answer, effects=(*kept, *(() if found.relay_at is not None else (told,))))


def follow(event: AnyEvent, before: Ticket, decision: Decision, ctx: Context) -> tuple[AnyEvent, ...]:
    """What the others of an incident have to hear of this decision, in the same transaction."""
    if before.members:
        return tuple(_to_members(event, before, decision, ctx))
    if before.led_by:
        return tuple(_to_leader(event, before, decision))
    return ()


class _Told(TypedDict):
    """What every event from one request to another has."""

    key: str
    at: datetime
    actor: Actor
    ticket: int


def _to_leader(event: AnyEvent, before: Ticket, decision: Decision) -> Iterator[AnyEvent]:
    for index, fact in enumerate(decision.facts):
        told = _Told(key=f"{event.key}:{index}:leader", at=event.at, actor=event.actor, ticket=before.led_by)
        match fact:
            case f.Reopened():
                yield MemberLeft(**told, member=before.id)
                return
            case f.ProductionDown() if before.is_led:
                yield MemberDown(**told, member=before.id)
            case _:
                pass


def _to_members(event: AnyEvent, before: Ticket, decision: Decision, ctx: Context) -> Iterator[AnyEvent]:
    for member in before.members:
        for index, fact in enumerate(decision.facts):
            key = f"{event.key}:{index}:{member.id}"
            told = _Told(key=key, at=event.at, actor=event.actor, ticket=member.id)
            match fact:
                case f.Assigned() if before.assigned_at is None:
                    yield LeaderAssigned(**told, leader=before.id)
                case f.Updated():
                    yield _gave(told, before.id, fact, decision)
                case f.Relayed(number=number) if number > member.since:
                    text = event.text.strip() if isinstance(event, Relay) else ""
                    zone = client_zone(before, ctx)
                    yield LeaderSent(**told, leader=before.id, number=number, text=text, zone=zone)
                case f.Reopened():
                    yield LeaderGone(**told, leader=before.id)
                case _:
                    pass


def _gave(told: _Told, leader: int, fact: f.Updated, decision: Decision) -> LeaderGave:
    over = next((one for one in decision.facts if isinstance(one, f.Resolved)), None)
    given = Given(
        number=fact.number,
        what=fact.what,
        text=fact.text,
        promise=fact.promise,
        warn_at=fact.warn_at,
        neutral_at=fact.neutral_at,
    )
    cause, steps = (over.cause, over.steps) if over is not None else ("", "")
    return LeaderGave(**told, leader=leader, given=given, cause=cause, steps=steps)
