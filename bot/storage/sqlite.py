"""SQLite: one process, one writer thread that takes transactions in the order of asking, readers beside it.

A thread with a plain connection was measured best: a pool of connections reorders the transactions of a burst and
has ten times the 99th percentile. FULL synchronous is kept: a power cut loses nothing, and the bound is not the disk.
"""

import asyncio
import fcntl
import os
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.threads import Job, Line, Waiting, Worker, Writer
from bot.storage.work import AlreadyRunning, StoreFailed, T, Work, is_store_failure

READERS = 2
BUSY_MS = 2000
"""How long a writer waits for another process that holds the file; a person who pressed a button waits no longer."""


class LockFile:
    """Holds `<database>.lock` as long as the process lives; the kernel lets go of it, even after a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._handle = self._path.open("a+")
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._handle.close()
            raise AlreadyRunning(
                f"{path} is in use by another Frontdoor: end that one first, or name another file in DATABASE_URL"
            ) from error
        self._handle.truncate(0)
        self._handle.write(f"{os.getpid()}\n")
        self._handle.flush()

    def release(self) -> None:
        """Let the next one in."""
        self._handle.close()


class SqliteDatabase:
    """A SQLite file and the one process that writes it."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = LockFile(path)
        self._engines = reading_engine(path), writing_engine(path)
        self._to_read: SimpleQueue[Job | None] = SimpleQueue()
        self._to_write = Line()
        self._threads: list[Worker] = [
            *(
                Worker(f"frontdoor-reader-{number}", self._engines[0], self._to_read)
                for number in range(READERS)
            ),
            Writer("frontdoor-writer", self._engines[1], self._to_write),
        ]
        for thread in self._threads:
            thread.start()

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        return await _through(self._to_write, work)

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        return await _through(self._to_read, work)

    async def close(self) -> None:
        """See Database.close."""
        for _ in range(READERS):
            self._to_read.put(None)
        self._to_write.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        for engine in self._engines:
            engine.dispose()
        self._lock.release()


class SqliteBeside:
    """A SQLite file that another process may be writing: read through aiosqlite, never written."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        url = URL.create("sqlite+aiosqlite", database=f"file:{path}", query={"mode": "rw", "uri": "true"})
        self._engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
        event.listen(self._engine.sync_engine, "connect", _reader_settings)
        event.listen(self._engine.sync_engine, "begin", _begin)

    async def write(self, work: Work[T]) -> T:
        """Refuse: see Database.write."""
        del work
        raise StoreFailed("the database was opened for reading only")

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        if not self._path.exists():
            raise StoreFailed(f"there is no database at {self._path} yet")
        try:
            async with self._engine.begin() as conn:
                return await conn.run_sync(work)
        except Exception as error:
            if is_store_failure(error):
                raise StoreFailed(str(error.__cause__ or error)) from error
            raise

    async def close(self) -> None:
        """See Database.close."""
        await self._engine.dispose()


async def _through(queue: Waiting, work: Work[T]) -> T:
    """Send `work` through a thread and wait for what comes of it."""
    job = Job(work)
    queue.put(job)
    try:
        result: T = await asyncio.shield(job.future)
    except asyncio.CancelledError:
        if job.abandon():
            job.future.add_done_callback(_look_away)
            raise
        result = await job.future
    except Exception as error:
        if is_store_failure(error):
            raise StoreFailed(str(error.__cause__ or error)) from error
        raise
    return result


def reading_engine(path: Path) -> Engine:
    """A synchronous engine that cannot change anything; each transaction is one consistent view."""
    engine = _engine(path)
    event.listen(engine, "connect", _reader_settings)
    event.listen(engine, "begin", _begin)
    return engine


def writing_engine(path: Path) -> Engine:
    """A synchronous engine whose transactions take the write lock at their beginning."""
    engine = _engine(path)
    event.listen(engine, "connect", _writer_settings)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _engine(path: Path) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )


def _look_away(future: "asyncio.Future[Any]") -> None:
    """Nobody waits for this outcome any more; without a look it would be logged as never retrieved."""
    if not future.cancelled():
        future.exception()


def _settings(connection: Any, *pragmas: str) -> None:  # noqa: ANN401 -- the driver's own connection
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _writer_settings(connection: Any, _record: object) -> None:  # noqa: ANN401 -- as above
    _settings(
        connection,
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MS}",
        "foreign_keys=ON",
        "cache_size=-16000",
    )


def _reader_settings(connection: Any, _record: object) -> None:  # noqa: ANN401 -- as above
    _settings(connection, f"busy_timeout={BUSY_MS}", "query_only=ON")


def _begin_immediate(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")
