"""What was said of no request, to be said on: its words stand in the outbox, since nobody else keeps them."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, literal_column, select

from bot.storage.codec import load_effect
from bot.storage.hot import run
from bot.storage.tables import outbox
from policies.effects import Post

_LAST = (
    select(outbox.c.body, outbox.c.external_id)
    .where(
        outbox.c.ticket.is_(None),
        outbox.c.slot == bindparam("slot"),
        outbox.c.kind == literal_column("'post'"),
        outbox.c.state == literal_column("'sent'"),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Said:
    """Our own message: its Slack `ts`, and its words."""

    ts: str
    text: str


def last(conn: Connection, slot: str) -> Said | None:
    """The last message in this slot that is known to stand in Slack; None while there is none."""
    row = run(conn, _LAST, {"slot": slot}).first()
    effect = load_effect(row.body) if row is not None else None
    return Said(row.external_id, effect.text) if row is not None and isinstance(effect, Post) else None
