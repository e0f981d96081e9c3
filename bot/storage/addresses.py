"""What leads from the outside to a ticket: threads, messages, and who wrote to which request last."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.dialect import add, upsert
from bot.storage.hot import run
from bot.storage.tables import addresses, conversations
from policies.decision import Address

_FIND = select(addresses.c.ticket).where(
    addresses.c.kind == bindparam("kind"), addresses.c.value == bindparam("value")
)

_CONVERSATION = (
    select(conversations.c.ticket)
    .where(conversations.c.channel == bindparam("in"), conversations.c.author == bindparam("who"))
    .with_for_update()
)


def find(conn: Connection, kind: str, value: str) -> int | None:
    """The ticket at an address."""
    found: int | None = run(conn, _FIND, {"kind": kind, "value": value}).scalar()
    return found


def point(conn: Connection, ticket: int, places: Sequence[Address]) -> None:
    """Lead `places` to a ticket, wherever they led before."""
    upsert(
        conn, addresses, [{"kind": place.kind, "value": place.value, "ticket": ticket} for place in places]
    )


def repoint(conn: Connection, old: int, new: int) -> None:
    """Everything that led to `old` leads to `new` (a merge)."""
    for table in (addresses, conversations):
        conn.execute(update(table).where(table.c.ticket == old).values(ticket=new))


def conversation(conn: Connection, channel: str, author: str) -> int | None:
    """The request that `author` last wrote to in `channel`. Locks the row: two replicas never open two requests at once."""
    if conn.dialect.name != "sqlite":  # there is one writer only, and nothing to lock
        add(conn, conversations, {"channel": channel, "author": author, "ticket": None})
    found: int | None = run(conn, _CONVERSATION, {"in": channel, "who": author}).scalar()
    return found


def converse(conn: Connection, channel: str, author: str, ticket: int) -> None:
    """Remember that `author` wrote to `ticket`."""
    upsert(conn, conversations, [{"channel": channel, "author": author, "ticket": ticket}])
