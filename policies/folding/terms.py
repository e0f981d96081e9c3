"""How the facts of severity and targets change the ticket."""

from collections.abc import Callable
from typing import Any

from policies import facts as f
from policies.changing import replace
from policies.folding.calls import climbing
from policies.ticket import Ticket


def _severity_set(ticket: Ticket, fact: f.SeveritySet) -> Ticket:
    return replace(
        sooner(ticket, fact),
        severity=fact.severity,
        severity_by=fact.by,
        severity_at=fact.at,
        urgent=fact.urgent,
        fix_at=fact.fix_at or ticket.fix_at,
        proposed=None,
        decide_at=None,
        ladder=None if climbing(ticket, "decide") else ticket.ladder,
    )


def _proposed(ticket: Ticket, fact: f.SeverityProposed) -> Ticket:
    """The telephone goes on for another Severity 1; for less nobody is rung."""
    silent = climbing(ticket, "decide") and fact.severity != "S1"
    return replace(ticket, proposed=fact, decide_at=fact.decide_at, ladder=None if silent else ticket.ladder)


def sooner(ticket: Ticket, fact: f.SeveritySet | f.ProductionDown) -> Ticket:
    """With the clocks of development that wait for its opening no longer (ES-6)."""
    return replace(
        ticket,
        acknowledge_at=fact.acknowledge_at or ticket.acknowledge_at,
        assign_nudge_at=fact.nudge_at or ticket.assign_nudge_at,
        assign_ring_at=fact.ring_at or ticket.assign_ring_at,
        update_at=fact.update_at or ticket.update_at,
    )


def _targeted(ticket: Ticket, fact: f.Targeted) -> Ticket:
    """What is met keeps the moment it was aimed at until then; a new cycle begins with its own."""
    known = {} if fact.because in {"opened", "reopened"} else dict(ticket.dues)
    return replace(
        ticket,
        severity=fact.severity,
        fix_at=fact.fix_at,
        aims=fact.aims,
        dues=tuple((known | {aim.kind: aim.due_at for aim in fact.aims}).items()),
        pauses=fact.pauses,
        resting_since=fact.resting_since,
        terms=fact.terms,
        intensive=fact.intensive,
    )


def _announced(ticket: Ticket, threshold: str, fact: f.TargetWarned | f.TargetMissed) -> Ticket:
    said = (fact.target, threshold, fact.due)
    return replace(_next(ticket, fact), announced=ticket.announced | {said})


def _next(ticket: Ticket, fact: f.TargetWarned | f.TargetMissed | f.TargetAskedAgain) -> Ticket:
    aims = (replace(aim, next_at=fact.next_at) if aim.kind == fact.target else aim for aim in ticket.aims)
    return replace(ticket, aims=tuple(aims))


def met(ticket: Ticket, *kinds: str) -> tuple[f.Aim, ...]:
    """The targets that are left when those of `kinds` are met."""
    return tuple(aim for aim in ticket.aims if aim.kind not in kinds)


TERMS: dict[type, Callable[[Ticket, Any], Ticket]] = {
    f.SeveritySet: _severity_set,
    f.SeverityProposed: _proposed,
    f.Targeted: _targeted,
    f.TargetWarned: lambda t, x: _announced(t, x.threshold, x),
    f.TargetMissed: lambda t, x: _announced(t, "missed", x),
    f.TargetAskedAgain: _next,
    f.FixIsIn: lambda t, x: replace(t, fix_at=None, aims=met(t, "fix")),
}
"""Fact -> what it changes."""
