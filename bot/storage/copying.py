"""Copying a whole database: a SQLite file page by page, or table by table into the other kind, counted and compared."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, tuple_
from sqlalchemy.exc import DBAPIError

from bot.storage.postgresql import ENTRANCE
from bot.storage.tables import HOUSE, metadata, tickets
from bot.storage.work import StoreFailed

BATCH = 1000
NEWS = 50 * BATCH
"""After how many rows of a table one hears how far it is."""
Say = Callable[[str], None]
_SUM = 1 << 256
_PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0"
"""One side waits while a long table of the other one is read."""


class NotCopied(Exception):
    """It was not copied; the message says why."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a table has, and the sum of the hashes of all of them."""

    rows: int
    hashes: int


def pages(source: Path, target: Path) -> None:
    """Copy a SQLite file that may be in use, as of one moment, into an empty one. Raises StoreFailed."""
    try:
        with closing(_looking(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.DatabaseError as error:
        raise StoreFailed(str(error)) from error
    complete(target)


def complete(file: Path) -> None:
    """Take what stands beside a SQLite file (`-wal`) into it: from then on it is all in one file. Raises StoreFailed."""
    try:
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        raise StoreFailed(str(error)) from error


def _looking(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def sound(file: Path) -> str:
    """What SQLite finds wrong with a file, empty for a sound one."""
    try:
        with closing(_looking(file)) as conn:
            found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            stray = conn.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if found != "ok":
        return str(found)
    return f"a row of {stray[0]} belongs to nothing" if stray is not None else ""


def tables(source: Connection, target: Connection, say: Say) -> int:
    """Copy every row into a database that has the tables and no requests; how many. All of it in the caller's transaction.

    Whoever writes to a PostgreSQL meanwhile waits for the end of it. Raises NotCopied for a target with data, and where
    a row is not the same on both sides afterwards.
    """
    for conn in (source, target):
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(_PATIENT)
    if target.dialect.name == "postgresql":
        target.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ENTRANCE})")
    if target.execute(select(func.count()).select_from(tickets).where(tickets.c.id != HOUSE)).scalar_one():
        raise NotCopied("the target has requests already: name an empty database")
    for table in reversed(metadata.sorted_tables):
        target.execute(delete(table))
    total = 0
    for table in metadata.sorted_tables:
        try:
            rows = _copy(source, target, table, say)
        except DBAPIError as error:
            raise NotCopied(f"{table.name} cannot be copied: {error.orig}") from error
        total += rows
        say(f"{table.name}: {rows} rows are copied and compared.")
    return total


def _copy(source: Connection, target: Connection, table: Table, say: Say) -> int:
    done = 0
    for rows in _batches(source, table):
        target.execute(insert(table), [row._asdict() for row in rows])
        done += len(rows)
        if done % NEWS == 0:
            say(f"{table.name}: {done} rows so far.")
    if tally(source, table) != tally(target, table):
        raise NotCopied(f"{table.name} is not the same on both sides")
    _go_on_counting(target, table)
    return done


def tally(conn: Connection, table: Table) -> Tally:
    """Of all rows of a table, in whatever order they come."""
    rows = hashes = 0
    for batch in _batches(conn, table):
        rows += len(batch)
        hashes += sum(int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in batch)
    return Tally(rows, hashes % _SUM)


def _batches(conn: Connection, table: Table) -> Iterator[Sequence[Any]]:
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(BATCH)
    rows = conn.execute(query).all()
    while rows:
        yield rows
        last = [getattr(rows[-1], column.name) for column in key]
        rows = conn.execute(query.where(tuple_(*key) > tuple_(*last))).all()


def _go_on_counting(conn: Connection, table: Table) -> None:
    """Let the next row get the number behind the last."""
    column = table.autoincrement_column
    if conn.dialect.name != "postgresql" or column is None:
        return
    last = conn.execute(select(func.max(column))).scalar()
    if last is not None:
        conn.execute(
            text("SELECT setval(pg_get_serial_sequence(:of, :column), :last)"),
            {"of": table.name, "column": column.name, "last": last},
        )
