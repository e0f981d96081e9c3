"""The clock rows of tickets as one transaction makes them: read together, changed in memory, written together.

Whoever does this has locked the tickets: nobody else changes their clocks meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.storage import hot
from bot.storage.clocks import DueClock
from bot.storage.hot import run
from bot.storage.tables import clocks
from bot.storage.times import maybe_moment, micros

_OF_THESE = select(
    clocks.c.ticket,
    clocks.c.kind,
    clocks.c.subject,
    clocks.c.due_at,
    clocks.c.armed_at,
    clocks.c.state,
    clocks.c.generation,
    clocks.c.fired_at,
    clocks.c.late_us,
).where(clocks.c.ticket.in_(bindparam("of", expanding=True)))
_CHANGED = ("due_at", "state", "generation", "armed_at", "fired_at", "late_us")
_CHANGE = (
    update(clocks)
    .where(
        clocks.c.ticket == bindparam("of"),
        clocks.c.kind == bindparam("what"),
        clocks.c.subject == bindparam("whose"),
    )
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)
_ARM = insert(clocks)


@dataclass(slots=True)
class _Row:
    ticket: int
    kind: str
    subject: str
    due_at: int
    armed_at: int
    state: str = "armed"
    generation: int = 1
    fired_at: int | None = None
    late_us: int | None = None
    stored: bool = False

    def arm(self, due: int, now: int) -> None:
        self.due_at, self.armed_at, self.state = due, now, "armed"
        self.generation += 1
        self.fired_at = self.late_us = None


@dataclass(slots=True)
class TicketClocks:
    """The rows of one ticket; a new ticket has none."""

    ticket: int
    _rows: dict[tuple[str, str], _Row] = field(default_factory=dict)
    _touched: dict[tuple[str, str], _Row] = field(default_factory=dict)
    _followed: bool = True

    def add(self, row: _Row) -> None:
        """A row as it stands in the database."""
        row.stored = True
        self._rows[row.kind, row.subject] = row

    def fire(self, clock: DueClock, now: datetime) -> bool:
        """Armed becomes fired, once for each generation; False when it was cancelled, armed anew or fired meanwhile."""
        key = (clock.kind, clock.subject)
        row = self._rows.get(key)
        if row is None or (row.state, row.generation) != ("armed", clock.generation):
            return False
        at = micros(now)
        row.state, row.fired_at, row.late_us = "fired", at, at - row.due_at
        self._touched[key] = row
        self._followed = False
        return True

    def follow(self, running: Mapping[tuple[str, str], datetime], now: datetime) -> datetime | None:
        """Make the rows say what `running` says; the soonest moment that was armed, None when none was.

        Armed with the same due is left alone; another due, or a clock that had fired, raises the generation.
        """
        at, soonest = micros(now), None
        self._followed = True
        for key, row in self._rows.items():
            if row.state == "armed" and key not in running:
                row.state = "cancelled"
                self._touched[key] = row
        for key, moment in running.items():
            due, known = micros(moment), self._rows.get(key)
            if known is None:
                known = self._rows[key] = _Row(self.ticket, *key, due_at=due, armed_at=at)
            elif known.state == "armed" and known.due_at == due:
                continue
            else:
                known.arm(due, at)
            self._touched[key] = known
            soonest = due if soonest is None else min(soonest, due)
        return maybe_moment(soonest)

    def runs(self, clock: DueClock) -> bool:
        """Whether a clock that has fired is armed for that very moment again, or would be: nothing followed from it."""
        row = self._rows[clock.kind, clock.subject]
        return not self._followed or (row.state, row.due_at) == ("armed", micros(clock.due))

    def taken(self) -> list[_Row]:
        """The rows that were touched since the last time."""
        touched, self._touched = list(self._touched.values()), {}
        return touched


def read(conn: Connection, tickets: Iterable[int]) -> dict[int, TicketClocks]:
    """The clocks of several tickets, in one look."""
    found = {ticket: TicketClocks(ticket) for ticket in tickets}
    for row in run(conn, _OF_THESE, {"of": list(found)}):
        found[row.ticket].add(_Row(*row))
    return found


def write(conn: Connection, changed: Iterable[TicketClocks]) -> None:
    """Write what was changed of several tickets."""
    rows = [row for one in changed for row in one.taken()]
    old: list[dict[str, Any]] = [
        {"of": row.ticket, "what": row.kind, "whose": row.subject}
        | {f"new_{name}": getattr(row, name) for name in _CHANGED}
        for row in rows
        if row.stored
    ]
    new: list[dict[str, Any]] = [
        {"ticket": row.ticket, "kind": row.kind, "subject": row.subject}
        | {name: getattr(row, name) for name in _CHANGED}
        for row in rows
        if not row.stored
    ]
    for statement, values in ((_CHANGE, old), (_ARM, new)):
        if values:
            hot.write(conn, statement, values)
    for row in rows:
        row.stored = True
