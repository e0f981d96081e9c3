"""Somebody outside hears of us once a minute while everything is ready, and of nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from handlers.web.ping import Ping

SECRET = "9f1c-the-secret-of-the-check"


@dataclass
class Outside:
    """A heartbeat service that answers as it is told, and us before it."""

    url: str = ""
    status: int = 200
    heard: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    seconds: float = 0.0

    async def serve(self, request: web.Request) -> web.Response:
        """Take a ping."""
        self.heard.append(request.path_qs)
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})

    async def ready(self) -> dict[str, str]:
        """What is missing with us."""
        return self.missing

    def fail(self) -> None:
        """Nobody took it."""
        self.failures += 1

    def ping(self, url: str = "") -> Ping:
        """Ours."""
        return Ping(SecretStr(url or self.url), self.ready, self.fail, lambda: self.seconds)


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    """On loopback."""
    made = Outside()
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.serve)
    async with TestServer(app) as server:
        made.url = str(server.make_url(f"/{SECRET}?up=1"))
        yield made


async def test_while_everything_is_ready_somebody_outside_hears_of_us(outside: Outside) -> None:
    """At the address as it was given; the age of the last one that was taken is known."""
    ping = outside.ping()
    outside.seconds = 30
    assert ping.age == 30
    await ping.once()

    assert (outside.heard, outside.failures, ping.age) == ([f"/{SECRET}?up=1"], 0, 0)


async def test_while_anything_is_missing_we_are_silent(outside: Outside) -> None:
    """Silence is what the outside alarms at: the same parts as in /readyz."""
    outside.missing = {"canary": "no clock has come through for 400 seconds"}
    ping = outside.ping()
    await ping.once()
    assert (outside.heard, outside.failures) == ([], 0)
    outside.missing = {}
    await ping.once()
    assert len(outside.heard) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_ping_that_is_not_taken_is_counted_and_said_once(outside: Outside, status: int) -> None:
    """Without its address; a redirect is not followed; and it is said when it is taken again."""
    outside.status = status
    ping = outside.ping()
    with capture_logs() as logs:
        for _ in range(3):
            await ping.once()
        outside.status = 200
        await ping.once()

    assert (outside.failures, len(outside.heard)) == (3, 4)
    assert [(line["event"], line.get("reason")) for line in logs] == [
        ("ping.failed", f"it answers {status}"),
        ("ping.taken_again", None),
    ]


async def test_an_outside_that_is_gone_is_no_trouble_of_ours(outside: Outside) -> None:
    """Nothing is raised, and the address is in no log."""
    ping = outside.ping(f"http://127.0.0.1:1/{SECRET}")
    with capture_logs() as logs:
        async with asyncio.timeout(20):
            await ping.once()

    assert outside.failures == 1
    assert SECRET not in json.dumps(logs)


async def test_parts_that_do_not_answer_whether_they_are_ready_are_not(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hanging database must not look like health."""
    monkeypatch.setattr("handlers.web.ping.READY_PATIENCE", 0.01)

    async def hangs() -> dict[str, str]:
        await asyncio.Event().wait()
        return {}

    await Ping(SecretStr(outside.url), hangs, outside.fail, lambda: 0.0).once()
    assert outside.heard == []
