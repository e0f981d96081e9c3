"""What changes by the day: absences, covers, telephones that were answered, work announced at clients. One look for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    String,
    bindparam,
    delete,
    insert,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from bot.storage import meta
from bot.storage.dialect import insert as insert_or
from bot.storage.hot import run
from bot.storage.tables import absences, covers, maintenance, reach
from bot.storage.times import maybe_micros, maybe_moment, micros, moment
from policies.decision import Decision
from policies.people import Absence, Maintenance, Reach
from policies.rota import Cover

Row = tuple[Any, ...]
_NONE = null().cast(BigInteger)


def _lasting(what: str, table: Any, other: Any) -> Select[Any]:  # noqa: ANN401 -- tables and columns
    return select(
        literal_column(f"'{what}'", String).label("what"),
        table.c.id.label("place"),
        table.c.person.label("person"),
        other.label("other"),
        table.c.start_at.label("first"),
        table.c.end_at.label("last"),
        literal_column("''", String).label("code"),
        _NONE.label("asked"),
    ).where(table.c.end_at > bindparam("now"))


_DAY = union_all(
    _lasting("away", absences, literal_column("''", String)),
    _lasting("cover", covers, covers.c.by),
    select(
        literal_column("'reach'", String),
        literal_column("0", BigInteger),
        reach.c.person,
        reach.c.number,
        reach.c.verified_at,
        reach.c.reached_at,
        reach.c.code,
        reach.c.asked_at,
    ),
    select(
        literal_column("'work'", String),
        maintenance.c.id,
        maintenance.c.client,
        maintenance.c.what,
        maintenance.c.start_at,
        maintenance.c.end_at,
        literal_column("''", String),
        _NONE,
    ).where(maintenance.c.end_at > bindparam("now"), maintenance.c.end_at > maintenance.c.start_at),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Absences and covers of now and later, oldest first, and what is known of everybody's telephone.

    `work` is maintenance that was announced: pairs of a client's key and a window; one that was taken back has no length.
    """

    absences: tuple[Absence, ...] = ()
    covers: tuple[Cover, ...] = ()
    reach: tuple[Reach, ...] = ()
    work: tuple[tuple[str, Maintenance], ...] = ()


def rows(conn: Connection, now: datetime) -> tuple[Row, ...]:
    """The day as rows: the same rows are the same day."""
    return tuple(tuple(row) for row in run(conn, _DAY, {"now": micros(now)}))


def read(found: Iterable[Row]) -> Day:
    """The day of these rows."""
    away: list[Absence] = []
    stand_ins: list[Cover] = []
    known: list[Reach] = []
    work: list[tuple[str, Maintenance]] = []
    for what, _, person, other, first, last, code, asked in sorted(found, key=lambda row: row[:2]):
        if what == "away":
            away.append(Absence(person=person, start=moment(first), end=moment(last)))
        elif what == "cover":
            stand_ins.append(Cover(person=person, by=other, start=moment(first), end=moment(last)))
        elif what == "work":
            work.append((person, Maintenance(start=moment(first), end=moment(last), what=other)))
        else:
            known.append(
                Reach(
                    person=person,
                    number=other,
                    verified_at=maybe_moment(first),
                    reached_at=maybe_moment(last),
                    code=code,
                    asked_at=maybe_moment(asked),
                )
            )
    return Day(absences=tuple(away), covers=tuple(stand_ins), reach=tuple(known), work=tuple(work))


def concerns(decision: Decision) -> bool:
    """Whether a decision changes anything of the day, or said something of coverage."""
    said = (decision.absence, decision.reach, decision.covered)
    return bool(decision.covers) or any(one is not None for one in said)


def store(conn: Connection, decision: Decision) -> None:
    """Keep what a decision changes of the day, and what it said of coverage."""
    if decision.absence is not None:
        add_absence(conn, decision.absence)
    for one in decision.covers:
        cover(conn, one)
    if decision.reach is not None:
        keep(conn, decision.reach)
    if decision.covered is not None:
        meta.put(conn, meta.GAPS, int(not decision.covered))


def add_absence(conn: Connection, absence: Absence) -> None:
    """Somebody is away. One that ends at its start is a return: what covers that moment ends there."""
    start = micros(absence.start)
    if absence.end > absence.start:
        row = {"person": absence.person, "start_at": start, "end_at": micros(absence.end)}
        conn.execute(insert(absences), row)
        return
    covering = (absences.c.person == absence.person, absences.c.start_at <= start, absences.c.end_at > start)
    conn.execute(update(absences).where(*covering).values(end_at=start))


def cover(conn: Connection, one: Cover) -> None:
    """Somebody stands in. One that ends at its start ends all of its person's from then on."""
    start = micros(one.start)
    if one.end > one.start:
        row = {"person": one.person, "by": one.by, "start_at": start, "end_at": micros(one.end)}
        conn.execute(insert(covers), row)
        return
    mine = covers.c.person == one.person
    conn.execute(delete(covers).where(mine, covers.c.start_at >= start))
    conn.execute(update(covers).where(mine, covers.c.end_at > start).values(end_at=start))


def keep(conn: Connection, one: Reach) -> None:
    """What is known of a person's telephone from now on."""
    values = {
        "number": one.number,
        "verified_at": maybe_micros(one.verified_at),
        "reached_at": maybe_micros(one.reached_at),
        "code": one.code,
        "asked_at": maybe_micros(one.asked_at),
    }
    statement = insert_or(conn.dialect.name, reach).values(person=one.person, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values))


def reached(conn: Connection, person: str, number: str, now: datetime) -> None:
    """A key was pressed on a call to `person` at `number`; what was known of another number of theirs is forgotten."""
    fresh = {"number": number, "verified_at": None, "reached_at": micros(now), "code": "", "asked_at": None}
    statement = insert_or(conn.dialect.name, reach).values(person=person, **fresh)
    conn.execute(statement.on_conflict_do_nothing())
    mine = reach.c.person == person
    conn.execute(update(reach).where(mine, reach.c.number != number).values(**fresh))
    conn.execute(update(reach).where(mine).values(reached_at=micros(now)))
