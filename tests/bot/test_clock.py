"""What the clocks promise: never back, aware UTC, and with a sandbox exactly its time."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import LinkedClock, SystemClock

NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


class Machine:
    """A machine whose clock can be set wrong, and whose steady counter goes on."""

    def __init__(self) -> None:
        self.wall, self.steady = NINE, 100.0

    def passes(self, seconds: float) -> None:
        """Both go on."""
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds


@pytest.fixture
def machine() -> Machine:
    """A machine at nine."""
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SystemClock:
    """A clock on that machine."""
    return SystemClock(lambda: machine.wall, lambda: machine.steady)


def test_the_system_clock_follows_the_machine(machine: Machine, clock: SystemClock) -> None:
    """Aware UTC, and as far as time has passed."""
    machine.passes(90)

    assert (clock.now(), clock.now().tzinfo) == (NINE + timedelta(seconds=90), UTC)
    assert clock.seconds_until(NINE + timedelta(seconds=100)) == 10


def test_a_step_forwards_is_followed(machine: Machine, clock: SystemClock) -> None:
    """The machine had slept, or was set right: what is due is due."""
    machine.wall += timedelta(minutes=2)

    assert clock.now() == NINE + timedelta(minutes=2)
    machine.passes(1)
    assert clock.now() == NINE + timedelta(minutes=2, seconds=1)


def test_a_step_back_is_ridden_out(machine: Machine, clock: SystemClock) -> None:
    """Time goes on at its own pace: nothing fires twice, nothing waits an hour."""
    machine.passes(5)
    machine.wall -= timedelta(hours=1)
    machine.passes(5)

    assert clock.now() == NINE + timedelta(seconds=10)


def test_every_step_is_said_once_with_its_seconds(machine: Machine, clock: SystemClock) -> None:
    """Also the one back, and the one that only undoes it: an operator sees that the machine's time is not kept."""
    steps: list[float] = []
    clock.stepped = steps.append
    with capture_logs() as logs:
        for seconds in (120, -3600, 3600):
            machine.wall += timedelta(seconds=seconds)
            clock.now()
            machine.passes(1)
            clock.now()

    assert steps == [120, -3600, 3600]
    assert [(line["seconds"], line["ahead"]) for line in logs] == [(120, 0), (-3600, 3600), (3600, 0)]


def test_a_start_is_never_before_the_mark(machine: Machine) -> None:
    """A machine that came up in 1970, or an hour back, moves no history; one that is later is simply right."""
    machine.wall = datetime(1970, 1, 1, tzinfo=UTC)
    came_up_wrong = SystemClock(lambda: machine.wall, lambda: machine.steady, not_before=NINE)
    machine.passes(10)
    assert (came_up_wrong.now(), came_up_wrong.ahead) == (
        NINE + timedelta(seconds=10),
        (NINE - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds(),
    )
    machine.wall = NINE + timedelta(hours=1)
    assert came_up_wrong.now() == NINE + timedelta(hours=1)

    later = SystemClock(lambda: machine.wall, lambda: machine.steady, not_before=NINE)
    assert (later.now(), later.ahead) == (NINE + timedelta(hours=1), 0)


SECONDS = st.floats(0, 7200, allow_nan=False)
STEPS = st.one_of(
    st.just(0.0), st.sampled_from([120.0, -3600.0, 3600.0]), st.floats(-1e6, 1e6, allow_nan=False)
)


@given(st.lists(st.tuples(SECONDS, STEPS), max_size=30), st.floats(-1e5, 1e5, allow_nan=False))
def test_whatever_the_machine_s_clock_does_time_goes_on(
    looks: list[tuple[float, float]], marked: float
) -> None:
    """Never back and nothing delayed; never early; and a step forwards is seen by the next look."""
    machine = Machine()
    mark = NINE + timedelta(seconds=marked)
    clock = SystemClock(lambda: machine.wall, lambda: machine.steady, not_before=mark)
    before = clock.now()
    assert before >= mark
    for passed, step in looks:
        machine.passes(passed)
        machine.wall += timedelta(seconds=step)
        now = clock.now()
        at_its_pace, a_rounding = before + timedelta(seconds=passed), timedelta(microseconds=100)
        assert now >= at_its_pace - a_rounding
        assert now >= before
        assert now <= max(at_its_pace, machine.wall) + a_rounding
        assert now >= machine.wall - timedelta(seconds=1)
        before = now


@given(st.lists(st.sampled_from([0.0, 120.0, -3600.0]), min_size=40, max_size=40))
def test_a_deadline_fires_once_and_not_late_whatever_is_stepped(steps: list[float]) -> None:
    """Looked at each second: within a second of its moment, or as soon as the machine is beyond it."""
    machine = Machine()
    clock = SystemClock(lambda: machine.wall, lambda: machine.steady)
    due, fired = clock.now() + timedelta(seconds=30), 0
    latest = machine.steady + 31
    for step in steps:
        was_due = clock.now() >= due
        machine.passes(1)
        machine.wall += timedelta(seconds=step)
        is_due = clock.now() >= due
        fired += is_due and not was_due
        assert is_due or not was_due
        if machine.steady >= latest or machine.wall - timedelta(seconds=1) >= due:
            assert is_due

    assert fired == 1


class Link:
    """A sandbox's end of the link: sends what the test says, and keeps what it hears."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.heard: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.names: list[str] = []
        self.connected = asyncio.Event()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One bot."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.names.append(request.query["name"])
        self.sockets.append(socket)
        self.connected.set()
        async for message in socket:
            self.heard.put_nowait(json.loads(message.data))
        return socket

    async def tell(self, now: datetime, rate: int = 0) -> None:
        """Tell the time."""
        text = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        await self.sockets[-1].send_json({"type": "time", "seq": 1, "now": text, "rate": rate})

    async def settle(self, seq: int) -> None:
        """Ask whether anything is in hand."""
        await self.sockets[-1].send_json({"type": "settle", "seq": seq})


@pytest.fixture
async def link() -> AsyncIterator[tuple[Link, str]]:
    """A link on a free port, and its address."""
    made = Link()
    app = web.Application()
    app.router.add_get("/_clock", made.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield made, f"http://127.0.0.1:{runner.addresses[0][1]}/_clock"
    await runner.cleanup()


async def test_a_linked_clock_shows_exactly_the_sandbox_s_time(link: tuple[Link, str]) -> None:
    """Standing still it stands still; told anew it moves, and says so to whoever listens."""
    sandbox, url = link
    clock = LinkedClock(url, "frontdoor")
    moved = asyncio.Queue[datetime]()
    clock.listeners.append(lambda: moved.put_nowait(clock.now()))
    with pytest.raises(RuntimeError, match="ready"):
        clock.now()

    async def idle() -> datetime | None:
        return None

    following = asyncio.create_task(clock.run(idle))
    await sandbox.connected.wait()
    await sandbox.tell(NINE)
    await clock.ready.wait()
    assert (clock.now(), clock.seconds_until(NINE + timedelta(seconds=1))) == (NINE, float("inf"))
    await sandbox.tell(NINE + timedelta(minutes=30))
    async with asyncio.timeout(5):
        told = [await moved.get(), await moved.get()]
    following.cancel()

    assert told == [NINE, NINE + timedelta(minutes=30)]
    assert sandbox.names == ["frontdoor"]
    assert abs(clock.wall() - SystemClock().now()) < timedelta(seconds=1)


async def test_a_linked_clock_says_idle_only_when_nothing_is_in_hand(link: tuple[Link, str]) -> None:
    """With the next due moment; a newer question replaces an older one."""
    sandbox, url = link
    clock = LinkedClock(url, "frontdoor")
    calm = asyncio.Event()

    async def idle() -> datetime | None:
        await calm.wait()
        return NINE + timedelta(seconds=10)

    following = asyncio.create_task(clock.run(idle))
    await sandbox.connected.wait()
    await sandbox.tell(NINE)
    await sandbox.settle(1)
    await sandbox.settle(2)
    await clock.ready.wait()
    await asyncio.sleep(0.02)
    assert sandbox.heard.empty()
    calm.set()
    async with asyncio.timeout(5):
        answer = await sandbox.heard.get()
    following.cancel()

    assert answer == {"type": "idle", "seq": 2, "next_due": "2026-11-18T09:00:10.000000Z"}


async def test_a_lost_link_is_taken_up_again(link: tuple[Link, str]) -> None:
    """The sandbox was started anew; meanwhile time stands where it stood."""
    sandbox, url = link
    clock = LinkedClock(url, "frontdoor")

    async def idle() -> datetime | None:
        return None

    following = asyncio.create_task(clock.run(idle))
    await sandbox.connected.wait()
    await sandbox.tell(NINE)
    await clock.ready.wait()
    sandbox.connected.clear()
    await sandbox.sockets[-1].close()
    assert clock.now() == NINE
    async with asyncio.timeout(5):
        await sandbox.connected.wait()
    following.cancel()

    assert len(sandbox.sockets) == 2
