"""Taking effects out of the outbox: what is still wanted is leased, the rest ends here. Synchronous, one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.delivery.patience import BACKGROUND, CALLS, URGENT
from bot.delivery.settling import Settling
from bot.emission import Leased
from bot.ports import Posted
from bot.storage import leases, posts, tickets
from bot.storage.engine import Connection, is_store_failure
from bot.storage.outbox import Entry, Lease
from bot.transaction import Transaction
from policies.effects import Post
from policies.events import AnyEvent
from policies.ticket import Ticket
from policies.wanted import still_wanted

log = structlog.get_logger(__name__)
TOO_LATE = "its time was over"
UNWANTED = "no longer wanted"
GONE = "whoever had it is gone"
ASIDE = timedelta(minutes=1)
"""How long an effect that cannot be dealt with is left alone (machine time), so that the others go on."""
BUSY = timedelta(milliseconds=20)
"""When an effect is taken up whose ticket is in other hands: transactions are short."""


@dataclass(frozen=True, slots=True)
class Hands:
    """How many effects may be taken up now: calls, other urgent ones, and the rest."""

    calls: int
    urgent: int
    background: int

    @property
    def all(self) -> int:
        """Hands of every kind."""
        return max(self.calls, 0) + max(self.urgent, 0) + max(self.background, 0)


@dataclass(slots=True, kw_only=True)
class Taken:
    """What one transaction took: to be sent, and to be looked up; `ended` counts what was not wanted any more,

    `left_behind` what a lease ran out of, `busy` says that a ticket was in other hands.
    `next_retry` is when more may be taken up (machine time). `events` could not
    be taken through the door in the same transaction: they are brought there after it.
    """

    to_send: list[Leased] = field(default_factory=list)
    to_look_up: list[Leased] = field(default_factory=list)
    events: list[AnyEvent] = field(default_factory=list)
    ended: int = 0
    left_behind: int = 0
    busy: bool = False
    next_retry: datetime | None = None


def take_all(work: Transaction, settling: Settling, lease: Lease, hands: Hands) -> Taken:
    """Doubt what a lease ran out of, lease as much as there are hands for, to send or to look up, tell when there is more."""
    conn = work.conn
    left_behind = doubt(conn, settling, leases.expired(conn, settling.wall))
    work.emission.rings = True
    taking = _Taking(work, settling, lease, take(work, settling, lease, hands))
    for entry in taking.free(
        leases.to_look_up(conn, settling.wall, max(hands.all - len(taking.taken.to_send), 0))
    ):
        taking.try_to(taking.look_up, entry)
    taking.taken.left_behind = left_behind
    soonest = leases.next_retry(conn, settling.wall)
    taking.taken.next_retry = settling.wall + BUSY if taking.taken.busy else soonest
    return taking.taken


def take(work: Transaction, settling: Settling, lease: Lease, hands: Hands) -> Taken:
    """Lease as much as there are hands for: most urgent first, each with its ticket as it stands in this transaction.

    Calls are looked for only where one may go that could not before: many may wait for one telephone, and a look passes
    over all of them. What there are no hands for is taken by whoever has its hands free next.
    """
    work.emission.flush()
    taking = _Taking(work, settling, lease)
    at = work.conn, settling.wall, settling.now
    calls = hands.calls if work.emission.rings else 0
    found = [
        entry
        for lanes, free in ((CALLS, calls), (URGENT, hands.urgent), (BACKGROUND, hands.background))
        for entry in leases.ready(*at, lanes, free)
    ]
    for entry in taking.free(found):
        taking.try_to(taking.send, entry)
    work.emission.waiting = taking.taken.busy
    return taking.taken


def doubt(conn: Connection, settling: Settling, left: Iterable[Entry]) -> int:
    """Whoever had these is gone without a word: perhaps they are done. How many."""
    entries = list(left)
    places = posts.of_many(conn, {entry.ticket for entry in entries if entry.ticket is not None})
    return sum(
        settling.in_doubt(
            Leased(entry=entry, ticket=None, posts=places.get(entry.ticket or 0, {}), until=settling.wall),
            GONE,
        ).change(conn)
        for entry in entries
    )


@dataclass(slots=True)
class _Taking:
    work: Transaction
    settling: Settling
    lease: Lease
    taken: Taken = field(default_factory=Taken)
    places: dict[int, dict[str, Posted]] = field(default_factory=dict)

    def free(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those whose tickets nobody else has in hand, locked; the others are taken up a moment later."""
        wanted = {entry.ticket for entry in entries if entry.ticket is not None}
        mine = tickets.lock_free(self.work.conn, wanted)
        self.taken.busy = self.taken.busy or mine != wanted
        self._know(mine)
        return [entry for entry in entries if entry.ticket is None or entry.ticket in mine]

    def _know(self, mine: set[int]) -> None:
        """Look all of them up at once. One that cannot be read spoils that look: then each is looked up when it is dealt with."""
        try:
            self.work.know(mine)
        except Exception as error:
            if is_store_failure(error):
                raise
            log.warning("requests could not be read together", count=len(mine))
        self.places |= posts.of_many(self.work.conn, mine)

    def send(self, entry: Entry) -> None:
        """Lease it for an attempt, or end it when it is not wanted any more."""
        conn, now = self.work.conn, self.settling.now
        ticket = self.work.ticket(entry.ticket) if entry.ticket is not None else None
        why = _unwanted(entry, ticket, now)
        if why is not None:
            self._end(entry, why)
        elif leases.lease(conn, entry, self.lease, now):
            first_at = entry.first_at if entry.attempt else now
            leased = replace(entry, state="sending", attempt=entry.attempt + 1, first_at=first_at)
            self.taken.to_send.append(self._in_hand(leased, ticket))

    def look_up(self, entry: Entry) -> None:
        """Lease it for a reading."""
        ticket = self.work.ticket(entry.ticket) if entry.ticket is not None else None
        if leases.lease_look_up(self.work.conn, entry, self.lease):
            self.taken.to_look_up.append(self._in_hand(entry, ticket))

    def _in_hand(self, entry: Entry, ticket: Ticket | None) -> Leased:
        places = self.places.get(entry.ticket or 0, {})
        return Leased(entry=entry, ticket=ticket, posts=places, until=self.lease.until)

    def try_to(self, deal: Callable[[Entry], None], entry: Entry) -> None:
        """Deal with one effect; whatever is wrong with it or its ticket hurts nothing else."""
        try:
            deal(entry)
        except Exception as error:
            if is_store_failure(error):
                raise
            log.exception("an effect cannot be dealt with", kind=entry.effect.kind, key=entry.key)
            words = f"{type(error).__name__}: {error}"
            leases.set_aside(self.work.conn, entry.id, self.settling.wall + ASIDE, words)
            self.taken.ended += 1

    def _end(self, entry: Entry, why: str) -> None:
        """Words whose time is over come back through the door; what is not wanted any more is known there already."""
        settlement = self.settling.over(entry, "cancelled", why)
        self.taken.ended += settlement.change(self.work.conn)
        if why != TOO_LATE or settlement.event is None:
            return
        try:
            with self.work.undoable():
                self.work.handle(settlement.event)
        except Exception as error:
            if is_store_failure(error):
                raise
            log.exception("a step failed", kind=settlement.event.kind, key=settlement.event.key)
            self.taken.events.append(settlement.event)


def _unwanted(entry: Entry, ticket: Ticket | None, now: datetime) -> str | None:
    not_after = entry.effect.not_after if isinstance(entry.effect, Post) else None
    if not_after is not None and now > not_after:
        return TOO_LATE
    return None if still_wanted(ticket, entry.effect, now) else UNWANTED
