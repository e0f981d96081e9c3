"""A day of a busy desk at the speed of the sandbox: twenty clients, everybody at work, faults all day; then all is brought to its end.

Printed at the end: how much happened, the bot's memory by the hour, and what is left over (nothing).
"""

import argparse
import asyncio
import random
import re
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from bots import EXAMPLE
from stage import Stage

from sandbox.environment import around, bot_environment, free_port
from sandbox.faults import Fault
from sandbox.server import build_app
from sandbox.slack.errors import Refused
from sandbox.slack.interactions import Click
from sandbox.slack.model import Message

CLIENTS = 20
START = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""Wednesday 08:00 in Karachi: support opens."""
STEP = timedelta(minutes=2)
BLOCK = {"saas_name": "Till", "saas_url": "https://till.example.com", "branch": "Harbour Street", "branch_env": "Production",
         "device_type": "Printer", "build_version": "4.2.1", "issue_platform": "Web", "issue_detail": "Nothing prints."}  # fmt: skip
FAULTS = (
    ("slack", "chat.postMessage", "429"), ("slack", "chat.postMessage", "500-before"), ("slack", "chat.postMessage", "drop-after"),
    ("slack", "chat.update", "429"), ("slack", "chat.update", "hang"), ("slack", "message", "duplicate-delivery"),
    ("slack", "message", "late-delivery"), ("twilio", "calls.create", "500-after"), ("twilio", "calls.create", "429"),
)  # fmt: skip
PLAN: dict[str, tuple[str, float, dict[str, Any] | None]] = {
    "claim": ("U0SAM00001", 0.4, None),
    "answer": ("U0SAM00001", 0.1, {"outcome": "answered", "text": "Settings, then Printers."}),
    "escalate": ("U0SAM00001", 0.1, BLOCK),
    "acknowledge": ("U0LEE00001", 0.25, None),
    "assign": ("U0LEE00001", 0.5, {"developer": "devi"}),
    "update": ("U0DEVI0001", 0.05, {"what": "preliminary", "text": "We look into it."}),
    "resolve": (
        "U0DEVI0001",
        0.1,
        {"text": "Printing works again.", "cause": "Spooler", "steps": "Restarted"},
    ),
    "relay": ("U0SAM00001", 0.5, None),
    "solved": ("U0CASEY001", 0.2, None),
    "confirm": ("U0SAM00001", 0.05, None),
    "close": ("U0SAM00001", 0.5, None),
}
"""Button -> who presses it, how likely within a step, and what the form behind it is filled with."""
ENDING = ("claim", "answer", "acknowledge", "assign", "resolve", "relay", "confirm", "close")
"""At the end of the day: whatever brings a request to its end."""


@dataclass
class Desk:
    """The day: everybody in it, by chance but the same for the same seed."""

    stage: Stage
    chance: random.Random
    did: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    done: set[tuple[str, str, str]] = field(default_factory=set)

    async def step(self, rate: float, *, ending: bool = False) -> None:
        """Two minutes of the day: clients write, people press what lies before them, time goes on."""
        sandbox = self.stage.sandbox
        for _ in range(_poisson(self.chance, rate)):
            channel = self.chance.choice(self.stage.channels)
            sandbox.slack.people.message(
                "U0CASEY001", channel.id, f"Printing fails, case {self.did['written']}"
            )
            self.did["written"] += 1
        await sandbox.timeline.settle()
        for message, action in self._buttons():
            await self._press(message, action, ending=ending)
        for number in ("+12025550111", "+12025550121", "+12025550122"):
            sandbox.phone.exchange.behaviour[number] = self.chance.choice(
                ("ring", "busy", "voicemail", "answer-silent")
            )
        if not ending and self.chance.random() < 0.2:
            service, method, mode = self.chance.choice(FAULTS)
            sandbox.faults.add(Fault(service, method, mode, times=1, retry_after=1, delay=1))
            self.did[f"fault {mode}"] += 1
        if not ending and self.chance.random() < 0.02:
            sandbox.slack.sockets.drop()
            self.did["sockets dropped"] += 1
        await sandbox.timeline.advance(sandbox.clock.now() + STEP)

    def _buttons(self) -> list[tuple[Message, str]]:
        """Every button that lies before somebody now."""
        world = self.stage.sandbox.slack.world
        channels = [world.channels["C0SUPPORT1"], world.channels["C0ESCALATE"], *self.stage.channels]
        return [
            (message, element["action_id"])
            for channel in channels
            for message in channel.messages
            for block in message.blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] in PLAN
        ]

    async def _press(self, message: Message, action: str, *, ending: bool) -> None:
        who, likely, form = PLAN[action]
        if (ending and action not in ENDING) or (not ending and self.chance.random() > likely):
            return
        slack = self.stage.sandbox.slack
        if action == "solved" and (message.channel, message.ts, action) in self.done:
            return
        self.done.add((message.channel, message.ts, action))
        try:
            await slack.interactions.in_message(
                slack.world.person(who), message.channel, message.ts, Click(action, "", None, None)
            )
            if form is not None:
                await slack.submissions.submit(slack.world.person(who), "", form)
        except Refused as refused:
            self.refused[f"{action}: {refused}"] += 1
        else:
            self.did[action] += 1


def _poisson(chance: random.Random, rate: float) -> int:
    """How many of something come in a step in which `rate` are to be expected."""
    count, left = 0, chance.expovariate(1.0)
    while left < rate:
        count, left = count + 1, left + chance.expovariate(1.0)
    return count


def office(stage: Stage) -> str:
    """The example's configuration with a client to each channel, and no products."""
    text = re.split(r"(?m)^\[\[clients\]\]", EXAMPLE.read_text(encoding="utf-8"))[0]
    text = re.sub(r"(?m)^products = .*\n", "", text)
    for number, channel in enumerate(stage.channels):
        text += f'\n[[clients]]\nkey = "client-{number}"\nname = "Example Client {number}"\nchannels = ["{channel.id}"]\n'
        text += 'zone = "Europe/London"\nteams = ["T0RETAIL01"]\n'
    return text


def left_over(database: Path) -> dict[str, int]:
    """What is not at its end."""
    questions = {
        "open requests": "SELECT count(*) FROM tickets WHERE is_open",
        "clocks of closed requests": "SELECT count(*) FROM clocks WHERE state = 'armed' AND ticket > 0",
        "effects": "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'unknown')",
        "effects given up": "SELECT count(*) FROM outbox WHERE state IN ('gave_up', 'rejected')",
        "failed events": "SELECT count(*) FROM inbox WHERE error IS NOT NULL",
    }
    with sqlite3.connect(database) as connection:
        return {name: connection.execute(question).fetchone()[0] for name, question in questions.items()}


async def calm(database: Path) -> dict[str, int]:
    """What is left over once doubts had the time to settle (machine time, at most two minutes)."""
    for _ in range(120):
        rest = left_over(database)
        if not rest["effects"]:
            break
        await asyncio.sleep(1)
    return rest


def resident(pid: int) -> float:
    """Resident memory in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # every process has it


async def day(stage: Stage, pid: int, hours: int, rate: float, seed: int) -> tuple[Desk, list[float]]:
    """Live through it; what happened, and the memory at each full hour."""
    desk, memory = Desk(stage, random.Random(seed)), [resident(pid)]  # noqa: S311 - a repeatable day
    for step in range(hours * 30):
        local = (stage.sandbox.clock.now() + timedelta(hours=5)).hour
        await desk.step(rate * (1.0 if 8 <= local < 22 else 0.1))
        if step % 30 == 29:
            memory.append(resident(pid))
            print(
                f"{step // 30 + 1:3} h: {memory[-1]:.0f} MB, {dict(desk.did.most_common(4))}", file=sys.stderr
            )
    stage.sandbox.faults.clear()
    for _ in range(60):
        await desk.step(0.0, ending=True)
    return desk, memory


async def main() -> int:
    """Run it and print the figures; 1 when something is left over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=24)
    parser.add_argument(
        "--rate", type=float, default=0.7, help="messages of clients in two minutes of the day"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for the bot's data")
    asked = parser.parse_args()
    stage = Stage(channels=CLIENTS, rate=0, start=START)
    runner = web.AppRunner(build_app(stage.sandbox), access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    asked.data.mkdir(parents=True, exist_ok=True)
    (asked.data / "frontdoor.toml").write_text(office(stage), encoding="utf-8")
    wanted = bot_environment(port, free_port(), asked.data) | {
        "FRONTDOOR_CONFIG": str(asked.data / "frontdoor.toml")
    }
    with (asked.data / "bot.log").open("wb") as log:
        bot = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=around(wanted), cwd=asked.data, stdout=log, stderr=log
        )
        try:
            await stage.connected()
            began = time.perf_counter()
            desk, memory = await day(stage, bot.pid, asked.hours, asked.rate, asked.seed)
            took = time.perf_counter() - began
            rest = await calm(asked.data / "frontdoor.sqlite3")
        finally:
            if bot.returncode is None:
                bot.terminate()
                await asyncio.wait_for(bot.wait(), 60)
            await runner.cleanup()
    print(f"{asked.hours} hours in {took:.0f} s; calls: {len(stage.sandbox.phone.exchange.calls)}")
    print("did:", dict(desk.did))
    print("refused:", dict(desk.refused))
    print("memory by the hour, MB:", " ".join(f"{one:.0f}" for one in memory))
    print("left over:", rest)
    return int(any(rest.values()))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
