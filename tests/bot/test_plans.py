"""What runs every second asks for the few rows that matter, however long the history is."""

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import String, Table, insert, text

from bot.delivery.settling import Settling
from bot.delivery.taking import Hands, take_all
from bot.storage import clocks, leases, outbox, tables
from bot.storage.engine import Connection
from bot.storage.outbox import Lease
from bot.transaction import Transaction
from policies.events import Actor
from tests.bot.stage import QUICK, START, Stage

PARTIAL = {
    "ix_clocks_due",
    "ix_clocks_waiting",
    "ix_inbox_failed",
    "ix_outbox_in_hand",
    "ix_outbox_live",
    "ix_outbox_pending",
    "ix_outbox_stream",
}
"""Indices of the few rows that are still running or waiting: going through one of them is no price."""
SMALL = {"absences", "counters", "covers", "reach"}
"""Tables of a few rows, which are quicker read than looked up in."""
HISTORY = 3000


def _long_ago(table: Table, number: int, **values: object) -> dict[str, object]:
    """A row of something that ended; what is not named is empty."""
    wanted = [column for column in table.columns if not column.nullable]
    empty = {column.name: "" if isinstance(column.type, String) else 0 for column in wanted}
    return empty | {column.name: number for column in wanted if column.name in {"id", "ticket"}} | values


def _ended(number: int) -> dict[Table, dict[str, object]]:
    return {
        tables.tickets: _long_ago(tables.tickets, number, ref=f"OLD-{number}", stage="closed"),
        tables.clocks: _long_ago(tables.clocks, number, kind="unclaimed", state="fired"),
        tables.outbox: _long_ago(tables.outbox, number, key=f"old{number}", state="sent", lane=1),
        tables.inbox: _long_ago(tables.inbox, number, key=f"old{number}", answer="{}"),
    }


async def _with_history(stage: Stage) -> None:
    """Three requests, and very many that ended long ago; the database's own statistics know of both."""
    for number in range(3):
        await stage.writes(actor=Actor(user=f"U{number}", team="T0RETAIL01"))

    def fill(conn: Connection) -> None:
        rows = [_ended(number) for number in range(1000, 1000 + HISTORY)]
        for table in rows[0]:
            conn.execute(insert(table), [row[table] for row in rows])
        conn.execute(text("ANALYZE"))

    await stage.database.write(fill)


def _plans(conn: Connection, work: Callable[[], object]) -> dict[str, list[str]]:
    """Each statement that `work` runs, and how the database goes about it."""
    driver: Any = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    said: list[str] = []
    driver.set_trace_callback(said.append)
    work()
    driver.set_trace_callback(None)
    asked = [one for one in said if one.split()[0] in {"SELECT", "UPDATE", "DELETE"}]
    return {one: [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {one}")] for one in asked}


def _going_through(plans: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Steps of a plan that go through a table, or through an index of everything."""
    found = []
    for statement, steps in plans.items():
        for step in steps:
            index = re.search(r"INDEX (\w+)", step)
            if (
                step.startswith("SCAN")
                and step.split()[1] not in SMALL
                and (index is None or index[1] not in PARTIAL)
            ):
                found.append((step, statement))
    return found


async def _looked_at(stage: Stage, step: Callable[[Transaction], object]) -> dict[str, list[str]]:
    return await stage.machinery.desk.transact(
        lambda work: _plans(work.conn, lambda: step(work)), patient=False
    )


async def test_a_tick_goes_through_nothing_but_what_runs(stage: Stage) -> None:
    """When is the next clock due, and which are."""
    await _with_history(stage)
    late = START + timedelta(hours=1)
    plans = await _looked_at(stage, lambda work: clocks.look(work.conn, late, 50))

    assert len(plans) == 2
    assert _going_through(plans) == []
    assert all("ix_clocks_due" in " ".join(steps) for steps in plans.values())


async def test_clocks_that_fire_go_through_nothing(stage: Stage) -> None:
    """Load, decide, facts, effects, new clocks."""
    await _with_history(stage)
    stage.clock.move(700)
    due = (await stage.machinery.watch._look()).due
    plans = await _looked_at(stage, lambda work: work.fire_all(due))

    assert len(plans) > 5
    assert _going_through(plans) == []


async def test_taking_from_the_outbox_goes_through_nothing_but_what_waits(stage: Stage) -> None:
    """Also whether anything is left in hand, to be looked up, or to be tried again."""
    await _with_history(stage)
    wall = stage.clock.wall()
    settling = Settling(patience=QUICK, now=stage.clock.now(), wall=wall)
    lease, hands = Lease(owner="me", until=wall), Hands(2, 2, 2)
    take = partial(take_all, settling=settling, lease=lease, hands=hands)

    def take_and_ask(work: Transaction) -> None:
        take(work)
        leases.under_way(work.conn, wall, stage.clock.now())
        leases.orphaned(work.conn, "me")
        outbox.next_release(work.conn, stage.clock.now())

    plans = await _looked_at(stage, take_and_ask)

    assert len(plans) > 5
    assert _going_through(plans) == []


@pytest.mark.parametrize("table", ["clocks", "outbox"])
async def test_without_its_indices_this_would_be_seen(stage: Stage, table: str) -> None:
    """A guard of the guard."""
    await _with_history(stage)

    def drop(conn: Connection) -> None:
        for index in PARTIAL:
            if index.startswith(f"ix_{table}_"):
                conn.execute(text(f"DROP INDEX {index}"))

    def ask(work: Transaction) -> None:
        clocks.look(work.conn, START + timedelta(hours=1), 50)
        leases.ready(work.conn, stage.clock.wall(), START, range(6), 5)

    await stage.database.write(drop)

    assert _going_through(await _looked_at(stage, ask)) != []
