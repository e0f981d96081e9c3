"""The little in which the two databases differ when a statement is written."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(conn: Connection, table: Table) -> Any:  # noqa: ANN401 -- two classes of the same shape without a common base
    """An INSERT that knows ON CONFLICT: both databases spell it alike, in two classes."""
    return (postgresql if conn.dialect.name == "postgresql" else sqlite).insert(table)


def upsert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Write `rows` (all with the same columns); where the primary key is taken, their other columns replace the old."""
    if not rows:
        return
    statement = insert(conn, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def add(conn: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Write `row` unless its primary or unique key is taken; whether it was written."""
    return bool(conn.execute(insert(conn, table).on_conflict_do_nothing(), row).rowcount)
