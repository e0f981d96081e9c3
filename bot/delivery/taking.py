"""Taking effects out of the outbox: what is still wanted is leased, the rest ends here. Synchronous, one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.delivery.settling import Settling
from bot.emission import Leased
from bot.storage import leases, posts, tickets
from bot.storage.engine import Connection
from bot.storage.outbox import Entry, Lease
from bot.transaction import Transaction
from policies.effects import Post
from policies.ticket import Ticket
from policies.wanted import still_wanted

TOO_LATE = "its time was over"
UNWANTED = "no longer wanted"


@dataclass(slots=True, kw_only=True)
class Taken:
    """What one transaction took: to be sent, and to be looked up; `ended` counts what was not wanted any more,

    `left_behind` what a lease ran out of. `next_retry` is when more may be taken up (machine time).
    """

    to_send: list[Leased] = field(default_factory=list)
    to_look_up: list[Leased] = field(default_factory=list)
    ended: int = 0
    left_behind: int = 0
    next_retry: datetime | None = None


def take(work: Transaction, settling: Settling, lease: Lease, limit: int) -> Taken:
    """Lease up to `limit` effects: most urgent first, each with its ticket as it stands in this transaction."""
    taken = Taken(left_behind=doubt(work.conn, settling, leases.expired(work.conn, settling.wall)))
    seen: dict[int, Ticket | None] = {}
    entries = leases.ready(work.conn, settling.wall, settling.now, limit)
    tickets.lock(work.conn, (entry.ticket for entry in entries if entry.ticket is not None))
    for entry in entries:
        ticket = _ticket(work, entry, seen)
        why = _unwanted(entry, ticket, settling.now)
        if why is not None:
            _end(work, settling, entry, why)
            taken.ended += 1
        elif leases.lease(work.conn, entry, lease, settling.now):
            first_at = entry.first_at if entry.attempt else settling.now
            leased = replace(entry, state="sending", attempt=entry.attempt + 1, first_at=first_at)
            taken.to_send.append(in_hand(work.conn, leased, ticket))
    for entry in leases.to_look_up(work.conn, settling.wall, max(limit - len(taken.to_send), 0)):
        if leases.lease_look_up(work.conn, entry, lease):
            taken.to_look_up.append(in_hand(work.conn, entry, _ticket(work, entry, seen)))
    taken.next_retry = leases.next_retry(work.conn, settling.wall)
    return taken


def doubt(conn: Connection, settling: Settling, left: Sequence[Entry]) -> int:
    """Whoever had these is gone without a word: perhaps they are done. How many."""
    return sum(
        settling.in_doubt(in_hand(conn, entry), "whoever had it is gone").change(conn) for entry in left
    )


def _unwanted(entry: Entry, ticket: Ticket | None, now: datetime) -> str | None:
    not_after = entry.effect.not_after if isinstance(entry.effect, Post) else None
    if not_after is not None and now > not_after:
        return TOO_LATE
    return None if still_wanted(ticket, entry.effect, now) else UNWANTED


def _end(work: Transaction, settling: Settling, entry: Entry, why: str) -> None:
    """Words whose time is over come back through the door; what is not wanted any more is known there already."""
    settlement = settling.over(entry, "cancelled", why)
    if settlement.change(work.conn) and why == TOO_LATE and settlement.event is not None:
        work.handle(settlement.event)


def _ticket(work: Transaction, entry: Entry, seen: dict[int, Ticket | None]) -> Ticket | None:
    if entry.ticket is None:
        return None
    if entry.ticket not in seen:
        stored = tickets.load(work.conn, entry.ticket, lock=True)
        seen[entry.ticket] = stored.ticket if stored is not None else None
    return seen[entry.ticket]


def in_hand(conn: Connection, entry: Entry, ticket: Ticket | None = None) -> Leased:
    """An effect in hand, with the places of its ticket."""
    places = posts.of(conn, entry.ticket) if entry.ticket is not None else {}
    return Leased(entry=entry, ticket=ticket, posts=places)
