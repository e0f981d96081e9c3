"""What leads from the outside to a ticket: threads, messages, and who wrote to which request last."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.dialect import insert, upsert
from bot.storage.hot import run
from bot.storage.tables import addresses, conversations
from policies.decision import Address

_FIND = select(addresses.c.ticket).where(
    addresses.c.kind == bindparam("kind"), addresses.c.value == bindparam("value")
)

_CONVERSATION = select(conversations.c.ticket).where(
    conversations.c.channel == bindparam("channel"), conversations.c.author == bindparam("author")
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
    who = {"channel": channel, "author": author}
    if conn.dialect.name == "sqlite":  # there is one writer only, and nothing to lock
        found: int | None = run(conn, _CONVERSATION, who).scalar()
    else:
        found = run(conn, _locked(), who).scalar()
    return found


@cache
def _locked() -> Any:  # noqa: ANN401 -- see dialect.insert
    """Makes the row where there is none, and changes nothing of it where there is one: locked it is in either case."""
    statement = insert("postgresql", conversations)
    same = {"channel": statement.excluded.channel}
    taken = statement.on_conflict_do_update(index_elements=["channel", "author"], set_=same)
    return taken.returning(conversations.c.ticket)


def converse(conn: Connection, channel: str, author: str, ticket: int) -> None:
    """Remember that `author` wrote to `ticket`."""
    upsert(conn, conversations, [{"channel": channel, "author": author, "ticket": ticket}])
