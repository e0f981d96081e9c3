"""What a restart knows of the time: the clock never begins before the latest moment that was told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot import mark
from bot.clock import SystemClock
from bot.storage import meta
from bot.storage.engine import Connection, Database, StoreFailed, T, Work, connect
from tests.bot.stage import Stage, migrated


async def _mark(database: Database) -> datetime:
    kept = await database.read(lambda conn: meta.moment_of(conn, mark.NAME))
    assert kept is not None
    return kept


async def test_a_machine_that_comes_up_an_hour_back_goes_on_where_it_was(stage: Stage) -> None:
    """Not before the mark, and it is said; far behind, as an error with its mend."""
    first = SystemClock()
    there = first.now() + timedelta(minutes=30)
    await stage.database.write(lambda conn: meta.move_on(conn, mark.NAME, there))
    with capture_logs() as logs:
        assert (await mark.begin(stage.database)).now() >= there
        further = there + timedelta(hours=3)
        await stage.database.write(lambda conn: meta.move_on(conn, mark.NAME, further))
        assert (await mark.begin(stage.database)).now() >= further

    assert [(line["log_level"], round(line["seconds"] / 60)) for line in logs] == [
        ("warning", 30),
        ("error", 210),
    ]


async def test_a_first_start_and_a_right_clock_say_nothing(stage: Stage) -> None:
    """The mark is kept, and the next start is simply the machine's time."""
    with capture_logs() as logs:
        begun = await mark.begin(stage.database)
        await mark.HighWaterMark(stage.database, begun).keep()
        again = await mark.begin(stage.database)

    assert logs == []
    assert await _mark(stage.database) <= again.now() <= SystemClock().now()


async def test_the_mark_never_falls(stage: Stage) -> None:
    """A second process with an older time changes nothing."""
    now = SystemClock().now()
    for seconds in (0, 60, -3600):
        until = now + timedelta(seconds=seconds)
        await stage.database.write(lambda conn, until=until: meta.move_on(conn, mark.NAME, until))

    assert await _mark(stage.database) == now + timedelta(seconds=60)


class Failing:
    """A database whose disk is full."""

    dialect = "sqlite"

    async def write(self, work: Work[T]) -> T:
        """Refuse."""
        raise StoreFailed(f"disk full: {work.__name__}")

    async def read(self, work: Work[T]) -> T:
        """Refuse."""
        raise StoreFailed(f"disk full: {work.__name__}")

    async def close(self) -> None:
        """Nothing to do."""


async def test_a_mark_that_cannot_be_stored_is_said_once() -> None:
    """The clock goes on meanwhile."""
    keeper = mark.HighWaterMark(Failing(), SystemClock())
    with capture_logs() as logs:
        for _ in range(3):
            await keeper.keep()

    assert [line["event"] for line in logs] == ["the clock's mark could not be stored"]


async def test_the_mark_can_be_forgotten_as_the_manual_says(tmp_path: Path) -> None:
    """After a clock that was once set years ahead: the line of the manual brings the machine's time back."""
    database = connect(migrated(tmp_path))
    ahead = SystemClock().now() + timedelta(days=900)

    def forget(conn: Connection) -> None:
        conn.execute(text("DELETE FROM meta WHERE name = 'clock_hwm'"))

    await database.write(lambda conn: meta.move_on(conn, mark.NAME, ahead))
    await database.write(forget)
    assert (await mark.begin(database)).ahead == pytest.approx(0)
    await database.close()
