"""From a decision into the outbox: each effect gets its stream, and urgent ones may be leased at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.ports import Posted
from bot.storage import outbox, posts
from bot.storage.engine import Connection
from bot.storage.ledger import Ledger
from bot.storage.outbox import Draft, Entry, Lease
from bot.streams import BORN_LEASED, Target, target
from policies.effects import LANES, AnyEffect, Call, Echo, HangUp, Home, Remove, Settle
from policies.ticket import Ticket

Refreshes = dict[tuple[str, str], Draft]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """An effect in hand, with its ticket as of the lease, and the places of that ticket; `until` is the end of the lease (machine time)."""

    entry: Entry
    ticket: Ticket | None
    posts: dict[str, Posted]
    until: datetime


@dataclass(slots=True, kw_only=True)
class Emission:
    """The outbox's side of one transaction. With a `lease`, what may be sent at once is written as leased already

    and found in `leased`: one transaction less until somebody hears of it, and the lease is still committed first.
    `waiting` tells whether anything is left for delivery to take, `rings` whether calls are to be looked for.

    Effects are kept, and written together behind what the `ledger` keeps: `write` before anybody looks, and `flush` before
    the commit, which also writes what is rendered when it is sent, and may wait.
    """

    ledger: Ledger
    lease: Lease | None = None
    leased: list[Leased] = field(default_factory=list)
    waiting: bool = False
    rings: bool = False
    _drafts: list[tuple[Draft, Ticket | None]] = field(default_factory=list)
    _refreshes: Refreshes = field(default_factory=dict)

    @property
    def conn(self) -> Connection:
        """The transaction's connection, with everything written that was decided so far."""
        self.write()
        return self.ledger.conn

    @property
    def now(self) -> datetime:
        """The moment of the transaction (the clock's time)."""
        return self.ledger.now

    def mark(self) -> tuple[int, Refreshes]:
        """Where this stands, for `back_to`; everything so far is written."""
        self.write()
        return len(self.leased), dict(self._refreshes)

    def back_to(self, mark: tuple[int, Refreshes]) -> None:
        """Forget what was emitted since; its rows are rolled back by the caller."""
        del self.leased[mark[0] :]
        self._drafts = []
        self._refreshes = mark[1]
        self.ledger.forget()

    def write(self) -> None:
        """Write what has been decided so far."""
        self.ledger.write()
        if self._drafts:
            drafts, self._drafts = self._drafts, []
            self._write(drafts)

    def flush(self) -> None:
        """Write that, and what was kept for the end."""
        self.write()
        if self._refreshes:
            refreshes = tuple(self._refreshes.values())
            self._refreshes = {}
            self.waiting |= outbox.put_refreshes(self.ledger.conn, refreshes, self.now)

    def emit(self, key: str, ticket: Ticket | None, effects: Sequence[AnyEffect]) -> None:
        """Take `effects` of `ticket` on, in their order; `key` is unique for ever."""
        for index, effect in enumerate(effects):
            self._one(f"{key}:{index}", None if isinstance(effect, Home) else ticket, effect)

    def _one(self, key: str, ticket: Ticket | None, effect: AnyEffect) -> None:
        number = ticket.id if ticket is not None else None
        if isinstance(effect, Settle):
            self.waiting |= outbox.settle(self.conn, number, effect, self.now)
            return
        draft = Draft(key, number, effect, self._aim(effect, number))
        if draft.target.merges and effect.lane == LANES[-1]:
            self._refreshes.setdefault((draft.target.stream, effect.kind), draft)
        elif isinstance(effect, HangUp):
            self._hang_up(draft, ticket, effect)
        else:
            self._drafts.append((draft, ticket))

    def _hang_up(self, draft: Draft, ticket: Ticket | None, effect: HangUp) -> None:
        if outbox.cancel_waiting_call(self.conn, effect.token, self.now, "no longer wanted"):
            return  # no byte of the call has left: there is nothing to hang up
        call = outbox.call(self.conn, effect.token)
        if call is not None and call.state in {"sending", "unknown"}:
            outbox.put_all(self.conn, [draft], self.now)  # once the call is known, it can be hung up
            self.waiting = self.rings = True
        else:
            self._drafts.append((draft, ticket))

    def _aim(self, effect: AnyEffect, ticket: int | None) -> Target:
        aim = target(effect, ticket)
        if isinstance(effect, Remove):
            stream = outbox.stream_of_slot(self.conn, ticket, effect.slot)
            return replace(aim, stream=stream) if stream is not None else aim
        return aim

    def _write(self, drafts: list[tuple[Draft, Ticket | None]]) -> None:
        """What may go at once is written as leased; the rest waits, without what one that waits already will do for."""
        alone = self._alone([draft for draft, _ in drafts])
        behind = [draft for draft, _ in drafts if draft.target.merges and draft.key not in alone]
        rows = [draft for draft, _ in drafts if draft.key in alone or not draft.target.merges]
        at_once = {draft.key for draft in rows if draft.key in alone and self._may_hurry(draft)}
        entries = outbox.put_all(self.ledger.conn, rows, self.now, self.lease, at_once)
        merged = [outbox.merge(self.ledger.conn, draft, self.now) for draft in behind]
        self.waiting |= len(rows) > len(entries) or any(merged)
        self.rings |= any(isinstance(draft.effect, Call) for draft in rows if draft.key not in at_once)
        self._take(entries, {draft.key: ticket for draft, ticket in drafts})

    def _may_hurry(self, draft: Draft) -> bool:
        """Whether somebody hears of it sooner when this transaction leases it; a canary is there to try the longer way."""
        return (
            self.lease is not None and draft.effect.lane in BORN_LEASED and not isinstance(draft.effect, Echo)
        )

    def _alone(self, drafts: Sequence[Draft]) -> set[str]:
        """The keys of those before which nothing is open in their stream, and whose telephone is free."""
        asked = [draft for draft in drafts if draft.target.merges or self._may_hurry(draft)]
        taken = outbox.open_streams(self.ledger.conn, {draft.target.stream for draft in asked})
        numbers = {draft.target.number for draft in asked if isinstance(draft.effect, Call)}
        engaged = outbox.engaged(self.ledger.conn, numbers, self.now)
        alone = set()
        for draft in drafts:
            rings = isinstance(draft.effect, Call) and draft.target.number in engaged
            if draft.target.stream not in taken and not rings:
                alone.add(draft.key)
            taken.add(draft.target.stream)
        return alone

    def _take(self, entries: Sequence[Entry], tickets: Mapping[str, Ticket | None]) -> None:
        if self.lease is None or not entries:
            return
        numbers = {entry.ticket for entry in entries if entry.ticket is not None}
        places = posts.of_many(self.ledger.conn, numbers)
        for entry in entries:
            own = places[entry.ticket] if entry.ticket is not None else {}
            leased = Leased(entry=entry, ticket=tickets[entry.key], posts=own, until=self.lease.until)
            self.leased.append(leased)
