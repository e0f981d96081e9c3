"""The timeline: facts, appended and never changed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from bot.storage import words
from bot.storage.codec import dump_fact, load_fact, version_of
from bot.storage.hot import run, write
from bot.storage.tables import timeline
from bot.storage.times import micros
from bot.storage.words import Said
from policies.facts import AnyFact

Row = dict[str, Any]
_APPEND = insert(timeline)
_OF_ONE = (
    select(timeline.c.ticket, timeline.c.seq, timeline.c.kind, timeline.c.version, timeline.c.body)
    .where(timeline.c.ticket == bindparam("ticket"))
    .order_by(timeline.c.seq)
)
_OF_MANY = (
    select(timeline.c.ticket, timeline.c.seq, timeline.c.kind, timeline.c.version, timeline.c.body)
    .where(timeline.c.ticket.in_(bindparam("tickets", expanding=True)))
    .order_by(timeline.c.ticket, timeline.c.seq)
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


@dataclass(frozen=True, slots=True)
class Link:
    """A fact as it is stored: its row, and the words of people that stand beside it."""

    row: Row
    said: tuple[Said, ...]


def link(before: str, row: Row) -> str:
    """The hash of a row behind one whose hash is `before`; it covers every column. Kept as it is for ever, here and in 0002."""
    parts = (before, row["ticket"], row["seq"], row["kind"], row["version"], row["at"], row["body"])
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def chained(ticket: int, after: Head, facts: Sequence[AnyFact]) -> tuple[Head, list[Link]]:
    """The rows of `facts` behind `after`, and where the timeline ends with them."""
    links: list[Link] = []
    head = after
    for fact in facts:
        body, said = words.take_out(fact.kind, dump_fact(fact))
        row: Row = {
            "ticket": ticket,
            "seq": head.seq + 1,
            "kind": fact.kind,
            "version": version_of(fact.kind),
            "at": micros(fact.at),
            "body": body,
        }
        row["hash"] = link(head.hash, row)
        head = Head(head.seq + 1, row["hash"])
        links.append(Link(row, said))
    return head, links


def append(conn: Connection, links: Sequence[Link]) -> None:
    """Write what `chained` made."""
    if links:
        write(conn, _APPEND, [one.row for one in links])
        words.keep(conn, ((one.row, said) for one in links for said in one.said))


def head(conn: Connection, ticket: int) -> Head:
    """Where the timeline of a ticket ends, by its rows."""
    row = run(conn, _LAST, {"ticket": ticket}).first()
    return Head() if row is None else Head(row.seq, row.hash)


def facts(conn: Connection, ticket: int) -> tuple[AnyFact, ...]:
    """All facts of a ticket, oldest first."""
    rows = run(conn, _OF_ONE, {"ticket": ticket}).all()
    known = words.of(conn, ticket) if _any_words(rows) else {}
    return tuple(_fact(row, known) for row in rows)


def facts_of(conn: Connection, tickets: Sequence[int]) -> Iterator[tuple[int, list[AnyFact]]]:
    """The same for several tickets, in the order of their ids."""
    found = run(conn, _OF_MANY, {"tickets": tickets}).all()
    known = words.of_many(conn, tickets) if _any_words(found) else {}
    for ticket, rows in groupby(found, key=lambda row: int(row.ticket)):
        yield ticket, [_fact(row, known) for row in rows]


def _any_words(rows: Iterable[Any]) -> bool:
    return any(words.MARK in row.body for row in rows)


def _fact(row: Any, known: Mapping[words.Place, str | None]) -> AnyFact:  # noqa: ANN401 -- a row
    body = words.put_back(row.ticket, row.seq, row.body, known) if words.MARK in row.body else row.body
    return load_fact(row.kind, row.version, body)
