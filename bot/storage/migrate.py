"""Brings the tables to the state that this program needs: Alembic, started from here and never by hand."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import migrations
from bot.storage.engine import StoreFailed, is_store_failure, postgresql_address, sqlite_path
from bot.storage.postgresql import ENTRANCE
from bot.storage.sqlite import LockFile, writing_engine
from bot.storage.tables import SCHEMA_EPOCH, meta

T = TypeVar("T")
Say = Callable[[str], None]
_LOCK_TIMEOUT = "55P03"
_PATIENCE = "SET LOCAL lock_timeout = '2s'"
"""How long replicas are held up at a time while a migration waits for what they have under way."""
_TRIES = 30
_MIGRATING = f"SELECT pg_try_advisory_xact_lock({ENTRANCE + 1})"
_WAIT_FOR_MIGRATING = f"SELECT pg_advisory_xact_lock({ENTRANCE + 1})"
_ALONE = f"SELECT pg_advisory_xact_lock({ENTRANCE})"
ANOTHER = "Another `frontdoor migrate` is at work: waiting for it."
BUSY = "The database is busy: trying again."


class TooNew(Exception):
    """The data were written by a newer program; this one must not touch them."""


def upgrade(url: str, say: Say = lambda _words: None) -> bool:
    """Bring the database at `url` to the newest state, creating it if need be; whether anything was changed.

    On PostgreSQL safe beside running replicas and other migrations; `say` hears what is waited for, for a minute at most.
    Blocking. Raises TooNew, AlreadyRunning (a SQLite file in use), StoreFailed, ValueError for an impossible address.
    """
    return _on(url, _upgrade, alone=say)


def current(url: str) -> str:
    """The revision the database is at, empty for one without tables. Blocking; changes nothing. Raises as `upgrade` does."""
    return _on(url, _revision)


def is_usable(url: str) -> bool:
    """Whether this program can run on the database as it is; one without tables or with old ones has to be upgraded.

    A newer program may have added to the tables what this one need not know. Blocking. Raises as `upgrade` does.
    """
    return _on(url, _usable)


def newest() -> str:
    """The revision this program needs."""
    return str(_scripts(_config()).get_current_head())


def _upgrade(conn: Connection) -> bool:
    before = _revision(conn)
    _refuse_newer(conn, before)
    config = _config()
    if before and before not in _known(config):
        return False
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    return _revision(conn) != before


def _usable(conn: Connection) -> bool:
    found = _revision(conn)
    _refuse_newer(conn, found)
    return found == newest() or bool(found and found not in _known(_config()))


def _refuse_newer(conn: Connection, revision: str) -> None:
    query = select(meta.c.value).where(meta.c.name == "schema_epoch")
    if revision and conn.execute(query).scalar_one() > SCHEMA_EPOCH:
        raise TooNew(
            "the database belongs to a newer Frontdoor: install that one, or restore an older copy of the data"
        )


def _known(config: Config) -> set[str]:
    """The revisions that this program has; another one in the database is of a newer program."""
    return {script.revision for script in _scripts(config).walk_revisions()}


def _revision(conn: Connection) -> str:
    return MigrationContext.configure(conn).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(next(iter(migrations.__path__))))
    return config


def _scripts(config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)


def _on(url: str, work: Callable[[Connection], T], *, alone: Say | None = None) -> T:
    try:
        return _connected(url, work, alone)
    except Exception as error:
        if is_store_failure(error):
            raise StoreFailed(str(error.__cause__ or error)) from error
        raise


def _connected(url: str, work: Callable[[Connection], T], alone: Say | None) -> T:
    path = sqlite_path(url)
    if path is None:
        return _aside(lambda: asyncio.run(_on_postgresql(postgresql_address(url), work, alone)))
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = LockFile(path) if alone else None
    engine = writing_engine(path)
    try:
        with engine.begin() as conn:
            return work(conn)
    finally:
        engine.dispose()
        if lock is not None:
            lock.release()


async def _on_postgresql(address: str, work: Callable[[Connection], T], alone: Say | None) -> T:
    engine = create_async_engine(address, poolclass=NullPool, hide_parameters=True)
    try:
        if alone is None:
            async with engine.begin() as conn:
                return await conn.run_sync(work)
        for _ in range(_TRIES - 1):
            try:
                return await _alone(engine, work, alone)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") != _LOCK_TIMEOUT:
                    raise
            alone(BUSY)
        return await _alone(engine, work, alone)
    finally:
        await engine.dispose()


async def _alone(engine: AsyncEngine, work: Callable[[Connection], T], say: Say) -> T:
    """Run `work` while no replica has a writing transaction under way, and no other migration."""
    async with engine.begin() as conn:
        await conn.exec_driver_sql(_PATIENCE)
        if not (await conn.exec_driver_sql(_MIGRATING)).scalar_one():
            say(ANOTHER)
            await conn.exec_driver_sql(_WAIT_FOR_MIGRATING)
        await conn.exec_driver_sql(_ALONE)
        return await conn.run_sync(work)


def _aside(work: Callable[[], T]) -> T:
    """Run `work` in a thread of its own, where a loop may be started whether or not one runs here."""
    box: dict[str, Any] = {}

    def run() -> None:
        try:
            box["result"] = work()
        except BaseException as error:  # noqa: BLE001 -- it is raised again where somebody waits
            box["error"] = error

    thread = threading.Thread(target=run, name="frontdoor-migrate")
    thread.start()
    thread.join()
    if "error" in box:
        raise box["error"]
    result: T = box["result"]
    return result
