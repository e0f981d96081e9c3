"""What the house's own clocks do in the database: the last canary that came through, and pruning in bounded bites."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, literal_column, select

from bot.storage.codec import load_effect
from bot.storage.hot import run
from bot.storage.tables import inbox, outbox
from bot.storage.times import micros, moment
from bot.streams import CANARY
from policies.effects import Echo

_ECHOES = (outbox.c.ticket.is_(None), outbox.c.slot == literal_column(f"'{CANARY}'"))
_LAST_ECHO = (
    select(outbox.c.body, outbox.c.ended_at)
    .where(*_ECHOES, outbox.c.state == literal_column("'sent'"))
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_OLD = (
    select(inbox.c.key)
    .where(inbox.c.answer.is_not(None), inbox.c.error.is_(None), inbox.c.at < bindparam("before"))
    .order_by(inbox.c.at)
    .limit(bindparam("most"))
)
_PRUNE_INBOX = delete(inbox).where(inbox.c.key.in_(_OLD))
_PRUNE_ECHOES = delete(outbox).where(
    outbox.c.id.in_(
        select(outbox.c.id).where(*_ECHOES, outbox.c.ended_at < bindparam("before")).limit(bindparam("most"))
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A canary that came through: when its effect was settled, and how long that was after its clock was due."""

    settled: datetime
    took: timedelta


def last_way(conn: Connection) -> Way | None:
    """The canary that came through last, whichever process it went through; None while there is none."""
    row = run(conn, _LAST_ECHO, {}).first()
    if row is None:
        return None
    effect, settled = load_effect(row.body), moment(row.ended_at)
    due = effect.due if isinstance(effect, Echo) else settled
    return Way(settled=settled, took=settled - due)


def prune_inbox(conn: Connection, before: datetime, most: int) -> int:
    """Forget answered events that came before then, oldest first; how many. One that failed is kept until it is repaired."""
    return run(conn, _PRUNE_INBOX, {"before": micros(before), "most": most}).rowcount


def prune_echoes(conn: Connection, before: datetime, most: int) -> int:
    """Forget canaries that were settled before then; how many. All other effects are kept: calls and slots ask for them."""
    return run(conn, _PRUNE_ECHOES, {"before": micros(before), "most": most}).rowcount
