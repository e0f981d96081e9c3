"""Terms and maintenance over time, on both databases: kept once, read back, in order."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.storage import day, maintenance, migrate, terms
from bot.storage.engine import Connection, Database, connect
from bot.storage.terms import Applied
from policies.people import Maintenance
from policies.terms import Terms
from tests.bot.stage import START, migrated

HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A new database of each kind."""
    if request.param == "sqlite":
        url = migrated(tmp_path)
    else:
        new: Callable[[], str] = request.getfixturevalue("new_postgresql")
        url = new()
        migrate.upgrade(url)
    made = connect(url)
    yield made
    await made.close()


async def test_each_set_of_terms_is_kept_once_and_comes_back(database: Database) -> None:
    """Also years later, and however often it comes into force again."""
    slow = replace(Terms(), acknowledge=HOUR)
    await database.write(lambda conn: terms.keep(conn, {"a": Terms(), "b": slow}, START))
    await database.write(lambda conn: terms.keep(conn, {"b": Terms()}, START + HOUR))
    found = [
        await database.read(lambda conn, name=name: terms.version(conn, name)) for name in ("a", "b", "c")
    ]
    assert found == [Terms(), slow, None]


async def test_the_last_file_that_came_into_force_is_known_with_who_applied_it(database: Database) -> None:
    """The same one twice in a row is one."""
    assert await database.read(terms.last_applied) is None
    for hours, (name, by) in enumerate((("a", "start"), ("a", "sol"), ("b", "sol"), ("a", "sky"))):
        at = START + hours * HOUR
        await database.write(
            lambda conn, name=name, by=by, at=at: terms.apply(conn, name, f"text {name}", by, at)
        )
    assert await database.read(terms.last_applied) == Applied(
        number=3, hash="a", at=START + 3 * HOUR, by="sky", source="text a"
    )


def _since(conn: Connection, at: datetime) -> tuple[tuple[str, Maintenance], ...]:
    return day.read(day.rows(conn, at)).work


async def test_windows_are_known_until_they_end_or_are_taken_back(database: Database) -> None:
    """One that is under way ends when it is taken back, one to come does not come; other clients keep theirs."""
    now = Maintenance(start=START, end=START + 2 * HOUR, what="Disks")
    soon = Maintenance(start=START + 3 * HOUR, end=START + 4 * HOUR, what="Memory")
    for client, window in (("a", now), ("a", soon), ("b", soon)):
        await database.write(
            lambda conn, client=client, window=window: maintenance.add(conn, client, window, "sol", START)
        )
    everything = (("a", now), ("a", soon), ("b", soon))
    at = START + HOUR
    assert await database.read(lambda conn: _since(conn, at)) == everything
    assert await database.read(lambda conn: _since(conn, START + 2 * HOUR)) == everything[1:]
    await database.write(lambda conn: maintenance.end(conn, "a", at))
    assert await database.read(lambda conn: _since(conn, at)) == (("b", soon),)
    assert await database.read(lambda conn: _since(conn, START)) == (
        ("a", replace(now, end=at)),
        ("b", soon),
    )
