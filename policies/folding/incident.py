"""How the facts of Severity 1, and of incidents over several clients, change the ticket."""

from collections.abc import Callable
from typing import Any

from policies import facts as f
from policies.changing import changed, replace
from policies.folding.calls import climbing
from policies.folding.terms import met
from policies.folding.updates import updated
from policies.ticket import Executives, Member, Stage, Ticket


def _asked(ticket: Ticket, fact: f.ExecutivesAsked) -> Ticket:
    informed = ticket.executives.informed if ticket.executives is not None else ()
    asked = Executives(
        number=fact.number, news=fact.news, person=fact.person, ask_at=fact.next_at, informed=informed
    )
    return replace(ticket, executives=asked)


def _informed(ticket: Ticket, fact: f.ExecutivesInformed) -> Ticket:
    before = ticket.executives
    if before is None:
        return ticket
    return replace(ticket, executives=replace(before, ask_at=None, informed=(*before.informed, fact)))


def _led(ticket: Ticket, fact: f.IncidentLed) -> Ticket:
    member = Member(id=fact.member, ref=fact.ref, client=fact.client, since=fact.since, down=fact.down)
    return replace(ticket, incident=fact.title or ticket.incident, members=(*ticket.members, member))


def _joined(ticket: Ticket, fact: f.IncidentJoined) -> Ticket:
    """Nobody is rung for its development any more: whoever leads has that."""
    return replace(
        ticket,
        incident=fact.title,
        led_by=fact.leader,
        leader_ref=fact.ref,
        attention_at=fact.attention_at if ticket.stage is not Stage.NEW else None,
        assigned_at=ticket.assigned_at or (fact.at if fact.assigned else None),
        aims=met(ticket, "response") if fact.assigned else ticket.aims,
        ladder=None if climbing(ticket, "acknowledge", "assign", "update") else ticket.ladder,
    )


def _left(ticket: Ticket, fact: f.IncidentLeft) -> Ticket:
    """On the leader one less; on the one that was led its own clocks again."""
    if fact.member:
        members = tuple(member for member in ticket.members if member.id != fact.member)
        return replace(ticket, members=members, incident=ticket.incident if members else "")
    over = ticket.promise_at is not None and ticket.promise_at <= fact.at
    ticket = replace(
        ticket,
        incident="",
        led_by=0,
        leader_ref="",
        attention_at=fact.attention_at,
        acknowledge_at=fact.acknowledge_at,
        assign_nudge_at=fact.nudge_at,
        assign_ring_at=fact.ring_at,
        update_at=fact.update_at,
        update_which=_which(ticket) if fact.update_at else "",
        promise_at=None if over else ticket.promise_at,
        warn_at=None if over else ticket.warn_at,
        heard_at=None,
        assigned_at=ticket.assigned_at if ticket.developer else None,
    )
    if fact.relay_at is None:
        return ticket
    return replace(ticket, updates=changed(ticket.updates, len(ticket.updates), relay_at=fact.relay_at))


def _which(ticket: Ticket) -> str:
    return "second_update" if ticket.cycle_updates else "first_update"


def _down(ticket: Ticket, fact: f.IncidentDown) -> Ticket:
    members = (replace(one, down=True) if one.id == fact.member else one for one in ticket.members)
    return replace(ticket, members=tuple(members))


def _carried(ticket: Ticket, fact: f.UpdateCarried) -> Ticket:
    """As an update of its own, but nobody is asked for the next one here, and the draft stands with the leader."""
    own = f.Updated(
        at=fact.at,
        by=fact.by,
        number=fact.number,
        what=fact.what,
        text=fact.text,
        relay_at=fact.relay_at or fact.at,
        promise=fact.promise,
        warn_at=fact.warn_at,
        neutral_at=fact.neutral_at,
    )
    after = updated(ticket, own)
    return replace(
        after,
        updates=changed(after.updates, fact.number, relay_at=fact.relay_at, carried=fact.of),
        attention_at=None if ticket.stage is Stage.NEW or ticket.silence_at else fact.attention_at,
    )


INCIDENT: dict[type, Callable[[Ticket, Any], Ticket]] = {
    f.ExecutivesAsked: _asked,
    f.ExecutivesInformed: _informed,
    f.HotfixStepDone: lambda t, x: replace(t, hotfix=(*t.hotfix, x)),
    f.IncidentLed: _led,
    f.IncidentJoined: _joined,
    f.IncidentLeft: _left,
    f.IncidentDown: _down,
    f.LeaderHasDeveloper: lambda t, x: replace(t, assigned_at=t.assigned_at or x.at, aims=met(t, "response")),
    f.UpdateCarried: _carried,
}
"""Fact -> what it changes."""
