"""Starts the sandbox, and the bot as its child; ends both together."""

import asyncio
import fcntl
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiohttp import web

from sandbox import world_file
from sandbox.child import Child
from sandbox.environment import LOOPBACK, around, bot_environment, free_port, write_env_file
from sandbox.saving import Unreadable
from sandbox.server import Sandbox, build_app

SAVE_EVERY = 5.0
"""Machine seconds between two savings of a world that changed."""
OF_A_RUN = ("frontdoor.sqlite3", "frontdoor.sqlite3-wal", "frontdoor.sqlite3-shm", "world.json", "bot.log")
"""The files of a run in its data folder; `records` is the folder beside them."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to start. `port` 0 takes a free one; `go_on` takes up the world that `data` holds; `module` is the bot's."""

    port: int = 0
    with_bot: bool = True
    env_file: Path | None = None
    paused: bool = False
    data: Path = Path("var/demo")
    go_on: bool = False
    open_limits: bool = False
    module: str = "bot"


class CannotStart(Exception):
    """It cannot be started; the text says why, to the person at the keyboard."""


def holds_a_run(data: Path) -> bool:
    """Whether the folder keeps the world of an earlier run."""
    return (data / "world.json").exists()


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder for this run; raises CannotStart when another run has it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(f"another sandbox is running in {data}; give this one --data DIR") from error
        yield


async def run(options: Options, say: Say) -> None:
    """Run until SIGINT, SIGTERM or the terminal is closed; raises CannotStart. Nothing that was started is left behind."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    with only_one(options.data):
        sandbox = world_of(options, say)
        async with (
            served(sandbox, options.port) as port,
            saved_now_and_then(sandbox, options.data / "world.json"),
        ):
            environment = bot_environment(port, free_port(), options.data)
            url = f"http://{LOOPBACK}:{port}"
            if options.env_file is not None:
                write_env_file(options.env_file, environment, url)
            if not options.with_bot:
                greet(port, say)
                await stop.wait()
                return
            child = Child(around(environment), options.data / "bot.log", options.module)
            sandbox.ask_bot = child.ask
            try:
                await until_stopped(child, environment["PUBLIC_URL"], stop, lambda: greet(port, say), say)
            finally:
                await child.stop()


def world_of(options: Options, say: Say) -> Sandbox:
    """The sandbox, anew or as it was left."""
    sandbox = Sandbox(rate=0 if options.paused else 1)
    if options.go_on:
        try:
            world_file.load(sandbox, options.data / "world.json")
        except (OSError, Unreadable) as error:
            say(f"What was left cannot be taken up ({error}): beginning anew.")
            sandbox = Sandbox(rate=0 if options.paused else 1)
            begin_anew(options.data)
    else:
        begin_anew(options.data)
    sandbox.slack.limits.enabled = not options.open_limits
    return sandbox


def begin_anew(data: Path) -> None:
    """Remove what an earlier run left in its folder, and nothing else."""
    for name in OF_A_RUN:
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "records", ignore_errors=True)


@asynccontextmanager
async def served(sandbox: Sandbox, port: int) -> AsyncIterator[int]:
    """Serve the sandbox on loopback; the port it got. Raises CannotStart when the port is taken."""
    runner = web.AppRunner(build_app(sandbox), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        listener = socket.create_server((LOOPBACK, port))
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(f"port {port} cannot be had: {error.strerror}") from error
    got = int(listener.getsockname()[1])
    sandbox.reached_at(f"http://{LOOPBACK}:{got}")
    await web.SockSite(runner, listener).start()
    try:
        yield got
    finally:
        await runner.cleanup()


@asynccontextmanager
async def saved_now_and_then(sandbox: Sandbox, path: Path) -> AsyncIterator[None]:
    """Save the world every few seconds while it changes, and at the end."""

    async def keep() -> None:
        saved = -1
        while True:
            if saved != sandbox.wire.version:
                saved = sandbox.wire.version
                world_file.save(sandbox, path)
            await asyncio.sleep(SAVE_EVERY)

    task = asyncio.get_running_loop().create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        world_file.save(sandbox, path)


async def until_stopped(
    child: Child, public_url: str, stop: asyncio.Event, greet_now: Callable[[], None], say: Say
) -> None:
    """Start the bot, say where the sandbox is, wait for `stop`. A bot that ends is not started again, but said."""
    stopping = asyncio.create_task(stop.wait())
    try:
        if not await came_first(started(child, public_url), stopping):
            return
        greet_now()
        if await came_first(child.ended(), stopping):
            say(f"The bot has ended (status {await child.ended()}). Its last words:\n{child.last_words()}")
            say(
                "The sandbox still runs; Ctrl-C ends it, starting it again with --continue goes on from here."
            )
        await stopping
    finally:
        stopping.cancel()


async def came_first(work: Coroutine[None, None, object], stopping: "asyncio.Task[Literal[True]]") -> bool:
    """Whether `work` ended before `stopping` did (its error is raised); otherwise it is given up."""
    task = asyncio.ensure_future(work)
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return False
    task.result()
    return True


async def started(child: Child, public_url: str) -> None:
    """Start the bot, which brings its SQLite database up to date by itself; raises CannotStart with what it said."""
    await child.start("run")
    if not await child.ready(f"{public_url}/readyz"):
        raise CannotStart(f"the bot did not become ready:\n{child.last_words()}")


def greet(port: int, say: Say) -> None:
    """Say where it is; the address is the last line."""
    if sys.stdout.isatty():
        say(f"On another machine? Run there first: ssh -L {port}:{LOOPBACK}:{port} {socket.gethostname()}")
    else:
        say(f"From another machine: ssh -L {port}:{LOOPBACK}:{port} <this machine>")
    say(f"Frontdoor's sandbox is ready: http://{LOOPBACK}:{port}/")
