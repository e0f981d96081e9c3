"""The house's own clocks: a canary on the whole way of every promise, and what is pruned behind it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot import house
from bot.canary import LATE
from bot.storage import chores, clocks, inbox, migrate
from bot.storage.engine import Connection
from bot.storage.tables import HOUSE
from bot.storage.times import micros
from policies.effects import Echo
from tests.bot.stage import START, HandClock, Stage, build

SILENCE = LATE.total_seconds()
A_MINUTE = 60


async def test_a_canary_goes_the_whole_way_every_two_minutes(keeper: Stage) -> None:
    """From its clock through the outbox to a settled effect; the way is open and its age is known."""
    ages = []
    for _ in range(6):
        await keeper.passes(A_MINUTE)
        assert await keeper.machinery.canary.look() == ""
        ages.append(keeper.machinery.canary.age.total_seconds())

    assert ages == [60, 0, 60, 0, 60, 0]
    assert await keeper.look(lambda conn: conn.execute(text("SELECT key, state FROM outbox")).all()) == [
        (f"house:canary:{number}:0", "sent") for number in (1, 2, 3)
    ]
    figures = (await keeper.machinery.figures()).decode()
    assert "frontdoor_canary_age_seconds 0.0" in figures
    assert "frontdoor_canary_way_seconds 0.0" in figures


async def _broken(stage: Stage, silence: float = SILENCE) -> str:
    """What readiness says after a silence that is longer than three canaries."""
    stage.clock.move(silence - A_MINUTE)
    assert await stage.machinery.canary.look() == ""
    stage.clock.move(A_MINUTE + 1)
    stage.machinery.wake()
    return await stage.machinery.canary.look()


RED = f"no clock has come through for {SILENCE + 1:.0f} seconds"


async def test_clocks_that_nobody_looks_at_are_noticed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch finds nothing any more: everything else runs."""
    stage = await build(url, keeps_house=True)

    async def blind() -> float:
        return 1.0

    monkeypatch.setattr(stage.machinery.watch, "_turn", blind)
    await stage.machinery.start()
    assert await _broken(stage) == RED
    await stage.machinery.stop()
    await stage.database.close()


async def test_a_delivery_that_takes_nothing_is_noticed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks fire, and what they ask for stays in the outbox."""
    stage = await build(url, keeps_house=True)

    async def idle() -> float:
        return 1.0

    monkeypatch.setattr(stage.machinery.delivery, "_turn", idle)
    await stage.machinery.start()
    assert await _broken(stage) == RED
    await stage.machinery.stop()
    await stage.database.close()


async def test_an_effect_that_nobody_carries_out_is_noticed(url: str) -> None:
    """Without its sender the canary is rejected, which is no arrival."""
    stage = await build(url, keeps_house=True)
    del stage.machinery.delivery._senders["echo"]
    await stage.machinery.start()
    for _ in range(int(SILENCE) // A_MINUTE):
        await stage.passes(A_MINUTE)
        assert await stage.machinery.canary.look() == ""
    await stage.passes(1)
    assert await stage.machinery.canary.look() == RED
    await stage.machinery.stop()
    await stage.database.close()


async def test_after_downtime_one_canary_comes_and_nobody_is_alarmed(url: str) -> None:
    """Eight hours away: ready at the start, and one canary for all that were missed."""
    clock = HandClock()
    first = await build(url, clock=clock, keeps_house=True)
    await first.machinery.start()
    await first.passes(2 * A_MINUTE)
    await first.machinery.stop()
    await first.database.close()
    clock.move(8 * 3600)

    again = await build(url, clock=clock, keeps_house=True)
    await again.machinery.start()
    assert await again.machinery.canary.look() == ""
    await again.settled()
    assert (await again.machinery.canary.look(), again.machinery.canary.age) == ("", timedelta())
    count = await again.look(lambda conn: conn.execute(text("SELECT count(*) FROM outbox")).scalar())
    assert count == 2
    await again.machinery.stop()
    await again.database.close()


async def test_without_housekeeping_no_clock_of_the_house_runs(running: Stage) -> None:
    """Where a sandbox skips hours, time would be full of canaries."""
    await running.passes(3600)

    assert await running.look(clocks.count) == 0
    assert await running.machinery.canary.look() == ""


async def test_arming_again_changes_nothing_and_revives_what_was_let_go(stage: Stage) -> None:
    """At each start, and at each replica."""

    def armed(conn: Connection) -> dict[str, object]:
        return {kind: due for (kind, _), due in clocks.running(conn, HOUSE).items()}

    await stage.database.write(lambda conn: house.arm(conn, START))
    first = await stage.look(armed)
    later = START + timedelta(seconds=30)
    await stage.database.write(lambda conn: house.arm(conn, later))
    assert await stage.look(armed) == first
    assert first == {kind: START + chore.every for kind, chore in house.CHORES.items()}

    def let_go(conn: Connection) -> None:
        due = clocks.due(conn, START + timedelta(hours=2), 10)
        assert [clocks.fire(conn, clock, later) for clock in due] == [True, True]
        house.arm(conn, later)

    await stage.database.write(let_go)
    assert await stage.look(armed) == {kind: later + chore.every for kind, chore in house.CHORES.items()}


def _fill(conn: Connection, count: int, *, days: float, error: str | None = None) -> None:
    """Events that came so many days before the start: answered, or failed."""
    at = START - timedelta(days=days)
    for number in range(count):
        key = f"{days}:{error}:{number}"
        assert inbox.claim(conn, key, at) is None
        if error is None:
            inbox.store(conn, key, "{}")
        else:
            inbox.fail(conn, key, at, "{}", error, None)


def _kept(conn: Connection) -> list[str]:
    return sorted(key.rsplit(":", 1)[0] for (key,) in conn.execute(text("SELECT key FROM inbox")))


async def prunes(stage: Stage) -> None:
    """Old answers go in bounded bites, one after the other; young ones and failed ones stay."""
    more = house.BATCH + 7
    old = house.REPEATS.total_seconds() / 86400

    def fill(conn: Connection) -> None:
        _fill(conn, more, days=old + 1)
        _fill(conn, 2, days=old - 1)
        _fill(conn, 1, days=old + 1, error="boom")

    await stage.database.write(fill)
    await stage.machinery.start()
    await stage.passes(3600 - 1)
    assert len(await stage.database.read(_kept)) == more + 3
    await stage.passes(1)
    assert len(await stage.database.read(_kept)) == more + 3 - house.BATCH
    await stage.passes(house.SOON.total_seconds())
    assert await stage.database.read(_kept) == [f"{old - 1}:None"] * 2 + [f"{old + 1}:boom"]
    following = await stage.database.read(lambda conn: clocks.due_of(conn, HOUSE, house.PRUNE, ""))
    assert following == stage.clock.now() + house.CHORES[house.PRUNE].every


async def test_answered_events_are_forgotten_in_bounded_bites(url: str) -> None:
    """On SQLite."""
    stage = await build(url, keeps_house=True)
    await prunes(stage)
    await stage.machinery.stop()
    await stage.database.close()


async def test_pruning_reads_only_what_is_old(stage: Stage) -> None:
    """Its cost does not grow with what is young: the plan goes by the index of ages."""

    def plan(conn: Connection) -> list[str]:
        query = str(chores._OLD.compile(conn, compile_kwargs={"literal_binds": False}))
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (micros(START), 500, 0))
        return [row[3] for row in rows]

    assert await stage.database.read(plan) == ["SEARCH inbox USING INDEX ix_inbox_answered (at<?)"]


async def test_only_canaries_are_pruned_from_the_outbox(keeper: Stage) -> None:
    """Of everything else a call or a slot may still be asked for."""

    def keys(conn: Connection) -> set[str]:
        return {key for (key,) in conn.execute(text("SELECT key FROM outbox"))}

    assert (await keeper.writes()).accepted
    await keeper.passes(2 * A_MINUTE)
    before = await keeper.database.read(keys)
    keeper.clock.move((house.CANARIES + timedelta(minutes=1)).total_seconds())
    keeper.machinery.wake()
    await keeper.settled()
    assert before - await keeper.database.read(keys) == {"house:canary:1:0"}
    assert len(before) > 1


def test_the_canary_waits_with_everybody_else() -> None:
    """In the lane of first responses: whatever holds those up holds up the canary."""
    assert Echo(due=START).lane == "first_response"


@pytest.fixture
def address(new_postgresql: Callable[[], str]) -> str:
    """The address of a new PostgreSQL database with its tables."""
    address = new_postgresql()
    migrate.upgrade(address)
    return address


async def test_answered_events_are_forgotten_on_postgresql_too(address: str) -> None:
    """The same statements in the second dialect."""
    stage = await build(address, keeps_house=True)
    await prunes(stage)
    await stage.machinery.stop()
    await stage.database.close()


async def test_each_replica_knows_that_a_canary_came_through_at_the_other(address: str) -> None:
    """Both arm the same clocks; one canary at a time, and both see it."""
    first = await build(address, keeps_house=True)
    second = await build(address, clock=first.clock, keeps_house=True)
    await asyncio.gather(first.machinery.start(), second.machinery.start())
    first.clock.move(2 * A_MINUTE)
    first.machinery.wake()
    for stage in (first, second):
        await stage.settled()
    for stage in (first, second):
        assert await stage.machinery.canary.look() == ""
        assert stage.machinery.canary.age == timedelta()
    assert await first.look(lambda conn: conn.execute(text("SELECT count(*) FROM outbox")).scalar()) == 1
    for stage in (first, second):
        await stage.machinery.stop()
        await stage.database.close()
