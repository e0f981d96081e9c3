"""Numbers that only grow."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, String, bindparam, select, union_all

from bot.storage.dialect import insert
from bot.storage.hot import run, write
from bot.storage.tables import counters

TICKETS = "tickets"
"""The number of the last request."""
_ONE, _TWO = bindparam("one", type_=String), bindparam("two", type_=String)
_PEEK = select(counters.c.value).where(counters.c.name == bindparam("of"))
_BOTH = select(counters).where(counters.c.name.in_([_ONE, _TWO]))
_KEPT = select(counters).where(counters.c.name == _ONE).with_for_update(key_share=True).cte("kept")
_BOTH_LOCKED = union_all(select(_KEPT), select(counters).where(counters.c.name == _TWO))


def peek(conn: Connection, name: str) -> int:
    """The present value, 0 for one that was never raised."""
    return conn.execute(_PEEK, {"of": name}).scalar() or 0


def peek_both(conn: Connection, first: str, second: str, *, lock: bool = False) -> tuple[int, int]:
    """Two present values in one look; `lock` keeps others from raising the first until the commit.

    Whoever waits for it sees the second one as it was before.
    """
    locked = lock and conn.dialect.name != "sqlite"
    asked = {"one": first, "two": second}
    found = {row.name: row.value for row in run(conn, _BOTH_LOCKED if locked else _BOTH, asked)}
    if locked and first not in found:  # there is no row to lock yet
        found[first] = raise_by(conn, first, 0)
    return found.get(first, 0), found.get(second, 0)


def raise_by(conn: Connection, name: str, amount: int = 1) -> int:
    """Raise it and return the new value."""
    values = {"name": name, "value": amount}
    return int(run(conn, _raise_and_tell(conn.dialect.name), values).scalar())


def count(conn: Connection, name: str, amount: int) -> None:
    """Raise it."""
    write(conn, _raise(conn.dialect.name), {"name": name, "value": amount})


@cache
def _raise(dialect: str) -> Any:  # noqa: ANN401 -- see dialect.insert
    statement = insert(dialect, counters)
    raised = counters.c.value + statement.excluded.value
    return statement.on_conflict_do_update(index_elements=["name"], set_={"value": raised})


@cache
def _raise_and_tell(dialect: str) -> Any:  # noqa: ANN401 -- see dialect.insert
    return _raise(dialect).returning(counters.c.value)
