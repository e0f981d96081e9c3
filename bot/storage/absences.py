"""Who is away: what changes by the day and therefore stands here, not in the file of the office."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.storage.hot import run
from bot.storage.tables import absences
from bot.storage.times import micros, moment
from policies.people import Absence

_SINCE = select(absences).where(absences.c.end_at > bindparam("now")).order_by(absences.c.id)


def add(conn: Connection, absence: Absence) -> None:
    """Somebody is away. One that ends at its start is a return: what covers that moment ends there."""
    start = micros(absence.start)
    if absence.end > absence.start:
        row = {"person": absence.person, "start_at": start, "end_at": micros(absence.end)}
        conn.execute(insert(absences), row)
        return
    covering = (absences.c.person == absence.person, absences.c.start_at <= start, absences.c.end_at > start)
    conn.execute(update(absences).where(*covering).values(end_at=start))


def since(conn: Connection, now: datetime) -> tuple[Absence, ...]:
    """Absences that hold at `now` or later."""
    return tuple(
        Absence(person=row.person, start=moment(row.start_at), end=moment(row.end_at))
        for row in run(conn, _SINCE, {"now": micros(now)})
    )
