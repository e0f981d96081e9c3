"""Rounds of calls that go on alike: the last one, moved in time, instead of thousands that are decided one by one (ES-3). Pure.

Nobody reacts in a rehearsal, so that the next round is the last one again, as long as nothing else happens, the rota stays
and the pauses have come to their longest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policies import events as e
from policies import facts as f
from policies.questions.step import Step
from policies.terms import Terms
from policies.ticket import Ladder, Ticket

_RINGING = (f.Called, f.Skipped, f.CallOver, f.RoundOver)
_ELSE = (f.LadderStarted, f.CapReached)


@dataclass(frozen=True, slots=True)
class Round:
    """The telephone's steps of a whole round, the last of which ended it; `period` is from its beginning to that of the next."""

    steps: tuple[Step, ...]
    number: int
    period: timedelta

    @property
    def begin(self) -> datetime:
        """When its first call, or what took its place, began."""
        return self.steps[0].at

    @property
    def length(self) -> timedelta:
        """From there to its end."""
        return self.steps[-1].at - self.begin

    @property
    def calls(self) -> tuple[f.Called, ...]:
        """Its calls, in order."""
        return tuple(fact for step in self.steps for fact in step.facts if isinstance(fact, f.Called))


def last(steps: Sequence[Step], ladder: Ladder, terms: Terms) -> Round | None:
    """The round that ended last, where the next one can only be the same again; None where it may be another."""
    if ladder.next_round_at is None or ladder.round < len(terms.round_pauses):
        return None
    found: list[Step] = []
    for step in reversed(steps):
        if any(isinstance(fact, _ELSE) for fact in step.facts) or not _by_itself(step.event):
            return None
        if any(isinstance(fact, _RINGING) for fact in step.facts):
            found.append(step)
            if isinstance(step.event, e.ClockFired):
                break
    return _whole(tuple(reversed(found)), ladder, terms)


def _by_itself(event: e.AnyEvent) -> bool:
    return isinstance(event, e.ClockFired | e.CallEnded)


def _whole(steps: tuple[Step, ...], ladder: Ladder, terms: Terms) -> Round | None:
    """A round that the clock of rounds began, and that ended with the longest pause."""
    first = steps[0].event if steps else None
    over = steps[-1].facts[-1] if steps else None
    if not isinstance(first, e.ClockFired) or first.clock != "round" or not isinstance(over, f.RoundOver):
        return None
    if (over.round + 1, over.next_at) != (ladder.round, ladder.next_round_at):
        return None
    if over.next_at - over.at != terms.round_pauses[-1]:
        return None
    return Round(steps=steps, number=over.round, period=over.next_at - steps[0].at)


def moved(one: Round, times: int, ticket: Ticket) -> tuple[Step, ...]:
    """The same round `times` later; `ticket` as it was before the first of them."""
    later = times * one.period
    calls = ticket.calls + (times - 1) * len(one.calls)
    steps = []
    for step in one.steps:
        facts: list[f.AnyFact] = []
        for fact in step.facts:
            calls += isinstance(fact, f.Called)
            facts.append(_moved(fact, later, one.number + times, f"{ticket.id}-{calls}"))
        steps.append(Step(at=step.at + later, event=step.event, facts=tuple(facts)))
    return tuple(steps)


def _moved(fact: f.AnyFact, later: timedelta, number: int, token: str) -> f.AnyFact:
    at = fact.at + later
    match fact:
        case f.Called():
            return replace(fact, at=at, guard_at=fact.guard_at + later, round=number, token=token)
        case f.CallOver():
            return replace(fact, at=at, token=token)
        case f.RoundOver():
            return replace(fact, at=at, round=number, next_at=fact.next_at + later)
        case _:
            return replace(fact, at=at)


def before_last(one: Round, times: int, ticket: Ticket) -> Ticket:
    """The ticket as the last of so many rounds finds it."""
    ladder = ticket.ladder
    if ladder is None or ladder.next_round_at is None:
        return ticket
    passed = times - 1
    ahead = replace(
        ladder,
        round=ladder.round + passed,
        next_round_at=ladder.next_round_at + passed * one.period,
    )
    return replace(ticket, calls=ticket.calls + passed * len(one.calls), ladder=ahead)
