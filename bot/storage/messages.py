"""People's words. A message belongs to one ticket; a split or a merge moves it."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.dialect import upsert
from bot.storage.hot import run
from bot.storage.tables import messages
from bot.storage.times import micros, moment
from policies.ticket import Message

_OF_ONE = (
    select(messages).where(messages.c.ticket == bindparam("ticket")).order_by(messages.c.at, messages.c.ts)
)

_OF_MANY = (
    select(messages)
    .where(messages.c.ticket.in_(bindparam("tickets", expanding=True)))
    .order_by(messages.c.ticket, messages.c.at, messages.c.ts)
)


def save(conn: Connection, ticket: int, said: Sequence[Message]) -> None:
    """Write messages, or what they have become."""
    rows = [
        {
            "channel": message.channel,
            "ts": message.ts,
            "ticket": ticket,
            "at": micros(message.at),
            "author": message.author,
            "side": message.side,
            "text": message.text,
            "files": json.dumps(message.files),
            "deleted": message.deleted,
        }
        for message in said
    ]
    upsert(conn, messages, rows)


def move(conn: Connection, old: int, new: int) -> None:
    """What was said in `old` belongs to `new` (a merge), where its edits and deletions arrive from now on."""
    conn.execute(update(messages).where(messages.c.ticket == old).values(ticket=new))


def of_many(conn: Connection, tickets: Sequence[int]) -> dict[int, tuple[Message, ...]]:
    """The messages of several tickets; without those that have none."""
    rows = groupby(run(conn, _OF_MANY, {"tickets": tickets}), key=lambda row: int(row.ticket))
    return {ticket: tuple(map(_message, said)) for ticket, said in rows}


def of(conn: Connection, ticket: int) -> tuple[Message, ...]:
    """The messages of a ticket, oldest first."""
    return tuple(map(_message, run(conn, _OF_ONE, {"ticket": ticket})))


def _message(row: Any) -> Message:  # noqa: ANN401 -- a row
    return Message(
        channel=row.channel,
        ts=row.ts,
        at=moment(row.at),
        author=row.author,
        side=row.side,
        text=row.text,
        files=tuple(json.loads(row.files)),
        deleted=bool(row.deleted),
    )
