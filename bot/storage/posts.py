"""Where our own messages stand: the Slack message that fills a slot of a ticket."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select

from bot.ports import Posted
from bot.storage.dialect import upsert
from bot.storage.hot import run
from bot.storage.tables import posts

_OF_ONE = select(posts).where(posts.c.ticket == bindparam("ticket"))


def of(conn: Connection, ticket: int) -> dict[str, Posted]:
    """The places of a ticket, by slot."""
    return {
        row.slot: Posted(slot=row.slot, channel=row.channel, ts=row.ts, digest=row.digest)
        for row in run(conn, _OF_ONE, {"ticket": ticket})
    }


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
