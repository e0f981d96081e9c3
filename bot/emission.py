"""From a decision into the outbox: each effect gets its stream, and urgent ones may be leased at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.ports import Posted
from bot.storage import outbox, posts
from bot.storage.engine import Connection
from bot.storage.outbox import Entry, Lease, Refresh
from bot.streams import BORN_LEASED, Target, target
from policies.effects import LANES, AnyEffect, Call, Echo, HangUp, Home, Remove, Settle
from policies.ticket import Ticket


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
    `waiting` tells whether anything is left for delivery to take. What is rendered when it is sent, and may wait, is
    written together at the end: `flush` before the commit, and before anybody looks what waits.
    """

    conn: Connection
    now: datetime
    lease: Lease | None = None
    leased: list[Leased] = field(default_factory=list)
    waiting: bool = False
    _refreshes: dict[tuple[str, str], Refresh] = field(default_factory=dict)

    def mark(self) -> tuple[int, dict[tuple[str, str], Refresh]]:
        """Where this stands, for `back_to`."""
        return len(self.leased), dict(self._refreshes)

    def back_to(self, mark: tuple[int, dict[tuple[str, str], Refresh]]) -> None:
        """Forget what was emitted since; its rows are rolled back by the caller."""
        del self.leased[mark[0] :]
        self._refreshes = mark[1]

    def flush(self) -> None:
        """Write what was kept for the end."""
        if self._refreshes:
            refreshes = tuple(self._refreshes.values())
            self._refreshes = {}
            self.waiting |= outbox.put_refreshes(self.conn, refreshes, self.now)

    def emit(self, key: str, ticket: Ticket | None, effects: Sequence[AnyEffect]) -> None:
        """Write `effects` of `ticket`, in their order; `key` is unique for ever."""
        for index, effect in enumerate(effects):
            self._one(f"{key}:{index}", None if isinstance(effect, Home) else ticket, effect)

    def _one(self, key: str, ticket: Ticket | None, effect: AnyEffect) -> None:
        number = ticket.id if ticket is not None else None
        if isinstance(effect, Settle):
            self.waiting |= outbox.settle(self.conn, number, effect, self.now)
            return
        aim = self._aim(effect, number)
        if aim.merges and effect.lane == LANES[-1]:
            self._refreshes.setdefault((aim.stream, effect.kind), Refresh(key, number, effect, aim))
            return
        if isinstance(effect, HangUp) and outbox.cancel_waiting_call(
            self.conn, effect.token, self.now, "no longer wanted"
        ):
            return  # no byte of the call has left: there is nothing to hang up
        lease = self.lease if self.lease is not None and self._may_go_at_once(effect, aim) else None
        entry = outbox.put(self.conn, key, number, effect, aim, self.now, lease=lease)
        self.waiting |= lease is None and entry is not None
        if lease is not None and entry is not None:
            places = posts.of(self.conn, number) if number is not None else {}
            self.leased.append(Leased(entry=entry, ticket=ticket, posts=places, until=lease.until))

    def _aim(self, effect: AnyEffect, ticket: int | None) -> Target:
        aim = target(effect, ticket)
        if isinstance(effect, Remove):
            stream = outbox.stream_of_slot(self.conn, ticket, effect.slot)
            return replace(aim, stream=stream) if stream is not None else aim
        return aim

    def _may_go_at_once(self, effect: AnyEffect, aim: Target) -> bool:
        if isinstance(effect, Echo):
            return False  # it is there to try the longer way
        if effect.lane not in BORN_LEASED or not outbox.stream_is_free(self.conn, aim.stream):
            return False
        if isinstance(effect, HangUp):
            call = outbox.call(self.conn, effect.token)
            return call is None or call.state not in {"sending", "unknown"}
        return not (isinstance(effect, Call) and outbox.is_engaged(self.conn, effect.number, self.now))
