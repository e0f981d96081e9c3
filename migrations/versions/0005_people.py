"""Who stands in for whom, and when people's telephones were last answered."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "covers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_covers")),
    )
    op.create_index("ix_covers_end", "covers", ["end_at"])
    op.create_table(
        "reach",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("verified_at", sa.BigInteger()),
        sa.Column("reached_at", sa.BigInteger()),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_reach")),
    )
