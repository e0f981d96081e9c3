"""Proving the record whole: every timeline is a chain of hashes, and its end stands in the row of its ticket."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from bot.storage import counters, words
from bot.storage.codec import load_fact
from bot.storage.tables import HOUSE, tickets, timeline
from bot.storage.tables import words as kept
from bot.storage.timeline import Head, link
from bot.storage.times import micros

BATCH = 200
"""Tickets that are proven in one look."""
Progress = Callable[[int, int], None]
"""Hears how many of how many are done."""


class Broken(Exception):
    """The record is not what was written; the message names the first row that shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was proven: how many facts, and the end of every timeline by the number of its ticket."""

    facts: int
    heads: Mapping[int, Head]

    @property
    def lines(self) -> str:
        """One line a timeline: ticket, number of its last fact, hash."""
        return "".join(f"{ticket} {head.seq} {head.hash}\n" for ticket, head in self.heads.items())

    @property
    def digest(self) -> str:
        """One value that stands for the whole record."""
        return hashlib.sha256(self.lines.encode()).hexdigest()


def prove(conn: Connection, progress: Progress = lambda _done, _all: None) -> Proof:
    """Walk every timeline. Raises Broken at the first row that is not as it was written."""
    total = counters.peek(conn, counters.TICKETS)
    stray = conn.execute(select(func.min(timeline.c.ticket)).where(timeline.c.ticket <= HOUSE)).scalar()
    if stray is not None:
        raise Broken(f"the timeline has facts of number {stray}, which is no request")
    heads: dict[int, Head] = {}
    facts = 0
    while rows := _tickets_after(conn, len(heads)):
        ids = [row.id for row in rows]
        found = _facts_of(conn, ids)
        said = _words_of(conn, ids)
        for row in rows:
            if row.id != len(heads) + 1:
                raise Broken(f"request number {len(heads) + 1} is missing, and {row.ref} is there")
            own = found.get(row.id, [])
            heads[row.id] = _prove_one(row, own, said.get(row.id, {}))
            facts += len(own)
        progress(len(heads), total)
    if len(heads) != total:
        raise Broken(f"{total} requests were given a number, and {len(heads)} are there")
    return Proof(facts=facts, heads=heads)


def compare(conn: Connection, lines: str) -> int:
    """Prove that an older state, as `Proof.lines` gave it, is the beginning of this one; how many timelines it had.

    Raises Broken where it is not, ValueError for text that is no such state.
    """
    known = [_parse(line) for line in lines.splitlines()]
    for start in range(0, len(known), BATCH):
        page = known[start : start + BATCH]
        query = select(timeline.c.ticket, timeline.c.seq, timeline.c.hash).where(
            timeline.c.ticket.in_([ticket for ticket, _ in page])
        )
        there = {(row.ticket, row.seq): row.hash for row in conn.execute(query)}
        for ticket, head in page:
            if there.get((ticket, head.seq)) != head.hash:
                raise Broken(
                    f"request number {ticket} is not what it was: its fact {head.seq} was another one, or is gone"
                )
    return len(known)


def _parse(line: str) -> tuple[int, Head]:
    ticket, seq, digest = line.split(" ")
    return int(ticket), Head(int(seq), digest)


def _tickets_after(conn: Connection, number: int) -> Sequence[Any]:
    query = select(tickets.c.id, tickets.c.ref, tickets.c.seq, tickets.c.head).where(tickets.c.id != HOUSE)
    return conn.execute(query.where(tickets.c.id > number).order_by(tickets.c.id).limit(BATCH)).all()


def _facts_of(conn: Connection, ids: Sequence[int]) -> dict[int, list[Any]]:
    query = select(timeline).where(timeline.c.ticket.in_(ids)).order_by(timeline.c.ticket, timeline.c.seq)
    return {ticket: list(rows) for ticket, rows in groupby(conn.execute(query), key=lambda row: row.ticket)}


def _words_of(conn: Connection, ids: Sequence[int]) -> dict[int, dict[tuple[int, str], Any]]:
    found: dict[int, dict[tuple[int, str], Any]] = {}
    for row in conn.execute(select(kept).where(kept.c.ticket.in_(ids))):
        found.setdefault(row.ticket, {})[row.seq, row.field] = row
    return found


def _prove_one(ticket: Any, rows: Sequence[Any], said: dict[tuple[int, str], Any]) -> Head:  # noqa: ANN401 -- a row
    head = Head()
    for row in rows:
        where = f"{ticket.ref}, fact {head.seq + 1}"
        if row.seq != head.seq + 1:
            raise Broken(f"{where} is missing: the next one there is {row.seq}")
        if row.hash != link(head.hash, row._asdict()):
            raise Broken(f"{where} ({row.kind}) was changed: its hash is not the one of what stands there")
        _prove_words(where, row, said)
        _prove_body(where, row, said)
        head = Head(row.seq, row.hash)
    if said:
        raise Broken(f"{ticket.ref} has words of fact {min(said)[0]} that no fact refers to")
    if head != Head(ticket.seq, ticket.head):
        raise Broken(
            f"{ticket.ref} ends with fact {head.seq}, and its row says {ticket.seq}: "
            "facts were cut off or added behind, or the row was changed"
        )
    return head


def _prove_words(where: str, row: Any, said: dict[tuple[int, str], Any]) -> None:  # noqa: ANN401 -- a row
    for field, digest in words.marks(row.body):
        word = said.get((row.seq, field))
        if word is None:
            raise Broken(f"{where} ({row.kind}): its words in {field} are missing, and were not erased")
        if word.text is not None and words.digest(word.salt, word.text) != digest:
            raise Broken(f"{where} ({row.kind}): its words in {field} are not the ones that were written")


def _prove_body(where: str, row: Any, said: dict[tuple[int, str], Any]) -> None:  # noqa: ANN401 -- a row
    own = {
        (row.ticket, row.seq, field): said.pop((row.seq, field)).text for field, _ in words.marks(row.body)
    }
    try:
        fact = load_fact(row.kind, row.version, words.put_back(row.ticket, row.seq, row.body, own))
    except (ValueError, LookupError) as error:
        raise Broken(f"{where} ({row.kind}) cannot be read: it is of a newer program, or no fact") from error
    if (fact.kind, micros(fact.at)) != (row.kind, row.at):
        raise Broken(f"{where} says {row.kind}, and its body another kind or moment")
