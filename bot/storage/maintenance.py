"""Announced work at clients, as it was set by command; what stands in the file is the office's. It is read with the day."""

from datetime import datetime

from sqlalchemy import Connection, update

from bot.storage.tables import maintenance
from bot.storage.times import micros
from policies.people import Maintenance


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
