"""Copies of the whole database: taken beside a running bot, put back, and moved to PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.keeping import Say, look, verify
from bot.opening import CannotRun, problems_in_words
from bot.storage import copying, migrate
from bot.storage.engine import Connection, StoreFailed, connect, sqlite_path
from bot.storage.sqlite import LockFile, reading_engine, writing_engine


async def backup(url: str, file: Path, say: Say, *, force: bool) -> int:
    """Copy the database as it is at this moment into `file`; how many requests it has. It is opened and proven before it gets its name.

    Works beside a running bot. Raises CannotRun and Misconfigured; nothing is left of a copy that failed.
    """
    with problems_in_words():
        source = sqlite_path(url)
    _refuse_to_replace(file, source, force=force)
    with _failures_in_words(f"{file} cannot be written"):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = _new_beside(file)
    try:
        with _failures_in_words("Nothing was copied"):
            if source is not None:
                await look(url, lambda _conn: None)
                await asyncio.to_thread(copying.pages, source, part)
            else:
                await look(url, lambda conn: _into_file(conn, part, say))
            requests = await _prove(part, say)
            _refuse_to_replace(file, source, force=force)
            _keep(part, file)
    finally:
        _forget(part)
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
    try:
        if target.exists():
            _refuse_to_put_over(target, file, force=force)
        return await _put_in_place(file, target, say)
    finally:
        lock.release()


async def _put_in_place(file: Path, target: Path, say: Say) -> Path | None:
    _refuse_damaged(file)
    with _failures_in_words(f"{target.parent} cannot be written"):
        part = _new_beside(target)
    try:
        with _failures_in_words("Nothing was put back"):
            await asyncio.to_thread(copying.pages, file, part)
            with problems_in_words():
                await asyncio.to_thread(migrate.upgrade, f"sqlite:///{part}", say)
            copying.complete(part)
            await _prove(part, say)
            aside = _set_aside(target)
            _keep(part, target)
    finally:
        _forget(part)
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
    """Copy what `conn` sees into an empty SQLite file."""
    migrate.upgrade(f"sqlite:///{part}")
    engine = writing_engine(part)
    try:
        with engine.begin() as new:
            copying.tables(conn, new, say)
    finally:
        engine.dispose()
    copying.complete(part)


async def _prove(file: Path, say: Say) -> int:
    """Open a copy and prove it; how many requests it has."""
    _refuse_damaged(file)
    return (await verify(f"sqlite:///{file}", say, write=None, against=None)).requests


def _refuse_damaged(file: Path) -> None:
    if wrong := copying.sound(file):
        raise CannotRun(f"{file} is damaged: {wrong}.")


def _refuse_missing(file: Path) -> None:
    if not file.is_file():
        raise CannotRun(f"There is no file {file}.")


def _refuse_to_replace(file: Path, source: Path | None, *, force: bool) -> None:
    if source is not None and file.resolve() == source.resolve():
        raise CannotRun(f"{file} is the database itself. Name another file.")
    if file.exists() and not force:
        raise CannotRun(f"{file} is there already. Name another file, or add --force to replace it.")


def _refuse_to_put_over(target: Path, file: Path, *, force: bool) -> None:
    if target.samefile(file):
        raise CannotRun(f"{file} is the database itself. Name a backup of it.")
    if not force:
        raise CannotRun(f"{target} is there already. Add --force: it is kept aside under another name.")


@contextmanager
def _failures_in_words(what: str) -> Iterator[None]:
    try:
        yield
    except (copying.NotCopied, StoreFailed, OSError) as error:
        raise CannotRun(f"{what}: {error}.") from error


def _new_beside(file: Path) -> Path:
    """An empty file with a name nobody has, which nobody else may read: clients' words come into it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.", suffix=".part")
    os.close(handle)
    return Path(name)


def _beside(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)


def _forget(part: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm", ".lock"):
        _beside(part, end).unlink(missing_ok=True)


def _set_aside(target: Path) -> Path | None:
    """Give the database that is there a second name that nobody has, with what stands beside it.

    It keeps its own until the other one takes it: whoever is killed in between leaves no place where a start would begin anew.
    """
    if target.exists():
        with suppress(StoreFailed):  # one that is damaged goes as it is, in pieces
            copying.complete(target)
    there = _pieces(target)
    if not there:
        return None
    number = 1
    while _pieces(aside := _beside(target, f".before-{number}")):
        number += 1
    for end in there:
        _also_as(_beside(target, end), _beside(aside, end))
    return aside if "" in there else None


def _also_as(file: Path, name: Path) -> None:
    """A second name, or a copy where the file system has no second names."""
    try:
        name.hardlink_to(file)
    except OSError:
        shutil.copy2(file, name)


def _pieces(database: Path) -> list[str]:
    return [end for end in ("", "-wal", "-shm") if _beside(database, end).exists()]


def _keep(part: Path, file: Path) -> None:
    """Give a proven copy its name, on the disk before it is said. A `-wal` of another database would be read into it."""
    for end in ("-wal", "-shm"):
        _beside(file, end).unlink(missing_ok=True)
    _to_disk(part)
    part.replace(file)
    _to_disk(file.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
