"""Figures about everything at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.storage import clocks, inbox, outbox
from bot.storage.tables import tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """How many effects of a lane are open, and how many seconds the oldest has been."""

    lane: str
    waiting: int
    age: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The figures of the moment."""

    open_tickets: int
    running_clocks: int
    dead_letters: int
    lanes: tuple[Lane, ...]


def counts(conn: Connection, now: datetime) -> Counts:
    """Count everything; ages as of `now` (the clock's time)."""
    open_tickets = conn.execute(
        select(func.count()).select_from(tickets).where(tickets.c.is_open)
    ).scalar_one()
    return Counts(
        open_tickets=int(open_tickets),
        running_clocks=clocks.count(conn),
        dead_letters=inbox.dead(conn),
        lanes=tuple(
            Lane(
                lane=depth.lane,
                waiting=depth.waiting,
                age=max((now - depth.oldest).total_seconds(), 0.0) if depth.oldest is not None else 0.0,
            )
            for depth in outbox.depths(conn)
        ),
    )
