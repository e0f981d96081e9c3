"""What is answered can be found by its age, so that forgetting it costs the same however much there is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    where = sa.text("answer IS NOT NULL")
    op.create_index("ix_inbox_answered", "inbox", ["at"], sqlite_where=where, postgresql_where=where)
