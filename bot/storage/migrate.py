"""Brings the tables to the state that this program needs: Alembic, started from here and never by hand."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from bot.storage.engine import StoreFailed, is_store_failure, postgresql_address, sqlite_path
from bot.storage.sqlite import LockFile, writing_engine
from bot.storage.tables import SCHEMA_EPOCH, meta

T = TypeVar("T")


class TooNew(Exception):
    """The data were written by a newer program; this one must not touch them."""


def upgrade(url: str) -> bool:
    """Bring the database at `url` to the newest state, creating it if need be; whether anything was changed.

    Blocking. Raises TooNew, AlreadyRunning (a SQLite file in use), StoreFailed, ValueError for an impossible address.
    """
    return _on(url, _upgrade, alone=True)


def current(url: str) -> str:
    """The revision the database is at, empty for one without tables. Blocking; changes nothing. Raises as `upgrade` does."""
    return _on(url, _revision, alone=False)


def newest() -> str:
    """The revision this program needs."""
    return str(_scripts(_config()).get_current_head())


def _upgrade(conn: Connection) -> bool:
    before = _revision(conn)
    if (
        before
        and conn.execute(select(meta.c.value).where(meta.c.name == "schema_epoch")).scalar_one()
        > SCHEMA_EPOCH
    ):
        raise TooNew(
            "the database belongs to a newer Frontdoor: install that one, or restore an older copy of the data"
        )
    config = _config()
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    return _revision(conn) != before


def _revision(conn: Connection) -> str:
    return MigrationContext.configure(conn).get_current_revision() or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(next(iter(migrations.__path__))))
    return config


def _scripts(config: Config) -> ScriptDirectory:
    return ScriptDirectory.from_config(config)


def _on(url: str, work: Callable[[Connection], T], *, alone: bool) -> T:
    try:
        return _connected(url, work, alone=alone)
    except Exception as error:
        if is_store_failure(error):
            raise StoreFailed(str(error.__cause__ or error)) from error
        raise


def _connected(url: str, work: Callable[[Connection], T], *, alone: bool) -> T:
    path = sqlite_path(url)
    if path is None:
        return _aside(lambda: asyncio.run(_on_postgresql(postgresql_address(url), work)))
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


async def _on_postgresql(address: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(address, hide_parameters=True)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(work)
    finally:
        await engine.dispose()


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
