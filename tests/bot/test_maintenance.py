"""Announced work at a client, with the machinery behind it: kept, announced once however often we start, known in the first response."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot import roster
from bot.reloading import Reloading
from bot.storage import clocks
from bot.storage.tables import HOUSE
from bot.transaction import DEPTH
from policies.effects import Post
from policies.events import Actor
from policies.events.office import SetMaintenance
from policies.people import Maintenance
from tests.bot.stage import EXAMPLE, LEE, SAM, START, Stage, build

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLIENT = "example-retail"


async def _sets(stage: Stage, window: Maintenance | None, actor: Actor = LEE) -> bool:
    event = SetMaintenance(key=stage.key(), at=stage.clock.now(), actor=actor, client=CLIENT, window=window)
    return (await stage.do(event)).accepted


async def _said(stage: Stage, slot: str = "maintenance:maintenance:") -> list[float]:
    """When something of it was said, in hours after the start."""
    query = text("SELECT created_at FROM outbox WHERE slot LIKE :slot ORDER BY id")
    rows = await stage.database.read(lambda conn: conn.execute(query, {"slot": f"{slot}%"}).scalars().all())
    return [(row - START.timestamp() * 1_000_000) / 3_600_000_000 for row in rows]


async def _armed(stage: Stage) -> datetime | None:
    return await stage.database.read(lambda conn: clocks.due_of(conn, HOUSE, "maintenance", ""))


def window(start: datetime, hours: float = 2) -> Maintenance:
    return Maintenance(start=start, end=start + hours * HOUR, what="New disks")


async def test_it_is_announced_a_day_and_an_hour_before_and_its_clock_rests_when_there_is_no_more(
    running: Stage,
) -> None:
    """Once each, for each window."""
    assert await _sets(running, window(START + 3 * DAY))
    assert await _sets(running, window(START + 2 * DAY))
    assert await _armed(running) == START + DAY
    await running.passes(4 * DAY.total_seconds())
    assert await _said(running) == [24, 47, 48, 71]
    assert await _armed(running) is None


async def test_who_may_not_announce_it_changes_nothing(stage: Stage) -> None:
    """Nothing is kept, no clock runs."""
    assert not await _sets(stage, window(START + 3 * DAY), SAM)
    assert await _armed(stage) is None


async def test_what_was_taken_back_is_announced_no_more(running: Stage) -> None:
    """Its clock runs out and says nothing."""
    await _sets(running, window(START + 3 * DAY))
    await _sets(running, None)
    await running.passes(4 * DAY.total_seconds())
    assert await _said(running) == []


async def test_after_downtime_the_last_word_is_said_once(url: str) -> None:
    """Not the one of a day before, which would be wrong by now."""
    stage = await build(url)
    await _sets(stage, window(START + 2 * DAY))
    await stage.database.close()
    stage.clock.move_to(START + 2 * DAY - HOUR / 2)
    again = await build(url, clock=stage.clock)
    await again.machinery.start()
    await again.settled()
    assert await _said(again) == [47.5]
    await again.machinery.stop()
    await again.database.close()


async def test_however_much_is_to_be_announced_at_once_all_of_it_is(url: str) -> None:
    """Work on what many clients share is announced for each of them, in one transaction."""
    stage = await build(url)
    for minute in range(DEPTH + 1):
        assert await _sets(stage, window(START + 2 * DAY + minute * HOUR / 60))
    await stage.database.close()
    stage.clock.move_to(START + 2 * DAY - HOUR / 20)
    again = await build(url, clock=stage.clock)
    await again.machinery.start()
    await again.settled()
    assert len(await _said(again)) == DEPTH + 1
    await again.machinery.stop()
    await again.database.close()


async def test_in_the_window_the_client_is_told_so_by_the_first_response(running: Stage) -> None:
    """And after it no more."""
    await _sets(running, window(START))
    for hours in (0, 2):
        running.clock.move_to(START + hours * HOUR)
        await running.writes(actor=Actor(user=f"U{hours}", team="T0RETAIL01"))
        await running.passes(11)
    said = [job.effect.text for job in running.slack.of(Post) if job.effect.lane == "first_response"]  # type: ignore[attr-defined]  # posts
    assert ["maintenance that was announced" in words for words in said] == [True, False]


async def test_windows_of_the_file_are_announced_too_and_not_again_after_a_restart(
    url: str, tmp_path: Path
) -> None:
    """They come into force with it."""
    path = tmp_path / "frontdoor.toml"
    entry = 'maintenance = [{ from = 2026-11-20T14:00:00, to = 2026-11-20T16:00:00, what = "New disks" }]'
    said = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(
        said.replace('zone = "Europe/London"', f'zone = "Europe/London"\n{entry}'), encoding="utf-8"
    )
    clock = None
    for _ in range(2):
        stage = await build(url, clock=clock)
        clock = stage.clock
        stage.in_force.office = roster.load(path)
        reloading = Reloading(path, stage.in_force, stage.machinery, stage.database, stage.clock)
        await reloading.begin()
        await stage.machinery.start()
        await stage.passes(DAY.total_seconds() * 1.5)
        heard = await _said(stage)
        await stage.machinery.stop()
        await stage.database.close()
    assert heard == [29, 52]
