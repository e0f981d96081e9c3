"""A delivery that fails with us, from Slack's signature to its replay: acknowledged when it is kept, and only then."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import NoReturn

import pytest

from bot.storage import inbox
from bot.storage.engine import StoreFailed
from handlers.slack import parse
from tests.bot.stage import START
from tests.handlers.slack.stage import Json, message
from tests.handlers.slack.wired import Wired

TS = f"{START.timestamp():.0f}.000100"
Brings = Callable[[Json], Awaitable[int]]
BODY = message("The till shows an error", ts=TS, event_ts=TS)


@pytest.fixture
def mend() -> Iterator[Callable[[], None]]:
    """A release whose listener raises on every message; called, it is mended."""

    def broken(*_: object) -> NoReturn:
        raise KeyError("a field that Slack left out")

    with pytest.MonkeyPatch.context() as fault:
        fault.setattr(parse, "message", broken)
        yield fault.undo


async def test_a_message_that_we_cannot_read_is_kept_as_it_came_and_read_once_we_can(
    wired: Wired, brings: Brings, mend: Callable[[], None]
) -> None:
    """Acknowledged, so that Slack does not give us up; brought once more, it is still one letter and one request."""
    stage, board = wired.stage, wired.stage.machinery.board
    assert [await brings(BODY) for _ in range(2)] == [200, 200]
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
    brings: Brings,
    mend: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Slack brings it again, and then it is kept."""

    async def full(_work: object) -> NoReturn:
        raise StoreFailed("the disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(wired.stage.database, "write", full)
        assert await brings(BODY) == 500
    assert await wired.stage.machinery.board.letters() == []

    assert await brings(BODY) == 200
    assert [letter.key for letter in await wired.stage.machinery.board.letters()] == ["raw:Ev1"]


@pytest.mark.parametrize("odd", ["till \x00 shows", "till \ud83d shows"], ids=["null", "half"])
async def test_what_no_database_takes_is_a_request_all_the_same(
    wired: Wired, brings: Brings, odd: str
) -> None:
    """JSON may carry a null and halves of characters: what they stand for is shown as unreadable, the words around it are kept."""
    assert await brings(message(odd, ts=TS, event_ts=TS)) == 200

    (ticket,) = await wired.stage.machinery.board.open_tickets()
    assert [said.text for said in ticket.messages] == ["till \ufffd shows"]
    assert await wired.stage.machinery.board.letters() == []
