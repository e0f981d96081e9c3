"""A process that stands still is ended, one that was only stopped lives on: real processes, with short limits."""

import asyncio
import json
import os
import signal
import sys
import textwrap
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.storage.engine import StoreFailed, T, Work
from bot.watchdog import STUCK, Watched
from tests.bot.stage import CASEY, build

Child = Callable[..., Awaitable[Process]]
BEGIN = """
import asyncio, sys, threading, time
from bot import logs
from bot.watchdog import Limits, Watchdog
logs.configure("info")

async def beats(dog):
    while True:
        dog.beat("loop")
        await asyncio.sleep(0.05)

def watched(main):
    async def run():
        loop, end = asyncio.get_running_loop(), asyncio.Event()
        with Watchdog(Limits(alarm=1, stall=2, grace=1, tick=0.1)) as dog:
            dog.on_stall = lambda: loop.call_soon_threadsafe(end.set)
            beating = asyncio.create_task(beats(dog))
            await asyncio.sleep(0.1)
            print("begun", flush=True)
            await main(dog, end)
            beating.cancel()
    asyncio.run(run())
"""


@pytest.fixture
async def child(repository: Path) -> AsyncIterator[Child]:
    """Runs a program; whatever still runs at the end is killed."""
    started: list[Process] = []

    async def start(program: str, stderr: int = PIPE) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            BEGIN + textwrap.dedent(program),
            cwd=repository,
            stdin=PIPE,
            stdout=PIPE,
            stderr=stderr,
        )
        started.append(process)
        assert process.stdout is not None
        assert await process.stdout.readline() == b"begun\n"
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _ended(process: Process) -> tuple[int | None, list[dict[str, object]]]:
    """The exit code, and what was logged."""
    async with asyncio.timeout(40):
        _, err = await process.communicate()
    return process.returncode, [json.loads(line) for line in err.decode().splitlines()]


async def test_a_blocked_loop_is_ended_with_one_line_that_says_where(child: Child) -> None:
    """Alarm, a gentle end that cannot come, the hard end; the stack names places and no values."""
    process = await child(
        """
        async def main(dog, end):
            secret = "the till of Example Retail"
            time.sleep(60)
        watched(main)
        """
    )
    code, log = await _ended(process)

    assert code == STUCK
    assert [line["event"] for line in log] == [
        "a part stands still",
        "a part stands still for good: the process is asked to end",
        "the process is stuck and could not end by itself",
    ]
    stacks = log[-1]["stacks"]
    assert isinstance(stacks, dict)
    assert (list(stacks), stacks["MainThread"][-1].endswith(" main")) == (["MainThread"], True)
    assert "Example Retail" not in json.dumps(log)


async def test_a_gentle_end_that_hangs_is_ended_hard(child: Child) -> None:
    """The loop turns, and what was asked to end waits for something that never comes."""
    process = await child(
        """
        async def main(dog, end):
            dog.leave()
            await asyncio.Event().wait()
        watched(main)
        """
    )
    code, log = await _ended(process)

    assert (code, [line["event"] for line in log]) == (
        STUCK,
        ["the process is stuck and could not end by itself"],
    )


async def test_one_part_that_stands_still_is_asked_to_end_gently(child: Child) -> None:
    """The loop turns and one part does not: the process ends by itself, and not by the hard way."""
    process = await child(
        """
        async def main(dog, end):
            dog.beat("storage")
            await end.wait()
        watched(main)
        """
    )
    code, log = await _ended(process)

    assert (code, [line.get("part") for line in log]) == (0, ["storage", "storage"])


async def test_a_stopped_process_lives_on(child: Child) -> None:
    """SIGSTOP for longer than every limit together, then SIGCONT: nobody is alarmed, nothing is ended."""
    process = await child(
        """
        async def main(dog, end):
            reading = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
            await asyncio.wait([reading, asyncio.create_task(end.wait())], return_when="FIRST_COMPLETED")
            await asyncio.sleep(0.5)
        watched(main)
        """
    )
    assert process.stdin is not None
    process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(5)  # there is nothing to wait for but time itself
    process.send_signal(signal.SIGCONT)
    process.stdin.write(b"go on\n")
    code, log = await _ended(process)

    assert (code, log) == (0, [])


async def test_a_log_that_blocks_holds_up_no_end(child: Child) -> None:
    """Nobody reads the log and its pipe is full: what blocks the process must not block the watchdog."""
    nobody, pipe = os.pipe()
    process = await child(
        """
        async def main(dog, end):
            while True:
                print("x" * 10_000, file=sys.stderr, flush=True)
        watched(main)
        """,
        stderr=pipe,
    )
    async with asyncio.timeout(40):
        code = await process.wait()
    os.close(nobody)
    os.close(pipe)

    assert code == STUCK


class Slow:
    """A database that answers when it is let go on."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def write(self, _work: Work[T]) -> T:
        """Wait, then refuse."""
        await self.go_on.wait()
        raise StoreFailed("locked")

    async def read(self, work: Work[T]) -> T:
        """As write."""
        return await self.write(work)

    async def close(self) -> None:
        """Nothing to do."""


async def test_a_transaction_that_never_ends_is_silence() -> None:
    """Nothing is heard of the storage until it answers; a refusal is an answer."""
    beats: list[str] = []
    database = Slow()
    watched = Watched(database, lambda: beats.append("storage"))
    writing = asyncio.create_task(watched.write(lambda _conn: None))
    await asyncio.sleep(0)
    assert beats == []
    database.go_on.set()
    with pytest.raises(StoreFailed):
        await writing

    assert beats == ["storage"]


async def test_catching_up_on_many_clocks_is_no_standstill(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch that went through is a look: a long night is not taken for a stuck watch."""
    stage = await build(url)
    for actor in (CASEY, replace(CASEY, user="U0CASEY002")):
        assert (await stage.writes(actor=actor)).accepted
    stage.clock.move(8 * 3600)
    watch = stage.machinery.watch
    monkeypatch.setattr(watch, "_look", partial(watch._look, 1))
    ages, seconds = [], [0.0]
    handle = stage.machinery.desk.handle_clocks

    async def slowly(due: object) -> object:
        ages.append(watch.tick_age)
        seconds[0] += 10
        return await handle(due)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(stage.clock, "monotonic", lambda: seconds[0])
    watch._last_tick = 0.0
    monkeypatch.setattr(stage.machinery.desk, "handle_clocks", slowly)
    await watch.fire_due()
    await stage.machinery.stop()
    await stage.database.close()

    assert len(ages) > 1
    assert set(ages) == {0.0}
