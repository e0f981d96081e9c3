"""The proof that somebody would be reached (RV-4): every hour of the coming days, for each severity, by the rules of the ladder.

Between two breakpoints (a hand-over, an absence, a cover, hours that open or close) nothing changes, so that looking at
each of them once looks at every moment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from policies.hours import Hours, is_open, spans
from policies.people import Person, Role, Roster
from policies.reaching import RUNGS, rungs, unreachable
from policies.rota import Turn, changes
from policies.terms import Severity, Terms

AHEAD = timedelta(days=14)
"""RV-4: how far the proof looks."""
SOON = timedelta(hours=48)
"""A gap within this is said at once."""
STALE = timedelta(days=90)
"""A number that nobody was reached at for this long is worth a test call."""
_DAY = timedelta(days=1)

Ladder = Literal["claim", "acknowledge"]
LADDERS: tuple[Ladder, ...] = ("claim", "acknowledge")
"""Support is rung for what nobody takes, development for what nobody acknowledges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """From `start` to `end` (aware UTC) nobody who is known to be reachable would be rung on `ladder`; `why` names the rungs."""

    start: datetime
    end: datetime
    ladder: Ladder
    severities: tuple[Severity, ...]
    why: tuple[str, ...]

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.end - self.start


def gaps(roster: Roster, terms: Terms, begin: datetime, end: datetime) -> tuple[Gap, ...]:
    """Every gap between two moments, by ladder and then in order; neighbours that differ in nothing are one.

    Severities 1 and 2 are covered day and night (2 when it is declared urgent), 3 and 4 in business hours.
    """
    moments = [*sorted(set(breakpoints(roster, terms, begin, end))), end]
    found: list[Gap] = []
    for ladder in LADDERS:
        for start, stop in pairwise(moments):
            why = hole(roster, ladder, start)
            if not why:
                continue
            gap = Gap(start=start, end=stop, ladder=ladder, severities=_covered(terms, start), why=why)
            before = found[-1] if found else None
            if before is not None and replace(before, start=start, end=stop) == gap and before.end == start:
                found[-1] = replace(before, end=stop)
            else:
                found.append(gap)
    return tuple(found)


def hole(roster: Roster, ladder: Ladder, at: datetime) -> tuple[str, ...]:
    """Why nobody is known to be reachable on `ladder` at `at`, a phrase for each rung; empty when somebody is."""
    why = []
    for role, person in rungs(ladder, roster, at):
        reason = unreachable(role, person, roster, at)
        if reason is None and person is not None:
            if person.verified:
                return ()
            reason = "has a number that is not verified"
        why.append(f"{person.name if person is not None else _NOBODY[role]} {reason}")
    return tuple(dict.fromkeys(why))


_NOBODY = {
    Role.SUPPORT: "support",
    Role.SUPPORT_LEAD: "the support lead",
    Role.LEAD: "the development lead",
    Role.BACKUP: "the backup lead",
}


def total(found: Sequence[Gap]) -> timedelta:
    """How long nobody would be reached on some ladder; what overlaps counts once."""
    sum_, reached = timedelta(0), None
    for gap in sorted(found, key=lambda one: one.start):
        start = gap.start if reached is None else max(gap.start, reached)
        if gap.end > start:
            sum_ += gap.end - start
            reached = gap.end
    return sum_


def plan(
    roster: Roster, role: Role, begin: datetime, end: datetime
) -> list[tuple[datetime, tuple[Person, ...]]]:
    """Who has the duty of `role` from when on, between two moments: by turns, covers and absences, not by the hours of a day."""
    found: list[tuple[datetime, tuple[Person, ...]]] = []
    for moment in sorted({begin, *_of_the_rota(roster, begin, end)}):
        there = tuple(one for one in roster.holders(role, moment) if not roster.away(one, moment))
        if not found or found[-1][1] != there:
            found.append((moment, there))
    return found


def duties(roster: Roster, begin: datetime, end: datetime) -> list[tuple[Role, Turn]]:
    """Everybody's turns and covers between two moments, by role; where nobody takes turns there is nothing to tell."""
    moments = [*sorted({begin, *_of_the_rota(roster, begin, end)}), end]
    found: list[tuple[Role, Turn]] = []
    for role in _NOBODY:
        turning = any(one is role for one, _ in roster.rota)
        open_: dict[str, Turn] = {}
        for start, stop in pairwise(moments):
            there = {
                seat.person.key
                for seat in roster.seats(role, start)
                if (turning or seat.person != seat.of) and not roster.away(seat.person, start)
            }
            found += [(role, turn) for key, turn in open_.items() if key not in there]
            open_ = {
                key: replace(open_.get(key) or Turn(person=key, start=start, end=stop), end=stop)
                for key in sorted(there)
            }
        found += [(role, turn) for turn in open_.values()]
    return found


def stale(person: Person, roster: Roster, now: datetime) -> datetime | None:
    """When `person` was last reached, if that is long ago; None when it is not, or was never."""
    reach = roster.reach_of(person)
    last = reach.reached_at if reach is not None else None
    return last if last is not None and now - last > STALE else None


def _covered(terms: Terms, at: datetime) -> tuple[Severity, ...]:
    return ("S1", "S2", "S3", "S4") if is_open(terms.business, at) else ("S1", "S2")


def breakpoints(roster: Roster, terms: Terms, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Between two of these moments nothing changes in who would be rung, nor in what business hours say."""
    yield begin
    yield from _of_the_rota(roster, begin, end)
    roles = {role for ladder in LADDERS for role in RUNGS[ladder]}
    shifts = {one.shift for one in roster.people if one.shift is not None and not one.roles.isdisjoint(roles)}
    for hours in (terms.business, *shifts):
        yield from _inside(_ends(hours, begin, end), begin, end)


def _of_the_rota(roster: Roster, begin: datetime, end: datetime) -> Iterator[datetime]:
    for _, rota in roster.rota:
        yield from _inside(changes(rota, begin, end), begin, end)
    spans_ = [(one.start, one.end) for one in roster.absences]
    spans_ += [(one.start, one.end) for one in roster.covers]
    for pair in spans_:
        yield from _inside(iter(pair), begin, end)


def _ends(hours: Hours, begin: datetime, end: datetime) -> Iterator[datetime]:
    for opening, closing in spans(hours, (begin - _DAY).date(), (end + 2 * _DAY).date()):
        yield from (opening, closing)


def _inside(moments: Iterator[datetime], begin: datetime, end: datetime) -> Iterator[datetime]:
    return (moment for moment in moments if begin < moment < end)
