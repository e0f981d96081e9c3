"""A copy is taken while the bot works, is whole before it has its name, and comes back."""

import asyncio
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from bot import keeping, keeping_copies
from bot.opening import CannotRun
from bot.storage import copying, migrate
from bot.storage.engine import Connection, connect, sqlite_path
from bot.storage.tables import metadata
from tests.bot.stage import Stage, build, migrated


def _say(_words: str) -> None:
    """Nobody listens."""


async def _whole(url: str) -> keeping.Verified:
    return await keeping.verify(url, _say, write=None, against=None)


async def test_a_backup_taken_while_the_bot_writes_comes_back_whole(stage: Stage, tmp_path: Path) -> None:
    """It is the record of one moment; what came after it is not in it, and the data of before are kept aside."""
    await stage.escalated()
    file = tmp_path / "copies" / "backup.db"

    async def writing() -> None:
        for number in range(200):
            await stage.writes(f"Word {number}", thread=f"{number}.9")

    busy = asyncio.create_task(writing())
    requests = [await keeping_copies.backup(stage.url, file, _say, force=True) for _ in range(3)][-1]
    assert not busy.done(), "nobody wrote meanwhile"
    await busy
    await stage.machinery.stop()
    await stage.database.close()
    target = f"sqlite:///{tmp_path / 'other' / 'frontdoor.sqlite3'}"

    assert [(path.name, path.stat().st_mode & 0o777) for path in file.parent.iterdir()] == [
        ("backup.db", 0o600)
    ]
    assert await keeping_copies.restore(target, file, _say, force=False) is None
    assert (await _whole(target)).requests == requests
    with pytest.raises(CannotRun, match="--force"):
        await keeping_copies.restore(stage.url, file, _say, force=False)
    before = await _whole(stage.url)
    aside = await keeping_copies.restore(stage.url, file, _say, force=True)
    assert aside is not None
    assert (await _whole(f"sqlite:///{aside}")).digest == before.digest
    assert (await _whole(stage.url)).digest == (await _whole(target)).digest


async def test_nothing_is_put_back_under_a_running_bot(stage: Stage, tmp_path: Path) -> None:
    """Nor is a backup replaced unasked."""
    file = tmp_path / "backup.db"
    await keeping_copies.backup(stage.url, file, _say, force=False)

    with pytest.raises(CannotRun, match="in use by another Frontdoor"):
        await keeping_copies.restore(stage.url, file, _say, force=True)
    with pytest.raises(CannotRun, match="is there already"):
        await keeping_copies.backup(stage.url, file, _say, force=False)
    await keeping_copies.backup(stage.url, file, _say, force=True)


@pytest.mark.parametrize("damage", ["bytes", "history", "letter"])
async def test_a_damaged_backup_is_refused(stage: Stage, tmp_path: Path, damage: str) -> None:
    """Broken pages, another past, or no database at all: the data stay as they are."""
    await stage.escalated()
    file = tmp_path / "backup.db"
    await keeping_copies.backup(stage.url, file, _say, force=False)
    if damage == "history":
        with sqlite3.connect(file) as raw:
            raw.execute("UPDATE timeline SET at = at + 1 WHERE seq = 1")
        raw.close()
    elif damage == "bytes":
        content = bytearray(file.read_bytes())
        content[len(content) // 4 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 4)
        file.write_bytes(content)
    else:
        file.write_text("Dear reader, " * 100)
    target = tmp_path / "other.sqlite3"

    with pytest.raises(CannotRun, match=r"is damaged|The record is broken"):
        await keeping_copies.restore(f"sqlite:///{target}", file, _say, force=False)
    assert not target.exists()


async def test_nothing_of_a_database_that_is_gone_gets_into_the_one_that_comes_back(
    stage: Stage, tmp_path: Path
) -> None:
    """Somebody removed the file and left what SQLite had beside it: that would be read into the next one."""
    file = tmp_path / "backup.db"
    database = sqlite_path(stage.url)
    assert database is not None
    await stage.writes()
    await keeping_copies.backup(stage.url, file, _say, force=False)
    wanted = await _whole(stage.url)
    for number in range(3):
        await stage.writes(thread=f"{number}.9")
    later = database.with_name("frontdoor.sqlite3-wal").read_bytes()
    await stage.machinery.stop()
    await stage.database.close()
    database.unlink()
    database.with_name("frontdoor.sqlite3-wal").write_bytes(later)

    assert await keeping_copies.restore(stage.url, file, _say, force=False) is None
    assert (await _whole(stage.url)).digest == wanted.digest
    assert database.with_name("frontdoor.sqlite3.before-1-wal").read_bytes() == later


class Killed(BaseException):
    """Nothing more is done."""


STEPS = ((os, "fsync"), (Path, "hardlink_to"), (Path, "unlink"), (Path, "replace"), (shutil, "copy2"))
"""What changes the names of files, and puts them on the disk."""


def _dying(real: Callable[..., object], left: Iterator[int], *, shares: bool) -> Callable[..., object]:
    """The real thing, until none is left; without second names where the file system `shares` none."""

    def step(*arguments: object, **more: object) -> object:
        if next(left) == 0:
            raise Killed
        if real is Path.hardlink_to and not shares:
            raise OSError("the file system has no second names")
        return real(*arguments, **more)

    return step


@pytest.mark.parametrize("shares", [True, False])
async def test_whoever_is_killed_while_putting_back_leaves_the_old_database_or_the_new_one(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shares: bool
) -> None:
    """Never none: the next start would begin an empty one, and nobody would know of the requests."""
    file = tmp_path / "backup.db"
    await stage.writes()
    await keeping_copies.backup(stage.url, file, _say, force=False)
    wanted = (await _whole(stage.url)).digest
    await stage.escalated()
    await stage.machinery.stop()
    await stage.database.close()
    before = (await _whole(stage.url)).digest
    found = list[str]()
    for step in itertools.count():
        left = itertools.count(step, -1)
        with monkeypatch.context() as fault:
            for place, name in STEPS:
                fault.setattr(place, name, _dying(getattr(place, name), left, shares=shares))
            try:
                await keeping_copies.restore(stage.url, file, _say, force=True)
            except Killed:
                found.append((await _whole(stage.url)).digest)
            else:
                break

    assert found[: len(STEPS)] == [before] * len(STEPS)
    assert set(found) <= {before, wanted}
    assert (await _whole(stage.url)).digest == wanted
    asides = list(Path(sqlite_path(stage.url) or "").parent.glob("*.before-*"))
    assert before in [(await _whole(f"sqlite:///{path}")).digest for path in asides]


async def test_the_database_itself_is_no_backup(stage: Stage) -> None:
    """Neither way, whatever is forced."""
    database = sqlite_path(stage.url)
    assert database is not None

    with pytest.raises(CannotRun, match="is the database itself"):
        await keeping_copies.backup(stage.url, database, _say, force=True)
    await stage.machinery.stop()
    await stage.database.close()
    with pytest.raises(CannotRun, match="is the database itself"):
        await keeping_copies.restore(stage.url, database, _say, force=True)


def _ids(table: str) -> Callable[[Connection], Sequence[int]]:
    column = metadata.tables[table].c.id
    return lambda conn: conn.execute(select(column).order_by(column)).scalars().all()


def _count(table: str) -> Callable[[Connection], int]:
    query = select(func.count()).select_from(metadata.tables[table])
    return lambda conn: conn.execute(query).scalar_one()


@pytest.mark.timeout(180)
async def test_a_long_table_is_no_idle_transaction(
    tmp_path: Path, new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL puts nobody out who waits while the other side is read, be it for a move or for a backup."""
    limits, tally = list[str](), copying.tally

    def asked(conn: Connection, table: Table) -> copying.Tally:
        if conn.dialect.name == "postgresql":
            limits.append(conn.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one())
        return tally(conn, table)

    monkeypatch.setattr(copying, "tally", asked)
    url, address = migrated(tmp_path), new_postgresql()
    await keeping_copies.move(url, address, _say)
    await keeping_copies.backup(address, tmp_path / "back.db", _say, force=False)

    assert limits == ["0"] * 2 * len(metadata.sorted_tables)


@pytest.mark.timeout(180)
async def test_a_database_moves_to_postgresql_and_goes_on_there(
    tmp_path: Path, new_postgresql: Callable[[], str]
) -> None:
    """Every row, compared on both sides; the next numbers follow; a target with requests is refused; and a backup leads back."""
    url, address = migrated(tmp_path), new_postgresql()
    stage = await build(url)
    await stage.escalated()
    with pytest.raises(CannotRun, match="in use by another Frontdoor"):
        await keeping_copies.move(url, address, _say)
    await stage.machinery.stop()
    await stage.database.close()
    said = list[str]()
    await keeping_copies.move(url, address, said.append)

    assert [f"{table.name}:" for table in metadata.sorted_tables] == [
        words.split(" ")[0] for words in said if "are copied and compared" in words
    ]
    assert (await _whole(address)).digest == (await _whole(url)).digest
    moved = await build(address)
    numbers = {
        table: (await moved.database.read(_ids(table)))[-1] for table in ("tickets", "clocks", "outbox")
    }
    moved.keys = itertools.count(1000)
    assert (await moved.writes(thread="7.7")).ticket == numbers["tickets"] + 1
    for table, last in numbers.items():
        assert (table, last + 1) in [(table, each) for each in await moved.database.read(_ids(table))]
    await moved.machinery.stop()
    await moved.database.close()
    with pytest.raises(CannotRun, match="has requests already"):
        await keeping_copies.move(url, address, _say)
    assert await keeping_copies.backup(address, tmp_path / "back.db", _say, force=False) == 2


@pytest.mark.timeout(180)
async def test_a_move_that_is_not_true_to_every_row_leaves_nothing(
    tmp_path: Path, new_postgresql: Callable[[], str]
) -> None:
    """A target that changes a word on its way in is found out, and stays empty."""
    url, address = migrated(tmp_path), new_postgresql()
    stage = await build(url)
    await stage.escalated()
    await stage.machinery.stop()
    await stage.database.close()
    migrate.upgrade(address)
    target = connect(address)

    def corrupt(conn: Connection) -> None:
        conn.exec_driver_sql(
            "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN NEW.text := NEW.text || '!'; RETURN NEW; END$$"
        )
        conn.exec_driver_sql(
            "CREATE TRIGGER other BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION other()"
        )

    await target.write(corrupt)
    with pytest.raises(CannotRun, match="messages is not the same on both sides"):
        await keeping_copies.move(url, address, _say)
    left = [await target.read(_count(table)) for table in ("timeline", "outbox")]
    await target.close()
    assert left == [0, 0]
