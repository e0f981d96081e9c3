"""What a database is asked to do, and how it says that it could not."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

__all__ = [
    "AlreadyRunning",
    "Connection",
    "Outdated",
    "Patient",
    "StoreFailed",
    "T",
    "Work",
    "is_store_failure",
]

T = TypeVar("T")
Work = Callable[[Connection], T]


@dataclass(frozen=True, slots=True)
class Patient(Generic[T]):
    """Work that may stand back a few seconds for what somebody waits for."""

    work: Work[T]

    def __call__(self, conn: Connection) -> T:  # noqa: D102 -- the work itself
        return self.work(conn)


class StoreFailed(Exception):
    """The database could not do it (locked, full, gone): nothing was changed, and trying again later may help."""


class Outdated(StoreFailed):
    """A newer program has taken the data over while this one ran: nothing was changed, and trying again is in vain."""


class AlreadyRunning(Exception):
    """Another process has this SQLite database; the message says which file, and what to do."""


_WRONG_DATA = "22"
"""The class of SQLSTATE for values that the database does not take; SQLAlchemy tells it from no other error of asyncpg."""


def is_store_failure(error: BaseException) -> bool:
    """Whether the database failed, rather than our own statement or data."""
    if str(getattr(getattr(error, "orig", None), "sqlstate", "")).startswith(_WRONG_DATA):
        return False
    if isinstance(
        error,
        IntegrityError | ProgrammingError | DataError | sqlite3.IntegrityError | sqlite3.ProgrammingError,
    ):
        return False
    return isinstance(error, DBAPIError | PoolTimeout | OSError | sqlite3.DatabaseError)
