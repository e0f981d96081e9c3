"""The timeline: facts, appended and never changed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from bot.storage.codec import dump_fact, load_fact, version_of
from bot.storage.hot import run
from bot.storage.tables import timeline
from bot.storage.times import micros
from policies.facts import AnyFact

Row = dict[str, Any]
_APPEND = insert(timeline)
_OF_ONE = (
    select(timeline.c.kind, timeline.c.version, timeline.c.body)
    .where(timeline.c.ticket == bindparam("ticket"))
    .order_by(timeline.c.seq)
)
_LAST = (
    select(timeline.c.seq, timeline.c.hash)
    .where(timeline.c.ticket == bindparam("ticket"))
    .order_by(timeline.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a timeline ends: the number of its last fact, and the hash that stands for all of it."""

    seq: int = 0
    hash: str = ""


def link(before: str, row: Row) -> str:
    """The hash of a row behind one whose hash is `before`; it covers every column."""
    parts = (before, row["ticket"], row["seq"], row["kind"], row["version"], row["at"], row["body"])
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def chained(ticket: int, after: Head, facts: Sequence[AnyFact]) -> tuple[Head, list[Row]]:
    """The rows of `facts` behind `after`, and where the timeline ends with them."""
    rows: list[Row] = []
    head = after
    for fact in facts:
        row: Row = {
            "ticket": ticket,
            "seq": head.seq + 1,
            "kind": fact.kind,
            "version": version_of(fact.kind),
            "at": micros(fact.at),
            "body": dump_fact(fact),
        }
        row["hash"] = link(head.hash, row)
        head = Head(head.seq + 1, row["hash"])
        rows.append(row)
    return head, rows


def append(conn: Connection, rows: Sequence[Row]) -> None:
    """Write rows made by `chained`."""
    if rows:
        run(conn, _APPEND, rows)


def head(conn: Connection, ticket: int) -> Head:
    """Where the timeline of a ticket ends, by its rows."""
    row = run(conn, _LAST, {"ticket": ticket}).first()
    return Head() if row is None else Head(row.seq, row.hash)


def facts(conn: Connection, ticket: int) -> tuple[AnyFact, ...]:
    """All facts of a ticket, oldest first."""
    rows = run(conn, _OF_ONE, {"ticket": ticket})
    return tuple(load_fact(row.kind, row.version, row.body) for row in rows)


def facts_of(conn: Connection, tickets: Sequence[int]) -> Iterator[tuple[int, list[AnyFact]]]:
    """The same for several tickets, in the order of their ids."""
    query = (
        select(timeline.c.ticket, timeline.c.kind, timeline.c.version, timeline.c.body)
        .where(timeline.c.ticket.in_(tickets))
        .order_by(timeline.c.ticket, timeline.c.seq)
    )
    for ticket, rows in groupby(conn.execute(query), key=lambda row: int(row.ticket)):
        yield ticket, [load_fact(row.kind, row.version, row.body) for row in rows]
