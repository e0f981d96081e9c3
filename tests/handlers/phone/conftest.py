"""The telephone room on its stage."""

from collections.abc import AsyncIterator

import pytest

from tests.handlers.phone.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The room's webhooks on loopback, with a stub desk behind."""
    async with staged() as stage:
        yield stage
