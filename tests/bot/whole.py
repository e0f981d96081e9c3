"""The whole bot as a process, and the sandbox that it lives in."""

import asyncio
import json
import os
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from sandbox import cast

Frontdoor = Callable[..., Awaitable[Process]]


class World:
    """A sandbox and the environment of a bot that lives in it."""

    def __init__(self, url: str, http: ClientSession, home: Path, repository: Path) -> None:
        self.url, self.http, self.home = url, http, home
        self.public = f"http://127.0.0.1:{unused_port()}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "SLACK_BOT_TOKEN": cast.BOT_TOKEN,
            "SLACK_APP_TOKEN": cast.APP_TOKEN,
            "SLACK_API_URL": f"{url}/api/",
            "TWILIO_ACCOUNT_SID": cast.ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": cast.AUTH_TOKEN,
            "TWILIO_FROM_NUMBER": cast.FROM_NUMBER,
            "TWILIO_API_URL": url,
            "PUBLIC_URL": self.public,
            "FRONTDOOR_LISTEN": self.public.removeprefix("http://"),
            "DATABASE_URL": f"sqlite:///{home / 'frontdoor.sqlite3'}",
            "FRONTDOOR_CONFIG": str(repository / "frontdoor.example.toml"),
            "FRONTDOOR_CLOCK_URL": f"{url.replace('http', 'ws', 1)}/_clock",
            "FRONTDOOR_RECORDS_DIR": str(home / "records"),
        }

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        """What a person or the clock does."""
        async with self.http.post(f"{self.url}/_control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def texts(self, channel: str) -> list[str]:
        """What stands in a channel."""
        async with self.http.get(f"{self.url}/_control/messages/{channel}") as answer:
            return [message["text"] for message in (await answer.json())["messages"]]


async def ready(process: Process) -> None:
    """Until it says that it has started."""
    assert process.stderr is not None
    said = []
    while line := (await process.stderr.readline()).decode():
        said.append(line)
        if line.startswith("{") and json.loads(line)["event"] == "started":
            return
    pytest.fail("the bot ended before it had started:\n" + "".join(said))


async def ended(process: Process) -> tuple[int | None, list[str], list[str]]:
    """The exit code, and the lines on stdout and stderr."""
    async with asyncio.timeout(45):
        out, err = await process.communicate()
    return process.returncode, out.decode().splitlines(), err.decode().splitlines()
