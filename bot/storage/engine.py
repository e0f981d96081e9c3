"""A database behind two words: `write` runs one synchronous function in one transaction, `read` one that only looks.

Nothing inside such a function can wait for the network, so a transaction never does.
"""

from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.storage.work import (
    AlreadyRunning,
    Connection,
    Outdated,
    Patient,
    StoreFailed,
    T,
    Work,
    is_store_failure,
)

__all__ = [
    "AlreadyRunning",
    "Connection",
    "Database",
    "Outdated",
    "Patient",
    "StoreFailed",
    "T",
    "Work",
    "connect",
    "is_store_failure",
    "postgresql_address",
    "sqlite_path",
]


class Database(Protocol):
    """One database. Both words raise StoreFailed when it is the database that failed."""

    dialect: str
    """"sqlite" or "postgresql"."""

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own and commit; whatever it raises rolls back.

        Cancelling the caller rolls back too, unless the commit has begun: then the result is returned.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent view, beside any writer."""
        ...

    async def close(self) -> None:
        """Finish what was asked for and let go of the files or connections."""
        ...


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address, or None for another database. Raises ValueError for an address that cannot be one."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("DATABASE_URL is not an address such as sqlite:///var/frontdoor.sqlite3") from error
    if not parsed.drivername.startswith("sqlite"):
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise ValueError("DATABASE_URL names no file: requests have to outlive the process")
    return Path(parsed.database)


def postgresql_address(url: str) -> str:
    """The address for asyncpg of a postgresql:// or postgres:// one. Raises ValueError for another kind of database."""
    parsed = make_url(url)
    if parsed.drivername.split("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError(
            f"DATABASE_URL speaks of {parsed.drivername}: sqlite:/// and postgresql:// are known"
        )
    return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def connect(url: str, *, alone: bool = True) -> Database:
    """Open the database at `url`; its tables are there already (bot.storage.migrate).

    `alone` takes the lock file of a SQLite database and raises AlreadyRunning when somebody else has it;
    without it the database can be read beside a running process, and not written.
    """
    if path := sqlite_path(url):
        from bot.storage.sqlite import SqliteBeside, SqliteDatabase

        return SqliteDatabase(path) if alone else SqliteBeside(path)
    from bot.storage.postgresql import PostgresqlDatabase

    return PostgresqlDatabase(postgresql_address(url))
