"""Numbers that only grow."""

from sqlalchemy import Connection, select

from bot.storage.dialect import insert
from bot.storage.tables import counters

TICKETS = "tickets"
"""The number of the last request."""


def peek(conn: Connection, name: str, *, lock: bool = False) -> int:
    """The present value, 0 for one that was never raised; `lock` keeps others from raising it until the commit."""
    query = select(counters.c.value).where(counters.c.name == name)
    return conn.execute(query.with_for_update() if lock else query).scalar() or 0


def raise_by(conn: Connection, name: str, amount: int = 1) -> int:
    """Raise it and return the new value."""
    statement = insert(conn, counters).values(name=name, value=amount)
    statement = statement.on_conflict_do_update(
        index_elements=["name"], set_={"value": counters.c.value + statement.excluded.value}
    )
    return int(conn.execute(statement.returning(counters.c.value)).scalar_one())
