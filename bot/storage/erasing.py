"""Erasing what people wrote in one request: in its facts, its messages, what was said about it, and events of it that failed."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select, update

from bot.storage import inbox, words
from bot.storage.codec import dump_effect, load_effect
from bot.storage.outbox import OPEN
from bot.storage.tables import inbox as events
from bot.storage.tables import messages, outbox, posts, timeline
from bot.storage.work import StoreFailed
from policies.effects import Post, Revise, Sms
from policies.ticket import ERASED, Ticket

RENDERED = ("card", "sheet", "tracker", "reminder")
"""Effects that carry no words: they are drawn from the request when they are carried out."""
_SAYING = ("post", "revise", "sms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """How much was erased; `kept` facts are older than the chain and keep their words."""

    facts: int
    messages: int
    effects: int
    events: int
    kept: int

    @property
    def anything(self) -> bool:
        """Whether there was anything to erase."""
        return bool(self.facts or self.messages or self.effects or self.events)


def waiting(conn: Connection, ticket: int) -> int:
    """How many effects of a ticket are still to be carried out and may carry words."""
    query = select(func.count()).select_from(outbox).where(outbox.c.ticket == ticket, OPEN)
    return int(conn.execute(query.where(outbox.c.kind.not_in(RENDERED))).scalar_one())


def erase(conn: Connection, ticket: Ticket, answer: str) -> Erasure:
    """Erase the words of a ticket of which nothing is `waiting`. `answer` is what its failed events have come to."""
    failed = _failed(conn, ticket)
    for key in failed:
        inbox.store(conn, key, answer)
    return Erasure(
        facts=words.erase(conn, ticket.id),
        messages=_messages(conn, ticket.id),
        effects=_effects(conn, ticket.id),
        events=len(failed),
        kept=_kept(conn, ticket.id),
    )


def cards(conn: Connection, ticket: int) -> Sequence[str]:
    """The slots of the cards that stand in Slack."""
    query = select(posts.c.slot).where(posts.c.ticket == ticket, posts.c.slot.like("card:%"))
    return conn.execute(query.order_by(posts.c.slot)).scalars().all()


def wipe(file: Path) -> None:
    """Rewrite a SQLite file, so that what was erased is not in its free pages nor in its `-wal`. Raises StoreFailed."""
    try:
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("VACUUM")
            busy, _, _ = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreFailed(str(error)) from error
    if busy:
        raise StoreFailed(f"somebody reads {file}")


def _messages(conn: Connection, ticket: int) -> int:
    said = update(messages).where(
        messages.c.ticket == ticket, messages.c.deleted.is_(False), messages.c.text != ERASED
    )
    return conn.execute(said.values(text=ERASED, files="[]")).rowcount


def _effects(conn: Connection, ticket: int) -> int:
    """Empty what was said; slot, place and end of it stay, by which later effects find their place."""
    query = select(outbox.c.id, outbox.c.body).where(outbox.c.ticket == ticket, outbox.c.kind.in_(_SAYING))
    emptied = 0
    for row in conn.execute(query).all():
        effect = load_effect(row.body)
        if isinstance(effect, Post | Revise | Sms) and effect.text:
            body = dump_effect(replace(effect, text=""))
            conn.execute(update(outbox).where(outbox.c.id == row.id).values(body=body))
            emptied += 1
    return emptied


def _failed(conn: Connection, ticket: Ticket) -> list[str]:
    """Keys of failed events that speak of a ticket: by its number or name, its thread or one of its messages."""
    said = select(messages.c.ts).where(messages.c.ticket == ticket.id)
    names = {f'"{name}"' for name in (ticket.ref, ticket.thread, *conn.execute(said).scalars()) if name}
    names |= {f'"ticket":{ticket.id},', f'"ticket":{ticket.id}}}'}
    rows = conn.execute(select(events.c.key, events.c.raw).where(events.c.error.is_not(None)))
    return [row.key for row in rows.all() if any(name in row.raw for name in names)]


def _kept(conn: Connection, ticket: int) -> int:
    query = select(timeline.c.kind, timeline.c.body).where(
        timeline.c.ticket == ticket, timeline.c.kind.in_(words.WORDS)
    )
    rows = conn.execute(query)
    return sum(not words.marks(row.body) and bool(words.take_out(row.kind, row.body)[1]) for row in rows)
