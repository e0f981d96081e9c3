"""Where our own messages stand: the Slack message that fills a slot of a ticket."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from bot.ports import Posted
from bot.storage.dialect import upsert
from bot.storage.hot import run
from bot.storage.tables import posts

_OF_ONE = select(posts).where(posts.c.ticket == bindparam("ticket"))
_OF_MANY = select(posts).where(posts.c.ticket.in_(bindparam("tickets", expanding=True)))


def of(conn: Connection, ticket: int) -> dict[str, Posted]:
    """The places of a ticket, by slot."""
    return {row.slot: _posted(row) for row in run(conn, _OF_ONE, {"ticket": ticket})}


def of_many(conn: Connection, tickets: Iterable[int]) -> dict[int, dict[str, Posted]]:
    """The same for several tickets."""
    found: dict[int, dict[str, Posted]] = {ticket: {} for ticket in tickets}
    if found:
        for row in run(conn, _OF_MANY, {"tickets": list(found)}):
            found[row.ticket][row.slot] = _posted(row)
    return found


def _posted(row: Any) -> Posted:  # noqa: ANN401 -- a row
    return Posted(slot=row.slot, channel=row.channel, ts=row.ts, digest=row.digest)


def save(conn: Connection, ticket: int, places: Sequence[Posted]) -> None:
    """Fill slots."""
    upsert(
        conn,
        posts,
        [
            {
                "ticket": ticket,
                "slot": place.slot,
                "channel": place.channel,
                "ts": place.ts,
                "digest": place.digest,
            }
            for place in places
        ],
    )


def forget(conn: Connection, ticket: int, slots: Sequence[str]) -> None:
    """Empty slots whose message is gone."""
    if slots:
        conn.execute(delete(posts).where(posts.c.ticket == ticket, posts.c.slot.in_(slots)))
