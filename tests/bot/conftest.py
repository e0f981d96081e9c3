"""Fixtures of the machinery's tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.bot.stage import Stage, build, migrated


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


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Tracebacks as plain text: a picture of every variable takes seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
    )
    yield
    structlog.reset_defaults()
