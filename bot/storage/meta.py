"""Moments and numbers of the installation itself, by name."""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.storage.dialect import insert
from bot.storage.tables import meta
from bot.storage.times import maybe_moment, micros

HEARD = "heard_at"
"""Until when everything that Slack had to say has surely been taken in."""
GAPS = "coverage_gaps"
"""Whether it was last said that there are hours in which nobody would be reached (1), or none (0)."""


def moment_of(conn: Connection, name: str) -> datetime | None:
    """The moment kept under `name`, None when there is none yet."""
    return maybe_moment(conn.execute(select(meta.c.value).where(meta.c.name == name)).scalar())


def move_on(conn: Connection, name: str, at: datetime) -> None:
    """Keep `at` under `name`; a later moment that stands there already stays."""
    statement = insert(conn.dialect.name, meta).values(name=name, value=micros(at))
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"value": statement.excluded.value},
            where=meta.c.value < statement.excluded.value,
        )
    )


def number_of(conn: Connection, name: str) -> int | None:
    """The number kept under `name`, None when there is none yet."""
    found = conn.execute(select(meta.c.value).where(meta.c.name == name)).scalar()
    return int(found) if found is not None else None


def put(conn: Connection, name: str, value: int) -> None:
    """Keep `value` under `name`, whatever stood there."""
    statement = insert(conn.dialect.name, meta).values(name=name, value=value)
    conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
