"""Every event that came, once, with the answer it got; one that failed is kept with its error and tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.storage.dialect import add, insert
from bot.storage.hot import run, write
from bot.storage.tables import inbox
from bot.storage.times import maybe_micros, micros, moment

_ANSWER = select(inbox.c.answer).where(inbox.c.key == bindparam("of")).with_for_update()
_STORE = (
    update(inbox)
    .where(inbox.c.key == bindparam("of"))
    .values(answer=bindparam("words"), error=None, raw=None, tries=0, retry_at=None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An event whose step raised: `raw` is the event, `tries` how often it was tried; `at` is when it came first.

    `waits` for a person when nothing tries it again by itself.
    """

    key: str
    raw: str
    error: str
    tries: int
    at: datetime
    waits: bool


def claim(conn: Connection, key: str, at: datetime) -> str | None:
    """Take an event on: the answer it got before, or None when it is new or has failed so far.

    Waits for another replica that has the same event in hand.
    """
    row = {"key": key, "at": micros(at), "tries": 0}
    return None if add(conn, inbox, row) else run(conn, _ANSWER, {"of": key}).scalar()


def any_known(conn: Connection, keys: Sequence[str]) -> bool:
    """Whether one of these events has come, at whichever replica."""
    return conn.execute(select(inbox.c.key).where(inbox.c.key.in_(keys)).limit(1)).first() is not None


def store(conn: Connection, key: str, answer_body: str) -> None:
    """Keep the answer of an event that was taken on; a failure of it before is forgotten."""
    write(conn, _STORE, {"of": key, "words": answer_body})


def fail(conn: Connection, key: str, at: datetime, raw: str, error: str, retry_at: datetime | None) -> int:
    """Keep an event whose step raised; how often it was tried by now. Without `retry_at` nobody tries it again from here."""
    statement = insert(conn.dialect.name, inbox).values(
        key=key, at=micros(at), raw=raw, error=error, tries=1, retry_at=maybe_micros(retry_at)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "error": statement.excluded.error,
            "retry_at": statement.excluded.retry_at,
            "tries": inbox.c.tries + 1,
        },
    )
    return int(conn.execute(statement.returning(inbox.c.tries)).scalar_one())


def tries(conn: Connection, key: str) -> int:
    """How often an event has failed."""
    return conn.execute(select(inbox.c.tries).where(inbox.c.key == key)).scalar() or 0


def failed(conn: Connection, until: datetime, limit: int) -> Sequence[Failed]:
    """Events to be tried again by `until`, longest waiting first."""
    query = (
        select(inbox)
        .where(inbox.c.error.is_not(None), inbox.c.retry_at <= micros(until))
        .order_by(inbox.c.retry_at)
        .limit(limit)
    )
    return [_failed(row) for row in conn.execute(query)]


def letters(conn: Connection, limit: int) -> Sequence[Failed]:
    """Every event that failed and has not succeeded since, longest waiting first."""
    query = select(inbox).where(inbox.c.error.is_not(None)).order_by(inbox.c.at, inbox.c.key).limit(limit)
    return [_failed(row) for row in conn.execute(query)]


def _failed(row: Any) -> Failed:  # noqa: ANN401 -- a row
    return Failed(
        key=row.key,
        raw=row.raw,
        error=row.error,
        tries=row.tries,
        at=moment(row.at),
        waits=row.retry_at is None,
    )


def try_again(conn: Connection, key: str = "") -> int:
    """An event that failed is due at once, without a key all of them; how many. What has succeeded meanwhile stays as it is."""
    statement = update(inbox).where(inbox.c.error.is_not(None)).values(retry_at=0)
    return int(conn.execute(statement.where(inbox.c.key == key) if key else statement).rowcount)


def give_up(conn: Connection, key: str) -> None:
    """Nobody tries it again from here."""
    conn.execute(update(inbox).where(inbox.c.key == key).values(retry_at=None))


def taken_at(conn: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    """When events came for the first time, by key; a few hundred at once."""
    rows = conn.execute(select(inbox.c.key, inbox.c.at).where(inbox.c.key.in_(keys)))
    return {row.key: moment(row.at) for row in rows}


def dead(conn: Connection) -> int:
    """How many events have failed and have not succeeded since."""
    query = select(func.count()).select_from(inbox).where(inbox.c.error.is_not(None))
    return int(conn.execute(query).scalar_one())
