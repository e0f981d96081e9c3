"""The tables. Times are BIGINT microseconds since 1970, UTC; bodies are JSON text written by the codec."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA_EPOCH = 2
"""Raised when an older program must not touch the data any more; the running one stops when it sees a higher one."""

HOUSE = 0
"""The row of `tickets` that is no request: the house's own clocks (canary, chores) hang on it. It has no timeline."""

OPEN_STATES = ("pending", "sending", "unknown")
"""Effects that still want something done."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the few rows that loops ask for, so that a long history costs them nothing."""
    flag = where.isidentifier()  # a truth value is a number in SQLite
    return Index(
        name, *columns, sqlite_where=text(f"{where} = 1" if flag else where), postgresql_where=text(where)
    )


meta = Table(
    "meta", metadata, Column("name", String, primary_key=True), Column("value", BigInteger, nullable=False)
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=False),
    Column("ref", String, nullable=False, unique=True),
    Column("seq", Integer, nullable=False),
    Column("head", String, nullable=False, server_default=""),
    Column("client", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("author", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("owner", String, nullable=False),
    Column("lead", String, nullable=False),
    Column("developer", String, nullable=False),
    Column("awaits_response", Boolean, nullable=False),
    Column("branch", String, nullable=False),
    Column("build", String, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("escalated_at", BigInteger),
    Column("updated_at", BigInteger, nullable=False),
    _partial("ix_tickets_open", "id", where="is_open"),
    _partial("ix_tickets_awaiting", "channel", where="awaits_response"),
    _partial("ix_tickets_escalated", "client", "escalated_at", where="escalated_at IS NOT NULL"),
)
"""What can be asked of tickets without folding them; a projection, rebuilt from the timeline at any time.

`seq` and `head` are the number and the hash of the last fact: whoever cuts the end off a timeline has to forge them too.
"""

timeline = Table(
    "timeline",
    metadata,
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("hash", String, nullable=False, server_default=""),
)
"""The facts, appended and never changed. `hash` is of the row and of the hash before it."""

words = Table(
    "words",
    metadata,
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("field", String, primary_key=True),
    Column("salt", String, nullable=False),
    Column("text", Text),
)
"""Words of people that belong to a fact, whose body keeps only their digest: erased here, the chain stays whole."""

clocks = Table(
    "clocks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("armed_at", BigInteger, nullable=False),
    Column("fired_at", BigInteger),
    Column("late_us", BigInteger),
    UniqueConstraint("ticket", "kind", "subject"),
    _partial("ix_clocks_due", "due_at", where="state = 'armed'"),
    _partial("ix_clocks_waiting", "kind", "subject", where="state = 'armed'"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("ticket", ForeignKey("tickets.id")),
    Column("stream", String, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("person", String, nullable=False),
    Column("number", String, nullable=False),
    Column("token", String, nullable=False),
    Column("report", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("not_after", BigInteger),
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("put_off", Integer, nullable=False),
    Column("owner", String, nullable=False),
    Column("lease_until", BigInteger),
    Column("retry_at", BigInteger),
    Column("first_at", BigInteger),
    Column("unknown_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("live_until", BigInteger),
    Column("external_id", String, nullable=False),
    Column("reason", String, nullable=False),
    _partial("ix_outbox_pending", "lane", "id", where="state = 'pending'"),
    _partial("ix_outbox_in_hand", "state", "retry_at", where="state IN ('sending', 'unknown')"),
    _partial("ix_outbox_put_off", "retry_at", where="state = 'pending' AND retry_at IS NOT NULL"),
    _partial("ix_outbox_stream", "stream", "id", where="state IN ('pending', 'sending', 'unknown')"),
    _partial("ix_outbox_token", "token", where="token <> ''"),
    _partial("ix_outbox_live", "number", where="live_until IS NOT NULL"),
    Index("ix_outbox_slot", "ticket", "slot"),
)
"""What is to be done outside. `lease_until`, `retry_at` and `unknown_at` are machine time, the others the clock's."""

inbox = Table(
    "inbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("answer", Text),
    Column("error", Text),
    Column("raw", Text),
    Column("tries", Integer, nullable=False),
    Column("retry_at", BigInteger),
    _partial("ix_inbox_failed", "retry_at", where="error IS NOT NULL"),
    _partial("ix_inbox_answered", "at", where="answer IS NOT NULL"),
)
"""Every event that came, once: its answer, or the error and the event itself until a retry succeeds."""

addresses = Table(
    "addresses",
    metadata,
    Column("kind", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Index("ix_addresses_ticket", "ticket"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("channel", String, primary_key=True),
    Column("author", String, primary_key=True),
    Column("ticket", Integer),
    Index("ix_conversations_ticket", "ticket"),
)
"""The request that somebody in a channel last wrote to. `ticket` is empty while their first one is being opened."""

messages = Table(
    "messages",
    metadata,
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("author", String, nullable=False),
    Column("side", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("ix_messages_ticket", "ticket"),
)
"""People's words: they stand here and nowhere else, so that they can be erased."""

posts = Table(
    "posts",
    metadata,
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("slot", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("digest", String, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("person", String, nullable=False),
    Column("start_at", BigInteger, nullable=False),
    Column("end_at", BigInteger, nullable=False),
    Index("ix_absences_end", "end_at"),
)

covers = Table(
    "covers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("person", String, nullable=False),
    Column("by", String, nullable=False),
    Column("start_at", BigInteger, nullable=False),
    Column("end_at", BigInteger, nullable=False),
    Index("ix_covers_end", "end_at"),
)
"""One person in the place of another: the newest that holds counts."""

reach = Table(
    "reach",
    metadata,
    Column("person", String, primary_key=True),
    Column("number", String, nullable=False),
    Column("verified_at", BigInteger),
    Column("reached_at", BigInteger),
    Column("code", String, nullable=False),
    Column("asked_at", BigInteger),
)
"""What is known of a person's telephone: verified by a code, last answered; `code` while one is asked for."""

terms_versions = Table(
    "terms_versions",
    metadata,
    Column("hash", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""Every set of terms that was ever in force, by its content hash: what is stamped on a request can be read back."""

offices = Table(
    "offices",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hash", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String, nullable=False),
    Column("source", Text, nullable=False),
)
"""The text of frontdoor.toml each time that it came into force, appended: the last row is in force."""

maintenance = Table(
    "maintenance",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("client", String, nullable=False),
    Column("start_at", BigInteger, nullable=False),
    Column("end_at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_maintenance_end", "end_at"),
)
"""Announced work at a client, set by command; what stands in the file is not here."""
