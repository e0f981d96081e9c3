"""Numbers that only grow."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.storage.dialect import insert
from bot.storage.hot import run
from bot.storage.tables import counters

TICKETS = "tickets"
"""The number of the last request."""
_PEEK = select(counters.c.value).where(counters.c.name == bindparam("of"))
_BOTH = select(counters).where(counters.c.name.in_([bindparam("one"), bindparam("two")]))
_PEEK_LOCKED = _PEEK.with_for_update()


def peek(conn: Connection, name: str, *, lock: bool = False) -> int:
    """The present value, 0 for one that was never raised; `lock` keeps others from raising it until the commit."""
    return conn.execute(_PEEK_LOCKED if lock else _PEEK, {"of": name}).scalar() or 0


def peek_both(conn: Connection, first: str, second: str) -> tuple[int, int]:
    """Two present values in one look."""
    found = {row.name: row.value for row in run(conn, _BOTH, {"one": first, "two": second})}
    return found.get(first, 0), found.get(second, 0)


def raise_by(conn: Connection, name: str, amount: int = 1) -> int:
    """Raise it and return the new value."""
    values = {"name": name, "value": amount}
    return int(run(conn, _raise(conn.dialect.name), values).scalar())


@cache
def _raise(dialect: str) -> Any:  # noqa: ANN401 -- see dialect.insert
    statement = insert(dialect, counters)
    raised = counters.c.value + statement.excluded.value
    return statement.on_conflict_do_update(index_elements=["name"], set_={"value": raised}).returning(
        counters.c.value
    )
