"""What a transaction has decided of tickets and not written yet: rows, facts and clocks are written together.

A batch of clocks costs a few statements instead of a few for each ticket.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.storage import armed, counters, tickets, timeline
from bot.storage.armed import TicketClocks
from bot.storage.clocks import DueClock
from bot.storage.timeline import Head, Link
from policies.ticket import Ticket


@dataclass(slots=True)
class Ledger:
    """`write` before anybody looks with a statement of their own, and before the commit.

    The tickets whose clocks are fired, or which are entered, are locked by this transaction, or new.
    """

    conn: Connection
    now: datetime
    _new: dict[int, tuple[Ticket, Head]] = field(default_factory=dict)
    _changed: dict[int, tuple[Ticket, Head]] = field(default_factory=dict)
    _links: list[Link] = field(default_factory=list)
    _clocks: dict[int, TicketClocks] = field(default_factory=dict)
    _wound: dict[int, TicketClocks] = field(default_factory=dict)
    _raised: dict[str, int] = field(default_factory=dict)

    def know(self, ids: Iterable[int]) -> None:
        """Look at the clocks of several tickets at once, ahead of the need."""
        unknown = [ticket for ticket in ids if ticket not in self._clocks]
        if unknown:
            self._clocks |= armed.read(self.conn, unknown)

    def fire(self, clock: DueClock) -> bool:
        """Let a clock of a ticket run out, once; False when that arming of it is over."""
        self.know([clock.ticket])
        clocks = self._wound[clock.ticket] = self._clocks[clock.ticket]
        return clocks.fire(clock, self.now)

    def runs(self, clock: DueClock) -> bool:
        """Whether a clock of a ticket that was fired runs again for the moment at which it had run out."""
        return self._clocks[clock.ticket].runs(clock)

    def enter(
        self,
        ticket: Ticket,
        head: Head,
        links: Sequence[Link],
        running: Mapping[tuple[str, str], datetime],
        *,
        is_new: bool = False,
    ) -> datetime | None:
        """Facts of a ticket, what it is with them, and its clocks; the soonest moment that was armed, None when none was."""
        if is_new:
            self._clocks[ticket.id] = TicketClocks(ticket.id)
        self.know([ticket.id])
        clocks = self._wound[ticket.id] = self._clocks[ticket.id]
        (self._new if is_new or ticket.id in self._new else self._changed)[ticket.id] = (ticket, head)
        self._links += links
        return clocks.follow(running, self.now)

    def count(self, name: str, amount: int) -> None:
        """Raise a counter."""
        self._raised[name] = self._raised.get(name, 0) + amount

    def write(self) -> None:
        """Write what was kept."""
        if not self._wound and not self._raised:
            return
        tickets.create(self.conn, self._new.values(), self.now)
        tickets.save(self.conn, self._changed.values(), self.now)
        timeline.append(self.conn, self._links)
        armed.write(self.conn, self._wound.values())
        for name, amount in self._raised.items():
            counters.count(self.conn, name, amount)
        self._drop()

    def forget(self) -> None:
        """The statements since the last `write` before them were rolled back: nothing is kept, and nothing known."""
        self._drop()
        self._clocks = {}

    def _drop(self) -> None:
        self._new, self._changed, self._links = {}, {}, []
        self._wound, self._raised = {}, {}
