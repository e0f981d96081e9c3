"""Figures of one request from its facts: what was promised, what of it was kept, who was rung, what lapsed. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies import facts as f
from policies.folding.fold import apply
from policies.terms import Terms
from policies.ticket import ENDED, Ticket

Promise = Literal["first responses", "acknowledgements", "updates", "response targets", "resolution targets"]
PROMISES: tuple[Promise, ...] = (
    "first responses",
    "acknowledgements",
    "updates",
    "response targets",
    "resolution targets",
)
"""IN-2, ES-2, UP-1 to UP-3, SV-1."""
_TARGETS: dict[str, Promise] = {"response": "response targets", "resolution": "resolution targets"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Something was not done by `at`."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many of each promise were kept, of how many; calls by person (roster key); and what lapsed, soonest first.

    What is not due yet counts for nothing.
    """

    kept: tuple[tuple[Promise, int, int], ...]
    calls: tuple[tuple[str, int], ...]
    lapses: tuple[Lapse, ...]


def figures(facts: Iterable[f.AnyFact], terms: Terms, end: datetime) -> Figures:
    """Those of one request at `end` (aware); `terms` say what a first response was promised for, all else the facts do."""
    count = _Count(terms)
    for fact in facts:
        count.take(fact)
    count.finish(end)
    return Figures(
        kept=tuple((name, count.kept[name], count.of[name]) for name in PROMISES),
        calls=tuple(sorted(count.calls.items())),
        lapses=tuple(count.lapses),
    )


def total(found: Sequence[Figures]) -> Figures:
    """Those of several requests together."""
    kept, of, calls = Counter[Promise](), Counter[Promise](), Counter[str]()
    for one in found:
        for name, good, all_of_it in one.kept:
            kept[name] += good
            of[name] += all_of_it
        calls.update(dict(one.calls))
    return Figures(
        kept=tuple((name, kept[name], of[name]) for name in PROMISES),
        calls=tuple(sorted(calls.items())),
        lapses=tuple(sorted((lapse for one in found for lapse in one.lapses), key=lambda one: one.at)),
    )


class _Count:
    """Goes through the facts once."""

    def __init__(self, terms: Terms) -> None:
        self.ticket = Ticket(id=0)
        self.kept, self.of = Counter[Promise](), Counter[Promise]()
        self.calls = Counter[str]()
        self.lapses: list[Lapse] = []
        self._terms = terms
        self._acknowledge_by: datetime | None = None
        self._late_update = False

    def take(self, fact: f.AnyFact) -> None:
        """One more fact."""
        before, self.ticket = self.ticket, apply(self.ticket, fact)
        self._targets(before, fact)
        match fact:
            case f.FirstResponse() if before.respond_at is not None and before.cycle_at is not None:
                self._had("first responses", good=fact.at - before.cycle_at <= self._terms.first_response)
            case f.Escalated():
                self._acknowledge_by = fact.acknowledge_at
            case f.SeveritySet() if self._acknowledge_by is not None:
                self._acknowledge_by = fact.acknowledge_at or self._acknowledge_by
            case f.Acknowledged() if self._acknowledge_by is not None:
                self._had("acknowledgements", good=fact.at <= self._acknowledge_by)
                self._acknowledge_by = None
            case f.Updated():
                self._had("updates", good=not self._late_update)
                self._late_update = False
            case f.Called():
                self.calls[fact.person] += 1
            case _:
                self._lapsed(fact)

    def _lapsed(self, fact: f.AnyFact) -> None:
        match fact:
            case f.UpdateMissed():
                self._late_update = True
                self.lapses.append(Lapse(at=fact.at, what=_MISSED[fact.which]))
            case f.TargetMissed():
                self.lapses.append(Lapse(at=fact.due, what=f"{fact.target.replace('_', ' ')} target"))
            case f.LadderStarted(purpose="acknowledge") if (
                self._acknowledge_by is not None and fact.at >= self._acknowledge_by
            ):
                self.lapses.append(Lapse(at=self._acknowledge_by, what="acknowledgement"))
            case f.LadderStarted(purpose="assign" | "claim" as purpose):
                self.lapses.append(Lapse(at=fact.at, what=_MISSED[purpose]))

    def _targets(self, before: Ticket, fact: f.AnyFact) -> None:
        """A target that was there and is gone was met by this fact, unless the request ended otherwise."""
        if isinstance(fact, f.Targeted | f.Dismissed | f.Merged):
            return
        for kind, name in _TARGETS.items():
            aim = before.aim(kind)
            if aim is not None and self.ticket.aim(kind) is None:
                self._had(name, good=fact.at <= aim.due_at)

    def finish(self, end: datetime) -> None:
        """What is still owed at `end` and overdue counts as not kept."""
        if self._acknowledge_by is not None and self._acknowledge_by < end:
            self._had("acknowledgements", good=False)
        if self._late_update:
            self._had("updates", good=False)
        for kind, name in _TARGETS.items():
            aim = self.ticket.aim(kind)
            resting = self.ticket.resting_since is not None
            if aim is not None and aim.due_at < end and not resting and self.ticket.stage not in ENDED:
                self._had(name, good=False)

    def _had(self, name: Promise, *, good: bool) -> None:
        self.of[name] += 1
        self.kept[name] += good


_MISSED = {
    "first_update": "first update",
    "second_update": "second update",
    "promise": "estimate",
    "assign": "assignment of a developer",
    "claim": "taking by support",
}
