"""Copies of the whole database: taken beside a running bot, put back, and moved to PostgreSQL."""

import asyncio
import os
from pathlib import Path

from bot.keeping import Say, look, verify
from bot.opening import CannotRun, problems_in_words
from bot.storage import copying, migrate
from bot.storage.engine import Connection, connect, sqlite_path
from bot.storage.sqlite import LockFile, reading_engine, writing_engine


async def backup(url: str, file: Path, say: Say, *, force: bool) -> int:
    """Copy the database as it is at this moment into `file`; how many requests it has. It is opened and proven before it gets its name.

    Works beside a running bot. Raises CannotRun and Misconfigured; nothing is left of a copy that failed.
    """
    _refuse_existing(file, "Name another file, or add --force to replace it", force=force)
    part = file.with_name(f"{file.name}.part")
    with problems_in_words():
        source = sqlite_path(url)
        part.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
    try:
        if source is not None:
            await look(url, lambda _conn: None)
            with problems_in_words():
                await asyncio.to_thread(copying.pages, source, part)
        else:
            await look(url, lambda conn: _into_file(conn, part, say))
        requests = await _prove(part, say)
        _keep(part, file)
    finally:
        part.unlink(missing_ok=True)
    return requests


async def restore(url: str, file: Path, say: Say, *, force: bool) -> Path | None:
    """Put a backup in the place of the SQLite database, which is kept aside; where it is now, None when there was none.

    The bot must not run. Raises CannotRun and Misconfigured; a backup that is not whole changes nothing.
    """
    _refuse_missing(file)
    with problems_in_words():
        target = sqlite_path(url)
        if target is None:
            raise CannotRun("DATABASE_URL names a PostgreSQL: move the file there with `frontdoor move`.")
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = LockFile(target)
    part = target.with_name(f"{target.name}.part")
    try:
        _refuse_existing(target, "Add --force: it is kept aside under another name", force=force)
        part.unlink(missing_ok=True)
        _refuse_damaged(file)
        with problems_in_words():
            await asyncio.to_thread(copying.pages, file, part)
            await asyncio.to_thread(migrate.upgrade, f"sqlite:///{part}")
        await _prove(part, say)
        aside = _set_aside(target)
        _keep(part, target)
    finally:
        for name in (part, part.with_name(f"{part.name}.lock")):
            name.unlink(missing_ok=True)
        lock.release()
    return aside


async def move(url: str, to: str, say: Say) -> int:
    """Copy a SQLite database, whose bot must not run, into an empty PostgreSQL; how many rows. All of it or nothing.

    Raises CannotRun and Misconfigured.
    """
    with problems_in_words():
        source = sqlite_path(url)
        if source is None or sqlite_path(to) is not None:
            raise CannotRun(
                "A SQLite database (DATABASE_URL) is moved to a PostgreSQL (--to). For the other way take a backup."
            )
        _refuse_missing(source)
        await asyncio.to_thread(migrate.upgrade, url)
        lock = LockFile(source)
    engine = reading_engine(source)
    try:
        await verify(url, say, write=None, against=None)
        with problems_in_words():
            await asyncio.to_thread(migrate.upgrade, to, say)
            target = connect(to)
        try:
            with problems_in_words(), engine.connect() as old:
                return await target.write(lambda new: copying.tables(old, new, say))
        except copying.NotCopied as error:
            raise CannotRun(f"Nothing was moved: {error}.") from error
        finally:
            await target.close()
    finally:
        engine.dispose()
        lock.release()


def _into_file(conn: Connection, part: Path, say: Say) -> None:
    """Copy what `conn` sees into a new SQLite file."""
    migrate.upgrade(f"sqlite:///{part}")
    engine = writing_engine(part)
    with engine.begin() as new:
        copying.tables(conn, new, say)
    engine.dispose()
    part.with_name(f"{part.name}.lock").unlink(missing_ok=True)


async def _prove(file: Path, say: Say) -> int:
    """Open a copy and prove it; how many requests it has."""
    _refuse_damaged(file)
    return (await verify(f"sqlite:///{file}", say, write=None, against=None)).requests


def _refuse_existing(file: Path, mend: str, *, force: bool) -> None:
    if file.exists() and not force:
        raise CannotRun(f"{file} is there already. {mend}.")


def _refuse_missing(file: Path) -> None:
    if not file.is_file():
        raise CannotRun(f"There is no file {file}.")


def _refuse_damaged(file: Path) -> None:
    if wrong := copying.sound(file):
        raise CannotRun(f"{file} is damaged: {wrong}.")


def _set_aside(target: Path) -> Path | None:
    """Move the database that is there, with what SQLite has beside it, to a name nobody has."""
    if not target.exists():
        return None
    number = 1
    while (aside := target.with_name(f"{target.name}.before-{number}")).exists():
        number += 1
    for end in ("-wal", "-shm", ""):
        old = target.with_name(target.name + end)
        if old.exists():
            old.rename(aside.with_name(aside.name + end))
    return aside


def _keep(part: Path, file: Path) -> None:
    """Give a proven copy its name, on the disk before it is said."""
    for end in ("-wal", "-shm"):
        part.with_name(part.name + end).unlink(missing_ok=True)
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(file)
