"""SQLite: one process, one writer thread that takes transactions in the order of asking, readers beside it.

A thread with a plain connection was measured best: a pool of connections reorders the transactions of a burst and
has ten times the 99th percentile. FULL synchronous is kept: a power cut loses nothing, and the bound is not the disk.
"""

import asyncio
import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.engine import AlreadyRunning, StoreFailed, Work, is_store_failure

T = TypeVar("T")
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


class _Abandoned(Exception):
    """The one who asked is gone: roll back."""


class _Job:
    """One transaction on its way through the writer thread, and who wins when its caller is cancelled meanwhile."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self._lock = threading.Lock()
        self._committing = self._abandoned = False

    def abandon(self) -> bool:
        """Called by the loop: True when it will surely not be committed."""
        with self._lock:
            self._abandoned = not self._committing
            return self._abandoned

    def commit_or_abandon(self) -> None:
        """Called by the thread just before the commit; raises _Abandoned when nobody waits any more."""
        with self._lock:
            if self._abandoned:
                raise _Abandoned
            self._committing = True

    def answer(self, result: object, error: BaseException | None) -> None:
        """Called by the thread: hand the outcome to the loop, if it is still there."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: object, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class _Writer(threading.Thread):
    """The one thread that writes: first asked, first served."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="frontdoor-writer", daemon=True)
        self.queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._engine = engine
        self._conn: Connection | None = None

    def run(self) -> None:
        while job := self.queue.get():
            result, error = self._one(job)
            job.answer(result, error)
            del job, result, error
        self._drop()

    def _one(self, job: _Job) -> tuple[object, BaseException | None]:
        try:
            if self._conn is None:
                self._conn = self._engine.connect()
            with self._conn.begin():
                result: object = job.work(self._conn)
                job.commit_or_abandon()
            return result, None
        except BaseException as error:  # noqa: BLE001 -- it goes to whoever asked; the thread must live on
            if is_store_failure(error):
                self._drop()
            return None, error

    def _drop(self) -> None:
        """Let go of the connection; the next transaction makes a new one."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None


class SqliteDatabase:
    """A SQLite file. Without `alone` it is only read, beside the process that writes it."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, alone: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = LockFile(path) if alone else None
        self._writer: _Writer | None = None
        if alone:
            self._engine = writing_engine(path)
            self._writer = _Writer(self._engine)
            self._writer.start()
        self._readers = create_async_engine(URL.create("sqlite+aiosqlite", database=str(path)), pool_size=4)
        event.listen(self._readers.sync_engine, "connect", _reader_settings)
        event.listen(self._readers.sync_engine, "begin", _begin)

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        if self._writer is None:
            raise StoreFailed("the database was opened for reading only")
        job = _Job(work)
        self._writer.queue.put(job)
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

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        try:
            async with self._readers.connect() as conn:
                return await conn.run_sync(work)
        except Exception as error:
            if is_store_failure(error):
                raise StoreFailed(str(error.__cause__ or error)) from error
            raise

    async def close(self) -> None:
        """See Database.close."""
        await self._readers.dispose()
        if self._writer is not None:
            self._writer.queue.put(None)
            await asyncio.to_thread(self._writer.join)
            self._engine.dispose()
        if self._lock is not None:
            self._lock.release()


def writing_engine(path: Path) -> Engine:
    """A synchronous engine whose transactions take the write lock at their beginning."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_MS / 1000},
    )
    event.listen(engine, "connect", _writer_settings)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _look_away(future: "asyncio.Future[Any]") -> None:
    """Nobody waits for this outcome any more; without a look it would be logged as never retrieved."""
    if not future.cancelled():
        future.exception()


def _settings(connection: Any, *pragmas: str) -> None:  # noqa: ANN401 -- sqlite3's connection or aiosqlite's adapter
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
