"""Tickets: folded from their timeline, with a row beside it for what is asked without folding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, insert, or_, select, update

from bot.storage import folded, messages, timeline
from bot.storage.hot import run, write
from bot.storage.tables import HOUSE, tickets
from bot.storage.timeline import Head
from bot.storage.times import maybe_micros, micros
from policies.changing import replace
from policies.events import Block
from policies.folding.fold import fold
from policies.ticket import Ticket

_HEAD = select(tickets.c.seq, tickets.c.head).where(tickets.c.id == bindparam("of"))
_HEADS = select(tickets.c.id, tickets.c.seq, tickets.c.head).where(
    tickets.c.id.in_(bindparam("of", expanding=True))
)
_SEVERAL = (
    select(tickets.c.id).where(tickets.c.id.in_(bindparam("of", expanding=True))).order_by(tickets.c.id)
)
_HEAD_LOCKED = _HEAD.with_for_update(key_share=True)
_IN_ORDER = _SEVERAL.with_for_update(key_share=True)
"""NO KEY UPDATE: its number never changes, so rows that only refer to a ticket need not wait for whoever has it."""
_FREE = _SEVERAL.with_for_update(key_share=True, skip_locked=True)
_IS_OPEN = select(tickets.c.is_open).where(tickets.c.id == bindparam("of"))
_RECENT = 20
"""How many of a client's last escalations are looked through for the build of a product."""
_CREATE = insert(tickets)
_SAVE = update(tickets).where(tickets.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True)
class Stored:
    """A ticket as it stands in the database, and where its timeline ends."""

    ticket: Ticket
    head: Head


def load(conn: Connection, ticket: int, *, lock: bool = False) -> Stored | None:
    """The ticket with its messages, None for a number nobody has. `lock` keeps other replicas off it."""
    row = run(conn, _HEAD_LOCKED if lock else _HEAD, {"of": ticket}).first()
    if row is None or ticket == HOUSE:
        return None
    bare = folded.known(row.head)
    if bare is None:
        bare = fold(ticket, timeline.facts(conn, ticket))
        folded.keep(row.head, bare)
    return Stored(replace(bare, messages=messages.of(conn, ticket)), Head(row.seq, row.head))


def load_many(conn: Connection, ids: Sequence[int]) -> tuple[Ticket, ...]:
    """Several tickets with their messages, by id."""
    return tuple(stored.ticket for stored in stored_many(conn, ids).values())


def stored_many(conn: Connection, ids: Iterable[int]) -> dict[int, Stored]:
    """Several tickets with their messages, in the order of their ids and without the numbers nobody has.

    Three looks for all of them. Whoever is going to change them has locked them before.
    """
    wanted = sorted(set(ids) - {HOUSE})
    heads = {row.id: Head(row.seq, row.head) for row in run(conn, _HEADS, {"of": wanted})}
    said = messages.of_many(conn, wanted)
    bare = {ticket: known for ticket, head in heads.items() if (known := folded.known(head.hash)) is not None}
    unknown = [ticket for ticket in heads if ticket not in bare]
    for ticket, facts in timeline.facts_of(conn, unknown) if unknown else ():
        bare[ticket] = fold(ticket, facts)
        folded.keep(heads[ticket].hash, bare[ticket])
    return {
        ticket: Stored(replace(bare[ticket], messages=said.get(ticket, ())), heads[ticket])
        for ticket in sorted(bare)
    }


def lock(conn: Connection, ids: Iterable[int]) -> None:
    """Keep others off several tickets, taken in the order of their ids; for a transaction that has none yet."""
    wanted = sorted(set(ids))
    if wanted and conn.dialect.name != "sqlite":
        run(conn, _IN_ORDER, {"of": wanted})


def lock_free(conn: Connection, ids: Iterable[int]) -> set[int]:
    """Keep others off those of several tickets that nobody else has in hand, which is all of them on SQLite; which.

    Nobody waits here: who has one ticket and waits for more ends in a deadlock with another who does the same.
    """
    wanted = set(ids)
    if not wanted or conn.dialect.name == "sqlite":
        return wanted
    return {row.id for row in run(conn, _FREE, {"of": sorted(wanted)})}


def create(conn: Connection, made: Iterable[tuple[Ticket, Head]], now: datetime) -> None:
    """Write the rows of new tickets; their facts are appended by the caller."""
    rows = [{"id": ticket.id, **_row(ticket, head, now)} for ticket, head in made]
    if rows:
        write(conn, _CREATE, rows)


def save(conn: Connection, changed: Iterable[tuple[Ticket, Head]], now: datetime) -> None:
    """Make the rows of tickets true."""
    rows = [{"row": ticket.id, **_row(ticket, head, now)} for ticket, head in changed]
    if rows:
        write(conn, _SAVE, rows)


def rebuild(conn: Connection, now: datetime) -> int:
    """Make every row true from the timeline alone; how many there are."""
    ids = all_ids(conn)
    for ticket, facts in timeline.facts_of(conn, ids):
        save(conn, [(fold(ticket, facts), timeline.head(conn, ticket))], now)
    return len(ids)


def by_ref(conn: Connection, ref: str) -> int | None:
    """The number of the request called `ref`, in any case; its bare number will do."""
    wanted = ref.strip()
    if wanted.isdecimal() and len(wanted) < 12:
        return conn.execute(select(tickets.c.id).where(tickets.c.id == int(wanted))).scalar()
    return conn.execute(select(tickets.c.id).where(tickets.c.ref == wanted.upper())).scalar()


def all_ids(conn: Connection) -> Sequence[int]:
    """Every request there ever was, oldest first."""
    return _ids(conn, tickets.c.id != HOUSE)


def open_ids(conn: Connection) -> Sequence[int]:
    """Every open request, oldest first."""
    return _ids(conn, tickets.c.is_open)


def ids_since(conn: Connection, client: str, begin: datetime) -> Sequence[int]:
    """A client's requests that were opened from `begin` on, or are still open, oldest first."""
    lately = or_(tickets.c.is_open, tickets.c.opened_at >= micros(begin))
    return _ids(conn, tickets.c.client == client, lately)


def open_ids_of(conn: Connection, person: str) -> Sequence[int]:
    """Open requests that a person of ours (roster key) owns, leads or develops."""
    concerned = or_(tickets.c.owner == person, tickets.c.lead == person, tickets.c.developer == person)
    return _ids(conn, tickets.c.is_open, concerned)


def awaiting_response(conn: Connection, channel: str) -> int | None:
    """The latest request of a channel whose client has not been answered yet."""
    query = select(func.max(tickets.c.id)).where(tickets.c.awaits_response, tickets.c.channel == channel)
    return conn.execute(query).scalar()


def is_open(conn: Connection, ticket: int) -> bool:
    """Whether a request is open; False for a number nobody has."""
    return bool(run(conn, _IS_OPEN, {"of": ticket}).scalar())


def loads(conn: Connection) -> dict[str, int]:
    """Open requests by developer."""
    query = (
        select(tickets.c.developer, func.count())
        .where(tickets.c.is_open, tickets.c.developer != "", tickets.c.stage == "assigned")
        .group_by(tickets.c.developer)
    )
    return {row[0]: int(row[1]) for row in conn.execute(query)}


def last_branch(conn: Connection, client: str, author: str) -> str:
    """The branch of the last escalation of what `author` of a client wrote; empty when there was none (TR-3)."""
    query = (
        _escalations(client).where(tickets.c.author == author).with_only_columns(tickets.c.branch).limit(1)
    )
    return conn.execute(query).scalar() or ""


def last_blocks(conn: Connection, client: str) -> tuple[Block, ...]:
    """The blocks of a client's last escalations, newest first (TR-3)."""
    ids = conn.execute(_escalations(client).limit(_RECENT)).scalars().all()
    newest = {ticket: fold(ticket, facts).block for ticket, facts in timeline.facts_of(conn, ids)}
    return tuple(block for block in map(newest.get, ids) if block is not None)


def _escalations(client: str) -> Select[int]:
    """A client's escalations, newest first."""
    query = select(tickets.c.id).where(tickets.c.client == client, tickets.c.escalated_at.is_not(None))
    return query.order_by(tickets.c.escalated_at.desc())


def _ids(conn: Connection, *conditions: ColumnElement[bool]) -> Sequence[int]:
    return conn.execute(select(tickets.c.id).where(*conditions).order_by(tickets.c.id)).scalars().all()


def _row(ticket: Ticket, head: Head, now: datetime) -> dict[str, Any]:
    return {
        "ref": ticket.ref,
        "seq": head.seq,
        "head": head.hash,
        "client": ticket.client,
        "channel": ticket.channel,
        "author": ticket.author,
        "stage": str(ticket.stage),
        "is_open": ticket.is_open,
        "owner": ticket.owner,
        "lead": ticket.lead,
        "developer": ticket.developer,
        "awaits_response": ticket.is_open and ticket.respond_at is not None,
        "branch": ticket.block.branch if ticket.block else "",
        "build": ticket.block.build_version if ticket.block else "",
        "opened_at": micros(ticket.opened_at or now),
        "escalated_at": maybe_micros(ticket.escalated_at),
        "updated_at": micros(now),
    }
