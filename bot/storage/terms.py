"""Terms and offices over time: each set of terms once, by its hash, and each file that came into force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.storage.dialect import add
from bot.storage.tables import offices, terms_versions
from bot.storage.times import micros, moment
from bot.terms_codec import dump, load
from policies.terms import Terms

_LAST = select(offices).order_by(offices.c.id.desc()).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A file that came into force: `number` counts them, `by` is a roster key, or "bot" where a start brought it."""

    number: int
    hash: str
    at: datetime
    by: str
    source: str


def keep(conn: Connection, versions: Mapping[str, Terms], now: datetime) -> None:
    """Store terms under their hashes, those that are not known yet."""
    for name, terms in versions.items():
        if not _known(conn, name):
            add(conn, terms_versions, {"hash": name, "at": micros(now), "body": dump(terms)})


def version(conn: Connection, name: str) -> Terms | None:
    """The terms of a hash; None for one that was never in force here. Raises ValueError when they cannot be read."""
    body = conn.execute(select(terms_versions.c.body).where(terms_versions.c.hash == name)).scalar()
    return load(body) if body is not None else None


def apply(conn: Connection, name: str, source: str, by: str, now: datetime) -> None:
    """The office of this hash, read from `source`, is in force from now on; where it is already, nothing is stored."""
    last = last_applied(conn)
    if last is None or last.hash != name:
        row = {"hash": name, "at": micros(now), "by": by, "source": source}
        conn.execute(offices.insert(), row)


def last_applied(conn: Connection) -> Applied | None:
    """What is in force; None before the first start."""
    row = conn.execute(_LAST).first()
    if row is None:
        return None
    return Applied(number=row.id, hash=row.hash, at=moment(row.at), by=row.by, source=row.source)


def _known(conn: Connection, name: str) -> bool:
    return (
        conn.execute(select(terms_versions.c.hash).where(terms_versions.c.hash == name)).first() is not None
    )
