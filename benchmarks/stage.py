"""A sandbox with many channels in the measuring process, one bot beside it, and a stop-watch on the wire.

The times are taken in this process, at the sandbox's own edge: when an event is written, when the envelope that carries it is
acknowledged, when the request that answers it has arrived. The bot is a process of its own and cannot tell that it is measured.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import cast
from sandbox.environment import around, bot_environment, free_port
from sandbox.server import Sandbox, build_app
from sandbox.slack.model import Channel, Message
from sandbox.slack.parcel import Answer, Parcel

CHANNELS = 200
READY_SECONDS = 30.0


@dataclass(slots=True)
class Told:
    """One message of a client and what became of it; moments are seconds of a monotonic clock."""

    due: float
    sent: float
    acked: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


class Stage:
    """One sandbox with many channels of a client, its limits off; by default it keeps the machine's time."""

    def __init__(self, channels: int = CHANNELS, *, rate: int = 1, start: datetime | None = None) -> None:
        self.sandbox = Sandbox(rate=rate)
        self.sandbox.clock.reset(start or datetime.now(UTC))
        self.told: dict[tuple[str, str], Told] = {}
        self.channels = [self._add_channel(number) for number in range(channels)]
        self.sandbox.slack.limits.enabled = False
        self._watch_answers()
        self._watch_acknowledgements()
        self._next = 0

    def _add_channel(self, number: int) -> Channel:
        channel = Channel(
            id=f"C0BENCH{number:03d}",
            name=f"bench-{number:03d}",
            creator="U0SOL00001",
            created=self.sandbox.slack.world.ids.epoch(),
            members=["U0CASEY001", *cast.STAFF, cast.BOT_USER_ID],
            clients=["T0RETAIL01"],
        )
        self.sandbox.slack.world.channels[channel.id] = channel
        return channel

    def _watch_answers(self) -> None:
        record = self.sandbox.wire.record

        def recorded(service: str, direction: Any, kind: str, summary: str, **more: Any) -> Any:
            if kind == "chat.postMessage":
                asked = more.get("request") or {}
                told = self.told.get((asked.get("channel", ""), str(asked.get("thread_ts", ""))))
                if told is not None:
                    told.answered.append(time.perf_counter())
            return record(service, direction, kind, summary, **more)

        self.sandbox.wire.record = recorded  # type: ignore[method-assign]  # the stop-watch

    def _watch_acknowledgements(self) -> None:
        sockets = self.sandbox.slack.sockets
        carry = sockets.carry

        async def carried(parcel: Parcel, attempt: int, reason: str) -> Answer:
            began = time.perf_counter()
            answer = await carry(parcel, attempt, reason)
            event = parcel.payload.get("event", {})
            told = self.told.get((event.get("channel", ""), event.get("ts", "")))
            if told is not None and answer.acked:
                told.acked.append(time.perf_counter() - began)
            return answer

        sockets.carry = carried  # type: ignore[method-assign]  # the stop-watch

    def tell(self, due: float) -> None:
        """A client writes in the next channel."""
        slack = self.sandbox.slack
        channel = self.channels[self._next % CHANNELS]
        self._next += 1
        words = f"Printing fails at branch {self._next}"
        message = Message(
            ts=slack.world.ids.ts(), channel=channel.id, user="U0CASEY001", text=words, team="T0RETAIL01"
        )
        self.told[channel.id, message.ts] = Told(due=due, sent=time.perf_counter())
        slack.acts.post(channel, message)

    async def open_loop(self, rate: float, seconds: float, seed: int) -> list[Told]:
        """Write at random moments, `rate` a second on average, whether or not anybody answers; then wait for the answers."""
        chance = random.Random(seed)  # noqa: S311 - arrivals, not secrets
        self.told = {}
        began = due = time.perf_counter()
        while (due := due + chance.expovariate(rate)) < began + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.tell(due)
        await self.answered(within=5.0)
        return list(self.told.values())

    async def answered(self, within: float) -> None:
        """Until every message has its answer and acknowledgement, or the time is up; then a moment for doubles to show."""
        until = time.perf_counter() + within
        while time.perf_counter() < until and not all(
            told.answered and told.acked for told in self.told.values()
        ):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)

    async def connected(self) -> None:
        """Until a bot is there."""
        until = time.perf_counter() + READY_SECONDS
        while not self.sandbox.slack.sockets.connected():
            if time.perf_counter() > until:
                raise TimeoutError("the bot did not connect")
            await asyncio.sleep(0.02)
        await asyncio.sleep(1.0)


def environment(port: int, folder: Path) -> dict[str, str]:
    """What a bot needs to find this sandbox; it keeps the machine's time, as the stage does."""
    wanted = bot_environment(port, free_port(), folder) | {
        "FRONTDOOR_CONFIG": str(folder / "frontdoor.toml"),
        "FRONTDOOR_LOG_LEVEL": "warning",
    }
    del wanted["FRONTDOOR_CLOCK_URL"]
    return around(wanted)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot in its own process on a stage of its own."""

    stage: Stage
    process: subprocess.Popen[bytes]
    folder: Path

    def resident(self) -> float:
        """Resident memory in megabytes."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024


@asynccontextmanager
async def playing(command: list[str], files: Mapping[str, str]) -> AsyncIterator[Bot]:
    """Serve a stage, write `files` for the bot, start it, wait until it is connected; end both afterwards."""
    stage = Stage()
    runner = web.AppRunner(build_app(stage.sandbox), access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    with tempfile.TemporaryDirectory(prefix="frontdoor-bench-") as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        log = (folder / "bot.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment(port, folder),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            await stage.connected()
            yield Bot(stage, process, folder)
        except TimeoutError:
            print((folder / "bot.log").read_text(encoding="utf-8")[-3000:], file=sys.stderr)
            raise
        finally:
            process.kill()  # nothing of it is kept, and a queue of cards need not be sent
            process.wait()
            log.close()
            await runner.cleanup()
