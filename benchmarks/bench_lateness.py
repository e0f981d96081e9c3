"""How late clocks fire when many run out together, with the whole step behind each, beside APScheduler in one run.

Ours: lock, load, decide, facts, effects, new clocks, commit. Theirs: a job for each deadline whose function writes one row.
"""

import argparse
import asyncio
import logging
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from figures import milliseconds, percentile, table
from filling import START, Bench, Sample, bench, bench_clock, fill, history, samples
from measuring import Measured, Stall, cpu
from rivals import jobs

from bot import memory
from bot.storage import clocks, migrate
from bot.storage.clocks import DueClock
from bot.storage.sqlite import reading_engine
from policies.events import Actor, MessagePosted

LEAD = 2.0
"""Seconds from the start of the process to the first due moment."""
HEAD = ("case", "who", "clocks", "late p50 / p99 / max ms", "longest stall ms", "CPU s", "left over")


@contextmanager
def watched(bench: Bench, measured: Measured, tickets: int) -> Iterator[None]:
    """Note for each clock how long after its moment the transaction that fired it was committed."""
    desk = bench.machinery.desk
    real = desk.handle_clocks

    async def handle_clocks(due: Sequence[DueClock]) -> Any:
        fired = await real(due)
        now = bench.clock.now()
        measured.late += [(now - clock.due).total_seconds() for clock in due if 0 < clock.ticket <= tickets]
        return fired

    desk.handle_clocks = handle_clocks  # type: ignore[method-assign]
    yield


async def ours(path: Path, expected: int, clock: Any, within: float, probe: float) -> Measured:
    """Fire what is due in a database until nothing is, or time is over; `probe` messages a second come in meanwhile."""
    measured, stall = Measured(), Stall()
    begun = time.perf_counter()
    async with bench(f"sqlite:///{path}", clock) as made:
        memory.settle()
        ticking = asyncio.create_task(stall.run())
        with watched(made, measured, expected):
            used = cpu()
            await made.machinery.start()
            measured.ready = time.perf_counter() - begun
            deadline = begun + within
            asking = asyncio.create_task(_probe(made, measured, probe)) if probe else None
            while len(measured.late) < expected and time.perf_counter() < deadline:
                await asyncio.sleep(0.005)
            measured.took = time.perf_counter() - begun
            if not expected:
                await asyncio.sleep(1.0)
            if asking is not None:
                asking.cancel()
            measured.cpu, measured.stall = cpu() - used, stall.longest
            ticking.cancel()
            measured.left = expected - len(measured.late)
    return measured


async def _probe(made: Bench, measured: Measured, rate: float) -> None:
    """A new client's message `rate` times a second: how long until its transaction is committed."""
    for number in range(1_000_000):
        began = time.perf_counter()
        actor = Actor(user=f"U9{number:08}", team="T0RETAIL01")
        await made.machinery.desk.handle(
            MessagePosted(
                key=f"probe{number}",
                at=made.clock.now(),
                actor=actor,
                channel="C0RETAIL01",
                ts=f"{3_000_000_000 + number}.000100",
                thread=None,
                text="The till does not open",
            )
        )
        measured.first_responses.append(time.perf_counter() - began)
        await asyncio.sleep(1 / rate)


def spread(count: int, begin: datetime, seconds: float) -> list[datetime]:
    """`count` moments from `begin` on, evenly over so many seconds."""
    return [begin + timedelta(seconds=seconds * index / count) for index in range(count)]


def our_case(
    folder: Path,
    made: list[Sample],
    count: int,
    *,
    over: float = 0.0,
    lead: float = LEAD,
    probe: float = 0.0,
    expected: int | None = None,
) -> Measured:
    """A fresh database with so many requests, whose clocks run out `lead` seconds from now, over some seconds."""
    path = folder / "case.sqlite3"
    for old in folder.glob("case.sqlite3*"):
        old.unlink()
    shutil.copy(folder / "empty.sqlite3", path)
    clock = bench_clock()
    fill(path, made, spread(count, START, over))
    ahead = START - clock.now() + timedelta(seconds=-lead)
    wanted = count if expected is None else expected
    return asyncio.run(
        ours(path, wanted, _Shifted(clock, ahead), min(max(lead, 0.0), LEAD) + over + 40, probe)
    )


class _Shifted:
    """The bench's clock, set so that filling took no time."""

    def __init__(self, clock: Any, ahead: timedelta) -> None:
        self._clock, self._ahead = clock, ahead

    def now(self) -> datetime:
        return self._clock.now() + self._ahead  # type: ignore[no-any-return]

    wall = now

    def monotonic(self) -> float:
        return time.monotonic()

    def seconds_until(self, moment: datetime) -> float:
        return (moment - self.now()).total_seconds()


def tick_cost(folder: Path, made: list[Sample]) -> None:
    """What one look at the clocks costs beside more and more history: 1,000 open requests, none due."""
    rows: list[list[object]] = []
    path = folder / "history.sqlite3"
    shutil.copy(folder / "empty.sqlite3", path)
    fill(path, made, spread(1000, START + timedelta(hours=1), 60))
    now, there = START, 0
    for size in (1_000, 10_000, 100_000, 1_000_000):
        history(path, size - there, there)
        there = size
        with reading_engine(path).connect() as conn:
            conn.begin()
            clocks.look(conn, now, 50)
            took = []
            for _ in range(300):
                began = time.perf_counter()
                clocks.look(conn, now, 50)
                took.append(time.perf_counter() - began)
        rows.append(
            [f"{size:,}", f"{1e6 * percentile(took, 0.5):.0f}", f"{1e6 * percentile(took, 0.99):.0f}"]
        )
    print(table(("ended requests, fired clocks", "tick p50 us", "p99 us"), rows))


def cases(folder: Path, made: list[Sample], sizes: Sequence[int], *, rivals: bool) -> None:
    """Clocks at one instant, and over ten seconds."""
    rows: list[list[object]] = []
    for size in sizes:
        for over in (0.0, 10.0) if size == max(sizes) else (0.0,):
            case = f"over {over:g} s" if over else "at one instant"
            done = our_case(folder, made, size, over=over, probe=20)
            rows.append(done.row(case, "frontdoor"))
            words = (
                f"{size:,} {case}: messages stored meanwhile after {milliseconds(done.first_responses)} ms"
            )
            print(words, flush=True)
            for kind in ("memory", "SQL") if rivals else ():
                dues = [over * index / size for index in range(size)]
                rival = jobs(kind, folder, dues, lead=1.0, within=40)
                rows.append(rival.row(case, f"APScheduler, {kind} store"))
    print(table(HEAD, rows))


def restarts(folder: Path, made: list[Sample], sizes: Sequence[tuple[str, int, float]]) -> None:
    """A process that begins with so many overdue, or pending: until all that is due has fired."""
    rows: list[list[object]] = []
    for name, size, lead in sizes:
        done = our_case(folder, made, size, lead=lead, expected=0 if lead > 0 else size)
        rows.append([name, f"{size:,}", f"{done.ready:.2f}", f"{done.took:.2f}", f"{1000 * done.stall:.1f}"])
    print(
        table(("restart with", "clocks", "ready after s", "all due fired after s", "longest stall ms"), rows)
    )


def main() -> None:
    """Every case, ours and theirs, in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 and 1,000 clocks only")
    parser.add_argument("--ours", action="store_true", help="without APScheduler")
    parser.add_argument("--only", type=int, default=0, help="so many clocks at one instant, nothing else")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="frontdoor-bench-") as name:
        folder = Path(name)
        migrate.upgrade(f"sqlite:///{folder / 'empty.sqlite3'}")
        made = samples(folder)
        if chosen.only:
            cases(folder, made, [chosen.only], rivals=False)
            return
        cases(folder, made, (200, 1000) if chosen.quick else (200, 1000, 10_000), rivals=not chosen.ours)
        many = (1000, 5000) if chosen.quick else (10_000, 50_000)
        restarts(folder, made, [("overdue", many[0], -60.0), ("pending", many[1], 3600.0)])
        tick_cost(folder, made)


if __name__ == "__main__":
    main()
