"""What watches over the whole bot is really there: the canary, the ping, the watchdog, and the clocks' own figures."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import app as root
from bot import roster, settings
from bot.canary import LATE
from bot.clock import SystemClock
from bot.in_force import InForce
from bot.mark import HighWaterMark
from bot.storage.engine import Database, connect
from bot.watchdog import STUCK, Watchdog
from handlers.web import ping
from tests.bot.stage import EXAMPLE, migrated
from tests.bot.whole import Frontdoor, World, ended, ready

pytestmark = pytest.mark.journey
FIGURES = (
    "frontdoor_canary_age_seconds",
    "frontdoor_clock_steps_total",
    "frontdoor_ping_age_seconds",
    "frontdoor_slack_skew_seconds",
)
TICK = 0.02
SILENCE = LATE + timedelta(seconds=1)


class Machine:
    """A machine whose clock stands a day behind Slack's until somebody sets it."""

    def __init__(self) -> None:
        self.wall, self.steady = datetime.now(UTC) - timedelta(days=1), 100.0  # noqa: TID251 - as far from Slack's real one

    def passes(self, length: timedelta) -> None:
        """Time goes on."""
        self.wall += length
        self.steady += length.total_seconds()


class Alive:
    """A bot that runs in this process, by the clock of `machine`, with somebody outside who expects its pings."""

    def __init__(self, app: root.App, machine: Machine, heard: list[str]) -> None:
        self.app, self.machine, self.heard = app, machine, heard

    async def until(self, true: Callable[[], Awaitable[bool]]) -> None:
        """It looks once a tick; bounded."""
        async with asyncio.timeout(30):
            while True:
                if await true():
                    return
                await asyncio.sleep(TICK)

    async def ready(self) -> bool:
        """Whether nothing is missing."""
        return self.app.web.port != 0 and not await self.app.missing()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A new one, on SQLite."""
    made = connect(migrated(tmp_path))
    yield made
    await made.close()


@pytest.fixture
async def alive(world: World, database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Alive]:
    """It is ready, and pings all the time."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response()

    outside = web.Application()
    outside.router.add_get("/{tail:.*}", hear)
    async with TestServer(outside) as server:
        environment = world.environment | {"FRONTDOOR_PING_URL": str(server.make_url("/hush"))}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("FRONTDOOR_CLOCK_URL")
        monkeypatch.setattr(ping, "EVERY", 0.05)
        machine = Machine()
        clock = SystemClock(lambda: machine.wall, lambda: machine.steady)
        app = root.App(settings.load(), InForce(roster.load(EXAMPLE)), database, clock, Watchdog())
        running = asyncio.create_task(app.run())
        made = Alive(app, machine, heard)
        await made.until(made.ready)
        yield made
        app._stop.set()
        await running


async def _figures(world: World) -> dict[str, float]:
    async with world.http.get(f"{world.public}/metrics") as answer:
        lines = [line.split(" ") for line in (await answer.text()).splitlines()]
    return {name.partition("{")[0]: float(value) for name, value, *_ in lines if name.startswith(FIGURES)}


async def test_a_way_that_is_broken_is_seen_in_readiness_and_figures_and_heard_of_outside(
    alive: Alive, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No clock comes through any more: not ready, for this reason; and whoever expects our ping hears nothing."""

    async def blind() -> float:
        return 1.0

    async def pinged() -> bool:
        return bool(alive.heard)

    async def red() -> bool:
        return "canary" in await alive.app.missing()

    await alive.until(pinged)
    with monkeypatch.context() as fault:
        fault.setattr(alive.app.machinery.watch, "_turn", blind)
        alive.machine.passes(SILENCE)
        await alive.until(red)
        async with world.http.get(f"{world.public}/readyz") as answer:
            said = await answer.json()
        age = (await _figures(world))["frontdoor_canary_age_seconds"]
        heard = len(alive.heard)
        assert alive.app._ping is not None
        await alive.app._ping.once()

    assert (answer.status, said["missing"]["canary"], age, len(alive.heard)) == (
        503,
        f"no clock has come through for {SILENCE.total_seconds():.0f} seconds",
        SILENCE.total_seconds(),
        heard,
    )


async def test_a_canary_that_sings_is_seen_in_the_figures(alive: Alive, world: World) -> None:
    """The house's clocks are armed in the bot that `frontdoor run` puts together."""
    alive.machine.passes(LATE)

    async def sung() -> bool:
        return (await _figures(world))["frontdoor_canary_age_seconds"] == 0

    await alive.until(sung)
    assert await alive.app.missing() == {}


async def test_a_machine_whose_clock_is_wrong_is_seen_in_the_figures(alive: Alive, world: World) -> None:
    """How far from Slack's, and each step that it makes."""
    alive.machine.wall += timedelta(minutes=2)
    alive.app.machinery.wake()

    async def stepped() -> bool:
        return (await _figures(world)).get("frontdoor_clock_steps_total") == 1.0

    await alive.until(stepped)
    figures = await _figures(world)
    assert figures["frontdoor_slack_skew_seconds"] == pytest.approx(-86_400, abs=600)
    assert figures["frontdoor_ping_age_seconds"] < 60


async def test_no_start_is_before_what_was_told_before_it(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that comes up in the past goes on from the mark in the database."""
    late = SystemClock().now() + timedelta(hours=1)
    await HighWaterMark(database, SystemClock(lambda: late)).keep()
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FRONTDOOR_CLOCK_URL")

    clock = await root._clock(settings.load(), database)

    assert clock.now() >= late


STANDS_STILL = """
import asyncio, os, time
from bot import app, cli
from bot.watch import Watch
from bot.watchdog import Limits, Watchdog

app.Watchdog = lambda: Watchdog(Limits(alarm=1, stall=2, grace=2, tick=0.1))
truly = Watch.fire_due

async def fire_due(self):
    if os.path.exists("{sign}"):
        {fault}
    return await truly(self)

Watch.fire_due = fire_due
cli.main()
"""
FAULTS = {
    "the loop": (
        "time.sleep(600)",
        STUCK,
        "the process is stuck and could not end by itself",
    ),
    "a part": (
        "await asyncio.Event().wait()",
        1,
        "A part of the bot stood still; the log says which. Start the bot again.",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
async def test_a_bot_that_stands_still_ends_and_its_next_start_keeps_the_promise(
    world: World, frontdoor: Frontdoor, tmp_path: Path, what: str
) -> None:
    """As it is put together: a blocked loop is ended hard, a part that hangs gently; a supervisor starts it again."""
    fault, code, last = FAULTS[what]
    sign = tmp_path / "stand still"
    bot = await frontdoor("run", program=STANDS_STILL.format(sign=sign, fault=fault))
    await ready(bot)
    await world.control(
        "message", user="U0CASEY001", channel="C0RETAIL01", text="Printing fails", settle=True
    )
    await asyncio.to_thread(sign.touch)

    ends, _, log = await ended(bot)

    assert ends == code
    assert last in log[-1]
    lines = [json.loads(line) for line in log if line.startswith("{")]
    assert "a part stands still for good: the process is asked to end" in {line["event"] for line in lines}
    await ready(await frontdoor("run"))
    await world.control("clock/advance", seconds=10)
    assert [text.partition(".")[0] for text in await world.texts("C0RETAIL01")] == [
        "Printing fails",
        "We have your message",
    ]
