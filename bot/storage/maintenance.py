"""Announced work at clients, as it was set by command; what stands in the file is the office's."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bot.storage.hot import run
from bot.storage.tables import maintenance
from bot.storage.times import micros, moment
from policies.people import Maintenance

_SINCE = (
    select(maintenance)
    .where(maintenance.c.end_at > bindparam("now"), maintenance.c.end_at > maintenance.c.start_at)
    .order_by(maintenance.c.id)
)
"""One that was taken back before it began has no length."""


def add(conn: Connection, client: str, window: Maintenance, by: str, now: datetime) -> None:
    """Keep a window, and who announced it."""
    row = {
        "client": client,
        "start_at": micros(window.start),
        "end_at": micros(window.end),
        "what": window.what,
        "by": by,
        "at": micros(now),
    }
    conn.execute(maintenance.insert(), row)


def end(conn: Connection, client: str, now: datetime) -> None:
    """What is under way at the client ends now, and what was to come does not come."""
    mine = (maintenance.c.client == client, maintenance.c.end_at > micros(now))
    begun = maintenance.c.start_at <= micros(now)
    conn.execute(update(maintenance).where(*mine, begun).values(end_at=micros(now)))
    conn.execute(update(maintenance).where(*mine, ~begun).values(end_at=maintenance.c.start_at))


def since(conn: Connection, now: datetime) -> tuple[tuple[str, Maintenance], ...]:
    """Windows that are under way at `now` or come later, each with its client's key."""
    return tuple(
        (row.client, Maintenance(start=moment(row.start_at), end=moment(row.end_at), what=row.what))
        for row in run(conn, _SINCE, {"now": micros(now)})
    )
