"""The clocks of the process. They are derived from the ticket; here the difference is stored, read and fired."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from bot.storage.dialect import add
from bot.storage.hot import run
from bot.storage.tables import HOUSE, clocks
from bot.storage.times import maybe_moment, micros, moment

_ARMED = clocks.c.state == literal_column("'armed'")  # spelt out: a bound value would hide the partial index
_OF_ONE = select(
    clocks.c.id, clocks.c.kind, clocks.c.subject, clocks.c.due_at, clocks.c.state, clocks.c.generation
).where(clocks.c.ticket == bindparam("ticket"))
_ANEW: dict[str, Any] = {
    "due_at": bindparam("due"),
    "state": "armed",
    "generation": clocks.c.generation + 1,
    "armed_at": bindparam("now"),
    "fired_at": None,
    "late_us": None,
}
_REARM_HOUSE = (
    update(clocks)
    .where(
        clocks.c.ticket == literal_column(str(HOUSE)),
        clocks.c.kind == bindparam("what"),
        clocks.c.state != literal_column("'armed'"),
    )
    .values(_ANEW)
)
_SOONER = (
    update(clocks)
    .where(
        clocks.c.ticket == literal_column(str(HOUSE)),
        clocks.c.kind == bindparam("what"),
        clocks.c.due_at > bindparam("due"),
        _ARMED,
    )
    .values(_ANEW)
)
_NEXT_DUE = select(func.min(clocks.c.due_at)).where(_ARMED)
_FIRE = (
    update(clocks)
    .where(
        clocks.c.ticket == bindparam("of"),
        clocks.c.kind == bindparam("what"),
        clocks.c.subject == bindparam("whose"),
        clocks.c.generation == bindparam("which"),
        _ARMED,
    )
    .values(state="fired", fired_at=bindparam("now"), late_us=bindparam("now") - clocks.c.due_at)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClock:
    """A running clock of a ticket: `generation` tells which arming of it, `due` is aware UTC."""

    ticket: int
    kind: str
    subject: str
    generation: int
    due: datetime


def due(conn: Connection, now: datetime, limit: int, leave_out: Collection[int] = ()) -> tuple[DueClock, ...]:
    """What ran out by `now`, first due first, without the tickets in `leave_out`."""
    query = select(clocks).where(_ARMED, clocks.c.due_at <= micros(now))
    if leave_out:
        query = query.where(clocks.c.ticket.not_in(leave_out))
    rows = conn.execute(query.order_by(clocks.c.due_at, clocks.c.id).limit(limit))
    return tuple(
        DueClock(
            ticket=row.ticket,
            kind=row.kind,
            subject=row.subject,
            generation=row.generation,
            due=moment(row.due_at),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What has run out, and when the next clock does."""

    due: tuple[DueClock, ...]
    next_due: datetime | None


def look(conn: Connection, now: datetime, limit: int, leave_out: Collection[int] = ()) -> Look:
    """Both in one; what has run out is read only when there is any."""
    soonest = next_due(conn, leave_out)
    if soonest is None or soonest > now:
        return Look(due=(), next_due=soonest)
    return Look(due=due(conn, now, limit, leave_out), next_due=soonest)


def fire(conn: Connection, clock: DueClock, now: datetime) -> bool:
    """A clock of the house: armed becomes fired, once for each generation; False when another replica was quicker."""
    values = {
        "of": clock.ticket,
        "what": clock.kind,
        "whose": clock.subject,
        "which": clock.generation,
        "now": micros(now),
    }
    return run(conn, _FIRE, values).rowcount == 1


def rearm(conn: Connection, kind: str, due: datetime, now: datetime) -> None:
    """Arm a clock of the house again, unless it runs already."""
    run(conn, _REARM_HOUSE, {"what": kind, "due": micros(due), "now": micros(now)})


def ensure(conn: Connection, kind: str, due: datetime, now: datetime) -> None:
    """Let a clock of the house run out at `due`, unless it runs already; several replicas may ask for it at once."""
    values = {"ticket": HOUSE, "kind": kind, "subject": "", "due_at": micros(due), "armed_at": micros(now)}
    if not add(conn, clocks, {**values, "state": "armed", "generation": 1}):
        rearm(conn, kind, due, now)


def sooner(conn: Connection, kind: str, due: datetime, now: datetime) -> bool:
    """Let a clock of the house run out at `due`, unless it runs out before; whether it was armed for then."""
    ensure(conn, kind, due, now)
    values = {"what": kind, "due": micros(due), "now": micros(now)}
    return run(conn, _SOONER, values).rowcount == 1 or due_of(conn, HOUSE, kind, "") == due


def next_due(conn: Connection, leave_out: Collection[int] = ()) -> datetime | None:
    """When the next clock runs out, None when none is running; without the tickets in `leave_out`."""
    query = _NEXT_DUE.where(clocks.c.ticket.not_in(leave_out)) if leave_out else _NEXT_DUE
    return maybe_moment(conn.execute(query).scalar())


def due_of(conn: Connection, ticket: int, kind: str, subject: str) -> datetime | None:
    """When one clock of a ticket runs out, None when it is not running."""
    query = select(clocks.c.due_at).where(clocks.c.ticket == ticket, clocks.c.kind == kind)
    return maybe_moment(conn.execute(query.where(clocks.c.subject == subject, _ARMED)).scalar())


def running(conn: Connection, ticket: int) -> dict[tuple[str, str], datetime]:
    """The clocks of a ticket that are armed, as its rows say."""
    rows = run(conn, _OF_ONE, {"ticket": ticket})
    return {(row.kind, row.subject): moment(row.due_at) for row in rows if row.state == "armed"}


def tickets_with(conn: Connection, kind: str, subject: str) -> Sequence[int]:
    """The tickets for which the clock (kind, subject) is running, oldest first."""
    query = select(clocks.c.ticket).where(_ARMED, clocks.c.kind == kind, clocks.c.subject == subject)
    return conn.execute(query.order_by(clocks.c.ticket)).scalars().all()


def tickets_running(conn: Connection, kind: str) -> Sequence[int]:
    """The tickets for which any clock of `kind` is running, oldest first."""
    query = select(clocks.c.ticket).where(_ARMED, clocks.c.kind == kind, clocks.c.ticket != HOUSE).distinct()
    return conn.execute(query.order_by(clocks.c.ticket)).scalars().all()


def count(conn: Connection) -> int:
    """How many clocks are running."""
    return int(conn.execute(select(func.count()).select_from(clocks).where(_ARMED)).scalar_one())
