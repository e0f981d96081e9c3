"""The timeline: facts, appended and never changed."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection, bindparam, insert, select

from bot.storage.codec import dump_fact, load_fact, version_of
from bot.storage.hot import run
from bot.storage.tables import timeline
from bot.storage.times import micros
from policies.facts import AnyFact

_APPEND = insert(timeline)
_OF_ONE = (
    select(timeline.c.kind, timeline.c.version, timeline.c.body)
    .where(timeline.c.ticket == bindparam("ticket"))
    .order_by(timeline.c.seq)
)


def append(conn: Connection, ticket: int, after: int, facts: Sequence[AnyFact]) -> None:
    """Write `facts` behind number `after` of the ticket."""
    if not facts:
        return
    run(
        conn,
        _APPEND,
        [
            {
                "ticket": ticket,
                "seq": seq,
                "kind": fact.kind,
                "version": version_of(fact.kind),
                "at": micros(fact.at),
                "body": dump_fact(fact),
            }
            for seq, fact in enumerate(facts, after + 1)
        ],
    )


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
