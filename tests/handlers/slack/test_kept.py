"""A delivery that fails with us, from Slack's signature to its replay: acknowledged when it is kept, and only then."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import NoReturn

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.storage import inbox
from bot.storage.engine import StoreFailed
from handlers.slack import http, parse
from tests.bot.stage import START
from tests.handlers.slack.stage import message
from tests.handlers.slack.wired import Wired

TS = f"{START.timestamp():.0f}.000100"
BODY = message("The till shows an error", ts=TS, event_ts=TS)


@pytest.fixture
async def slack_brings(wired: Wired) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Slack brings Casey's message, signed; the status that it is answered with."""
    app = web.Application()
    app.add_routes(wired.room.http_routes())

    async def bring() -> int:
        raw, stamp = json.dumps(BODY), str(int(wired.stage.clock.wall().timestamp()))
        digest = hmac.new(b"sandbox-signing-secret", f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": "application/json",
        }
        async with client.post(http.PATH, data=raw, headers=headers) as answer:
            return answer.status

    async with TestClient(TestServer(app)) as client:
        yield bring


@pytest.fixture
def mend() -> Iterator[Callable[[], None]]:
    """A release whose listener raises on every message; called, it is mended."""

    def broken(*_: object) -> NoReturn:
        raise KeyError("a field that Slack left out")

    with pytest.MonkeyPatch.context() as fault:
        fault.setattr(parse, "message", broken)
        yield fault.undo


async def test_a_message_that_we_cannot_read_is_kept_as_it_came_and_read_once_we_can(
    wired: Wired, slack_brings: Callable[[], Awaitable[int]], mend: Callable[[], None]
) -> None:
    """Acknowledged, so that Slack does not give us up; brought once more, it is still one letter and one request."""
    stage, board = wired.stage, wired.stage.machinery.board
    assert [await slack_brings() for _ in range(2)] == [200, 200]
    (letter,) = await board.letters()
    assert (letter.key, letter.tries, json.loads(letter.raw)) == ("raw:Ev1", 2, BODY)
    assert letter.error == "KeyError: 'a field that Slack left out'"
    assert await board.open_tickets() == ()

    mend()
    await stage.database.write(lambda conn: inbox.try_again(conn, letter.key))
    await stage.machinery.desk.retry_failed()

    assert await board.letters() == []
    (ticket,) = await board.open_tickets()
    assert (ticket.ref, ticket.opened_at.timestamp(), [said.text for said in ticket.messages]) == (
        "SUP-1",
        float(TS),
        ["The till shows an error"],
    )


async def test_what_can_be_neither_read_nor_kept_is_not_acknowledged(
    wired: Wired,
    slack_brings: Callable[[], Awaitable[int]],
    mend: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Slack brings it again, and then it is kept."""

    async def full(_work: object) -> NoReturn:
        raise StoreFailed("the disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(wired.stage.database, "write", full)
        assert await slack_brings() == 500
    assert await wired.stage.machinery.board.letters() == []

    assert await slack_brings() == 200
    assert [letter.key for letter in await wired.stage.machinery.board.letters()] == ["raw:Ev1"]
