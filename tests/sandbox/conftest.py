"""The stage of the Slack tests: a sandbox of its own for each, time standing still."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from sandbox.server import Sandbox, build_app
from tests.sandbox.slack_stage import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A sandbox on a free port, without rate limits."""
    sandbox = Sandbox(rate=0)
    sandbox.slack.limits.enabled = False
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(build_app(sandbox)))
        http = await stack.enter_async_context(ClientSession())
        yield Stage(sandbox, str(server.make_url("")).rstrip("/"), http, stack)
