"""A stage of its own for every journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.driver import Stage, open_stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """The sandbox and the bot; at the end both are gone, and the bot has had nothing to complain of."""
    stage = open_stage(tmp_path)
    try:
        yield stage
        assert stage.bot.complaints() == []
    finally:
        stage.close()


@pytest.fixture
def strangers(tmp_path: Path) -> Iterator[Stage]:
    """The same, where the bot has something to complain of."""
    stage = open_stage(tmp_path)
    try:
        yield stage
    finally:
        stage.close()
