"""When the next effect that was put off may be taken up is found without passing over all that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WHERE = sa.text("state = 'pending' AND retry_at IS NOT NULL")


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_outbox_put_off", "outbox", ["retry_at"], sqlite_where=_WHERE, postgresql_where=_WHERE)
