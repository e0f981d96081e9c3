"""What would have happened under other terms: what people did is taken as it was, all else is played anew. Pure.

People's acts come from the recorded facts and happen at their moments; which clocks lapse and who is rung follows from the other
terms by the very rules. Nobody can know what people would have done after a call that never was: they do what they did.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from policies import events as e
from policies import facts as f
from policies.figures import Figures, Lapse, figures
from policies.questions.acts import ACTS, Act
from policies.questions.rehearsal import Rehearsal, Setting, Turn
from policies.terms import Terms
from policies.ticket import ENDED, Ticket

TURNING = (f.Escalated, f.Acknowledged, f.Assigned, f.Updated, f.Resolved, f.Confirmed, f.Closed, f.Dismissed)
"""What people did without which the rest is another story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A request as it was: its facts in order, and the terms in force."""

    ticket: Ticket
    facts: tuple[f.AnyFact, ...]
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A request as it was and as it would have been. `unlike` says why the two cannot be compared, empty when they can."""

    ref: str
    client: str
    before: Figures
    after: Figures
    unlike: str = ""

    @property
    def no_more(self) -> tuple[Lapse, ...]:
        """What lapsed and would not have."""
        return _beyond(self.before, self.after)

    @property
    def newly(self) -> tuple[Lapse, ...]:
        """What would have lapsed and did not."""
        return _beyond(self.after, self.before)


def _beyond(one: Figures, other: Figures) -> tuple[Lapse, ...]:
    """Lapses of `one` that `other` has not, each as often as it has it more."""
    left = [lapse.what for lapse in other.lapses]
    found = []
    for lapse in one.lapses:
        if lapse.what in left:
            left.remove(lapse.what)
        else:
            found.append(lapse)
    return tuple(found)


def replay(recorded: Recorded, setting: Setting, until: datetime) -> Replayed:
    """One request under the terms of `setting`, as far as `until`; one that has ended, to its end."""
    ticket = recorded.ticket
    end = min(until, recorded.facts[-1].at) if ticket.stage in ENDED else until
    played = _played(recorded, setting, end)
    return Replayed(
        ref=ticket.ref,
        client=ticket.client,
        before=figures(recorded.facts, recorded.terms, end),
        after=figures(played.facts, setting.terms, end),
        unlike=_unlike(recorded, played),
    )


def _played(recorded: Recorded, setting: Setting, end: datetime) -> Rehearsal:
    played = Rehearsal(setting=setting, turns=[], now=recorded.facts[0].at)
    taken = recorded.facts[0].at
    for fact in recorded.facts:
        taken = max(taken, _taken(fact, recorded.facts))
        if type(fact) in ACTS:
            act = partial(_act, fact, recorded.ticket.client, played)
            played.turns.append(Turn(at=taken, act=act))
    played.run(end)
    return played


def _taken(fact: f.AnyFact, facts: Iterable[f.AnyFact]) -> datetime:
    """When it was taken in: a message that came late was taken in when it was answered, and what is recorded later was later."""
    if isinstance(fact, f.Opened) and fact.late:
        return next((one.at for one in facts if isinstance(one, f.FirstResponse)), fact.at)
    return fact.at


def _act(
    fact: f.AnyFact, client: str, played: Rehearsal, key: str, ticket: Ticket | None
) -> e.AnyEvent | None:
    """The event behind a fact. One that an earlier act has brought about already is refused, and changes nothing."""
    return ACTS[type(fact)](
        Act(fact=fact, key=key, ticket=ticket, roster=played.setting.roster, client=client)
    )


def _numbered(facts: Iterable[f.AnyFact]) -> Iterator[tuple[f.AnyFact, int]]:
    """Each fact with how many of its kind, moment and person there are up to it."""
    seen = Counter[tuple[str, datetime, str]]()
    for fact in facts:
        seen[_sign(fact)] += 1
        yield fact, seen[_sign(fact)]


def _count(facts: Iterable[f.AnyFact], fact: f.AnyFact) -> int:
    return sum(_sign(one) == _sign(fact) for one in facts)


def _sign(fact: f.AnyFact) -> tuple[str, datetime, str]:
    return fact.kind, fact.at, fact.by


def _unlike(recorded: Recorded, played: Rehearsal) -> str:
    """Why the rest is another story: other requests had a part in it, or the first of people's acts that was not taken."""
    for kind, why in _SHARED.items():
        if any(isinstance(fact, kind) for fact in recorded.facts):
            return why
    if played.cut:
        return "it takes too many steps"
    for fact, nth in _numbered(recorded.facts):
        ours = isinstance(fact, TURNING) and fact.by != "clock" and fact.at <= played.now
        if ours and _count(played.facts, fact) < nth:
            why = next((step.refused for step in played.steps if step.refused and step.at == fact.at), "")
            name = fact.kind.replace("_", " ")
            return f"{name} by {fact.by} could not be played again{': ' + why.rstrip('.') if why else ''}"
    return ""


_SHARED: dict[type, str] = {
    f.Merged: "it was merged with another request",
    f.Absorbed: "it was merged with another request",
    f.IncidentLed: "it was part of an incident",
    f.IncidentJoined: "it was part of an incident",
}
"""What makes a request depend on others: it cannot be played by itself."""
