"""Fixtures of the machinery's tests."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from sandbox.server import Sandbox, build_app
from tests.bot.stage import Stage, build, migrated
from tests.bot.whole import Frontdoor, World


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a new database with its tables."""
    return migrated(tmp_path)


@pytest.fixture
async def stage(url: str) -> AsyncIterator[Stage]:
    """A stage whose loops are not running: what happens, happens because the test asked for it."""
    made = await build(url)
    yield made
    await made.machinery.stop()
    await made.database.close()


@pytest.fixture
async def running(stage: Stage) -> Stage:
    """The same stage with its loops running."""
    await stage.machinery.start()
    return stage


@pytest.fixture
async def keeper(url: str) -> AsyncIterator[Stage]:
    """A stage that keeps house, its loops running, on a Wednesday at 14:00 in Karachi."""
    made = await build(url, keeps_house=True)
    await made.machinery.start()
    yield made
    await made.machinery.stop()
    await made.database.close()


@pytest.fixture
async def world(tmp_path: Path, repository: Path) -> AsyncIterator[World]:
    """Time stands still in it."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(build_app(Sandbox(rate=0))))
        http = await stack.enter_async_context(ClientSession())
        yield World(str(server.make_url("")).rstrip("/"), http, tmp_path, repository)


@pytest.fixture
async def frontdoor(world: World, repository: Path) -> AsyncIterator[Frontdoor]:
    """Starts our command, or a program that does; whatever still runs at the end is killed."""
    started: list[Process] = []

    async def start(*arguments: str, program: str = "", **changed: str) -> Process:
        environment = {name: value for name, value in (world.environment | changed).items() if value}
        what = ("-c", program) if program else ("-m", "bot")
        process = await asyncio.create_subprocess_exec(
            sys.executable, *what, *arguments, cwd=repository, env=environment, stdout=PIPE, stderr=PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Tracebacks as plain text: a picture of every variable takes seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
    )
    yield
    structlog.reset_defaults()
