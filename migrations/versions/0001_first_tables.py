"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    _absences()
    _conversations()
    _counters()
    _inbox()
    _meta()
    _tickets()
    _addresses()
    _clocks()
    _messages()
    _outbox()
    _outbox_indices()
    _posts()
    _timeline()
    op.execute("INSERT INTO meta (name, value) VALUES ('schema_epoch', 1)")


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_end", "absences", ["end_at"], unique=False)


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("channel", "author", name=op.f("pk_conversations")),
    )
    op.create_index("ix_conversations_ticket", "conversations", ["ticket"], unique=False)


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_failed",
        "inbox",
        ["retry_at"],
        unique=False,
        sqlite_where=sa.text("error IS NOT NULL"),
        postgresql_where=sa.text("error IS NOT NULL"),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("developer", sa.String(), nullable=False),
        sa.Column("awaits_response", sa.Boolean(), nullable=False),
        sa.Column("branch", sa.String(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("ref", name=op.f("uq_tickets_ref")),
    )
    op.create_index(
        "ix_tickets_awaiting",
        "tickets",
        ["channel"],
        unique=False,
        sqlite_where=sa.text("awaits_response = 1"),
        postgresql_where=sa.text("awaits_response"),
    )
    op.create_index(
        "ix_tickets_escalated",
        "tickets",
        ["client", "escalated_at"],
        unique=False,
        sqlite_where=sa.text("escalated_at IS NOT NULL"),
        postgresql_where=sa.text("escalated_at IS NOT NULL"),
    )
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["id"],
        unique=False,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_addresses_ticket")),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_addresses")),
    )
    op.create_index("ix_addresses_ticket", "addresses", ["ticket"], unique=False)


def _clocks() -> None:
    op.create_table(
        "clocks",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("armed_at", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.Column("late_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_clocks_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("ticket", "kind", "subject", name=op.f("uq_clocks_ticket_kind_subject")),
    )
    op.create_index(
        "ix_clocks_due",
        "clocks",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    )
    op.create_index(
        "ix_clocks_waiting",
        "clocks",
        ["kind", "subject"],
        unique=False,
        sqlite_where=sa.text("state = 'armed'"),
        postgresql_where=sa.text("state = 'armed'"),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_messages_ticket")),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_ticket", "messages", ["ticket"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ticket", _ID, nullable=True),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("report", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("put_off", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("retry_at", sa.BigInteger(), nullable=True),
        sa.Column("first_at", sa.BigInteger(), nullable=True),
        sa.Column("unknown_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("live_until", sa.BigInteger(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_outbox_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )


def _outbox_indices() -> None:
    op.create_index(
        "ix_outbox_in_hand",
        "outbox",
        ["state", "retry_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('sending', 'unknown')"),
    )
    op.create_index(
        "ix_outbox_live",
        "outbox",
        ["number"],
        unique=False,
        sqlite_where=sa.text("live_until IS NOT NULL"),
        postgresql_where=sa.text("live_until IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_pending",
        "outbox",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_outbox_slot", "outbox", ["ticket", "slot"], unique=False)
    op.create_index(
        "ix_outbox_stream",
        "outbox",
        ["stream", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_outbox_token",
        "outbox",
        ["token"],
        unique=False,
        sqlite_where=sa.text("token <> ''"),
        postgresql_where=sa.text("token <> ''"),
    )


def _posts() -> None:
    op.create_table(
        "posts",
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_posts_ticket")),
        sa.PrimaryKeyConstraint("ticket", "slot", name=op.f("pk_posts")),
    )


def _timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name=op.f("fk_timeline_ticket")),
        sa.PrimaryKeyConstraint("ticket", "seq", name=op.f("pk_timeline")),
    )
