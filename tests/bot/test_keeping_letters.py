"""Events that failed, from the command line: seen beside a running bot, replayed where nobody else writes."""

import sys
from collections.abc import Callable, Iterator

import pytest

from bot import cli, keeping_letters, transaction
from bot.keeping_letters import ALL
from bot.opening import CannotRun
from bot.storage import migrate
from policies.events import AnyEvent
from tests.bot.stage import Stage, build


@pytest.fixture
def fault() -> Iterator[Callable[[], None]]:
    """A release that quotes the client when it fails; called, it is mended."""

    def decide(event: AnyEvent, *_: object) -> object:
        raise LookupError(f"no rule for {getattr(event, 'text', '')!r} in policies\nand more of it")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(transaction, "decide", decide)
        yield broken.undo


async def _stopped(stage: Stage) -> None:
    await stage.machinery.stop()
    await stage.database.close()


async def test_what_failed_is_listed_beside_the_running_bot_without_a_word_of_the_client(
    stage: Stage, fault: Callable[[], None]
) -> None:
    await stage.writes("My PIN\nis 4711")

    ((one,), number) = await keeping_letters.letters(stage.url)

    assert (one.key, one.at, one.kind, one.tries, one.waits, number) == (
        "m0", stage.clock.now(), "message_posted", 1, False, 1,
    )  # fmt: skip
    assert one.error == "LookupError: no rule for '…' in policies"


async def test_beside_a_running_bot_on_sqlite_the_button_is_the_way(
    stage: Stage, fault: Callable[[], None]
) -> None:
    await stage.writes()

    with pytest.raises(CannotRun, match='press "Try again" in Slack, or stop the bot first'):
        await keeping_letters.replay(stage.url, ALL)


@pytest.mark.parametrize("which", ["m0", ALL])
async def test_a_replay_is_taken_by_the_next_run(stage: Stage, fault: Callable[[], None], which: str) -> None:
    await stage.writes("It is broken")
    await _stopped(stage)
    fault()

    assert await keeping_letters.replay(stage.url, which) == 1
    with pytest.raises(CannotRun, match=r"No event that failed has the key m7\."):
        await keeping_letters.replay(stage.url, "m7")

    again = await build(stage.url, clock=stage.clock)
    assert await again.machinery.desk.retry_failed() == 1
    assert [ticket.ref for ticket in await again.machinery.board.open_tickets()] == ["SUP-1"]
    assert await keeping_letters.letters(stage.url) == ([], 0)
    await _stopped(again)


async def test_on_postgresql_a_replay_is_possible_beside_the_bot(
    new_postgresql: Callable[[], str], fault: Callable[[], None]
) -> None:
    url = new_postgresql()
    migrate.upgrade(url)
    stage = await build(url)
    await stage.writes()
    assert await stage.machinery.desk.retry_failed() == 0
    fault()

    assert await keeping_letters.replay(url, "m0") == 1

    assert await stage.machinery.desk.retry_failed() == 1
    assert await stage.machinery.board.letters() == []
    await _stopped(stage)


async def test_what_is_kept_unread_is_listed_too(stage: Stage) -> None:
    """A delivery in Slack's own form, and one in no form at all."""
    for key, raw in (("Ev1", '{"type": "event_callback", "text": "Help"}'), ("Ev2", "odd")):
        await stage.machinery.desk.keep_delivery(key, raw, KeyError("help"), stage.clock.now())

    found, _ = await keeping_letters.letters(stage.url)

    assert [(one.key, one.kind, one.error) for one in found] == [
        ("raw:Ev1", "event_callback", "KeyError: '…'"),
        ("raw:Ev2", "unreadable", "KeyError: 'help'"),
    ]


def test_the_command_says_so_in_lines(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "DATABASE_URL": url,
    }.items():
        monkeypatch.setenv(name, value)
    for arguments, code in (((), 0), (("--replay", "all"), 0), (("--replay", "m0"), 1)):
        monkeypatch.setattr(sys, "argv", ["frontdoor", "letters", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == code

    assert capsys.readouterr() == (
        "Events that failed: 0.\nEvents that are tried again: 0.\n",
        "No event that failed has the key m0.\n",
    )
