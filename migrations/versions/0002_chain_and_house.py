"""A hash chain over every timeline, words that can be erased, and the row that the house's own clocks hang on.

Facts that are there already keep their words in their bodies: these can not be erased without breaking the chain.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HOUSE = """INSERT INTO tickets
    (id, ref, seq, client, channel, author, stage, is_open, owner, lead, developer, awaits_response, branch, build,
     opened_at, updated_at)
    VALUES (0, 'HOUSE', 0, '', '', '', 'house', false, '', '', '', false, '', '', 0, 0)"""

_BATCH = 500
_NEXT = sa.text("SELECT id FROM tickets WHERE id > :after ORDER BY id LIMIT :batch")
_FACTS = sa.text(
    "SELECT ticket, seq, kind, version, at, body FROM timeline"
    " WHERE ticket BETWEEN :first AND :last ORDER BY ticket, seq"
)
_HASH = sa.text("UPDATE timeline SET hash = :hash WHERE ticket = :ticket AND seq = :seq")
_HEAD = sa.text("UPDATE tickets SET head = :hash WHERE id = :ticket AND seq = :seq")


def upgrade() -> None:
    """Add the columns and tables, and chain the facts that are there."""
    op.add_column("timeline", sa.Column("hash", sa.String(), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("head", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "words",
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_words_ticket")),
        sa.PrimaryKeyConstraint("ticket", "seq", "field", name=op.f("pk_words")),
    )
    _chain()
    op.execute(_HOUSE)
    op.execute("UPDATE meta SET value = 2 WHERE name = 'schema_epoch'")


def _chain() -> None:
    conn = op.get_bind()
    after = 0
    while ids := conn.execute(_NEXT, {"after": after, "batch": _BATCH}).scalars().all():
        after = ids[-1]
        rows = conn.execute(_FACTS, {"first": ids[0], "last": after}).all()
        chains = [list(_hashes(facts)) for _, facts in groupby(rows, key=lambda row: int(row.ticket))]
        hashes = [row for chain in chains for row in chain]
        if hashes:
            conn.execute(_HASH, hashes)
            conn.execute(_HEAD, [chain[-1] for chain in chains])


def _hashes(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The hash of each row of one ticket, as bot.storage.timeline makes it."""
    before = ""
    for row in rows:
        before = hashlib.sha256("\n".join(map(str, (before, *row))).encode()).hexdigest()
        yield {"ticket": row.ticket, "seq": row.seq, "hash": before}
