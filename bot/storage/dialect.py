"""The little in which the two databases differ when a statement is written."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.hot import run, write


def insert(dialect: str, table: Table) -> Any:  # noqa: ANN401 -- two classes of the same shape without a common base
    """An INSERT that knows ON CONFLICT: both databases spell it alike, in two classes."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def upsert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write `rows` (all with the same columns); where the primary key is taken, their other columns replace the old.

    Of several with the same key the last one counts.
    """
    keys = [column.name for column in table.primary_key]
    different = {tuple(row[name] for name in keys): row for row in rows}
    if rows:
        write(conn, _upsert(conn.dialect.name, table, tuple(rows[0])), list(different.values()))


def add(conn: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Write `row` unless its primary or unique key is taken; whether it was written."""
    return bool(run(conn, _add(conn.dialect.name, table), row).rowcount)


@cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> Any:  # noqa: ANN401 -- as above
    """Made once for each shape: building a statement costs more than running it."""
    statement = insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


@cache
def _add(dialect: str, table: Table) -> Any:  # noqa: ANN401 -- as above
    return insert(dialect, table).on_conflict_do_nothing()
