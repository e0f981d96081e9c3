"""A hash chain over every timeline, words that can be erased, and the row that the house's own clocks hang on."""

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


def upgrade() -> None:
    """Add the columns and tables; old facts are chained by `chain`."""
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
    op.execute(_HOUSE)
    op.execute("UPDATE meta SET value = 2 WHERE name = 'schema_epoch'")
