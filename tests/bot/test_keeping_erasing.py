"""What people wrote in a request can be erased for good, and the record of what was done stays whole."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot import keeping, keeping_erasing
from bot.cli import app
from bot.opening import CannotRun
from bot.storage import inbox, migrate, tickets, timeline
from bot.storage.codec import dump_fact
from bot.storage.engine import Connection
from bot.storage.erasing import Erasure
from policies.events import Answer, MessageEdited
from policies.facts import Erased, Replied
from policies.ticket import Ticket
from tests.bot.stage import CASEY, SAM, START, Stage, build, migrated

SECRET = "Zarquon's receipts are all upside down"
OTHER = "Another matter altogether"


def _yes(_ticket: Ticket) -> None:
    """The person means it."""


async def _whole(url: str) -> keeping.Verified:
    return await keeping.verify(url, lambda _words: None, write=None, against=None)


async def _lived(stage: Stage, *, closed: bool = True) -> int:
    """A request in which one sentence was written, quoted, escalated and answered with, and which is over by now."""
    number = (await stage.writes(SECRET)).ticket
    assert number is not None
    await stage.writes(OTHER, thread="9.9")
    await stage.machinery.start()
    await stage.settled()
    answer = Answer(
        key=stage.key(),
        at=stage.clock.now(),
        actor=SAM,
        ticket=number,
        outcome="answered",
        text=f"You say: {SECRET}",
        cause=SECRET,
    )
    assert (await stage.do(answer)).accepted
    await stage.settled()
    if closed:
        await _closed(stage, number)
        await stage.settled()
    return number


async def _closed(stage: Stage, number: int) -> None:
    assert (await stage.presses("solved", number, CASEY)).accepted
    assert (await stage.presses("close", number, SAM)).accepted


async def _ended(stage: Stage) -> None:
    await stage.machinery.stop()
    await stage.database.close()


def _files_with(words: str, folder: Path) -> list[str]:
    return sorted(
        path.name for path in folder.iterdir() if path.is_file() and words.encode() in path.read_bytes()
    )


def _leave_in_free_pages(file: Path, words: str) -> None:
    """What was stored for a while and is no row any more; some builds of SQLite overwrite it and most do not."""
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA secure_delete=OFF")
        for statement in ("CREATE TABLE gone (words)", "INSERT INTO gone VALUES (?)", "DROP TABLE gone"):
            conn.execute(statement, [f"{words} while it was new"] if "?" in statement else [])
        conn.commit()


async def test_an_erased_sentence_is_nowhere_in_the_database(stage: Stage, tmp_path: Path) -> None:
    """Not in facts, messages, effects, failed events, free pages nor beside the file; what else was written is there."""
    number = await _lived(stage)

    def fails(conn: Connection) -> None:
        ts = conn.execute(text("SELECT ts FROM messages WHERE ticket = :of LIMIT 1"), {"of": number}).scalar()
        raw = json.dumps({"event": {"ts": ts, "text": SECRET}})
        inbox.fail(conn, "raw:1", START, raw, f"ValueError: {SECRET}", None)
        raw = json.dumps({"event": {"ts": "77.1", "text": OTHER}})
        inbox.fail(conn, "raw:2", START, raw, "ValueError", None)

    await stage.database.write(fails)
    await _ended(stage)
    _leave_in_free_pages(tmp_path / "frontdoor.sqlite3", SECRET)
    before = await _whole(stage.url)
    assert _files_with(f"{SECRET} while it was new", tmp_path) == ["frontdoor.sqlite3"]

    ticket, done = await keeping_erasing.erase(stage.url, "1", _yes)

    assert (ticket.id, done) == (number, Erasure(facts=2, messages=1, effects=done.effects, events=1, kept=0))
    assert done.effects > 0
    assert _files_with(SECRET, tmp_path) == []
    assert _files_with(OTHER, tmp_path) == ["frontdoor.sqlite3"]
    assert (await _whole(stage.url)).facts == before.facts + 1


async def test_an_erased_request_reads_so_and_its_bot_goes_on(stage: Stage) -> None:
    """The fact says how much and by whom; cards and sheet are drawn anew; nothing is said; neither erasing again nor Slack changes it."""
    number = await _lived(stage)
    await _ended(stage)
    first, _ = await keeping_erasing.erase(stage.url, "SUP-1", _yes)
    _, again = await keeping_erasing.erase(stage.url, "SUP-1", _yes)
    assert not again.anything
    later = await build(stage.url, clock=stage.clock)
    await later.machinery.start()
    await later.settled()
    (message,) = first.messages
    edit = MessageEdited(
        key="edit", at=START, actor=CASEY, channel=message.channel, ts=message.ts, text=SECRET
    )
    assert (await later.do(edit)).accepted

    found = await later.machinery.board.ticket(number)
    facts = await later.machinery.board.timeline(number)
    assert found is not None
    assert [message.text for message in found.messages] == ["(erased)"]
    (erased,) = [fact for fact in facts if isinstance(fact, Erased)]
    assert (erased.by, erased.facts, erased.messages) == ("operator", 2, 1)
    assert not found.is_open
    assert [job.effect.kind for job in later.slack.jobs] == ["card"]
    assert [job.effect.kind for job in later.records.jobs] == ["sheet"]
    assert later.phone.jobs == []
    await _ended(later)


async def test_words_of_a_request_under_way_are_not_erased(stage: Stage) -> None:
    """It is open, its bot runs, what was decided is still to be said, or there is no such request: nothing changes."""
    number = await _lived(stage, closed=False)
    with pytest.raises(CannotRun, match="in use by another Frontdoor"):
        await keeping_erasing.erase(stage.url, "SUP-1", _yes)
    await _ended(stage)
    with pytest.raises(CannotRun, match="SUP-1 is open: close it first"):
        await keeping_erasing.erase(stage.url, "SUP-1", _yes)
    with pytest.raises(CannotRun, match="There is no request SUP-9"):
        await keeping_erasing.erase(stage.url, "SUP-9", _yes)

    silent = await build(stage.url, clock=stage.clock)
    await _closed(silent, number)
    await _ended(silent)
    with pytest.raises(CannotRun, match="not carried out yet"):
        await keeping_erasing.erase(stage.url, "SUP-1", _yes)
    assert (await _whole(stage.url)).requests == 2


@pytest.mark.timeout(180)
async def test_words_are_erased_beside_replicas_on_postgresql(new_postgresql: Callable[[], str]) -> None:
    """There the bot may run: it reads what is left."""
    url = new_postgresql()
    migrate.upgrade(url)
    stage = await build(url)
    number = await _lived(stage)

    _, done = await keeping_erasing.erase(url, "SUP-1", _yes)

    found = await stage.machinery.board.ticket(number)
    assert (done.facts, done.messages, done.kept) == (2, 1, 0)
    assert found is not None
    assert SECRET not in str(found)
    left = await stage.database.read(
        lambda conn: conn.execute(
            text("SELECT count(*) FROM outbox WHERE body LIKE '%Zarquon%'")
        ).scalar_one()
    )
    assert left == 0
    await _ended(stage)
    assert (await _whole(url)).requests == 2


async def test_facts_older_than_the_chain_are_counted_and_keep_their_words(stage: Stage) -> None:
    """Their words stand in what is hashed; whoever erases is told how many there are."""
    number = await _lived(stage)

    def of_before(conn: Connection) -> None:
        stored = tickets.load(conn, number)
        assert stored is not None
        fact = Replied(at=START, by="sam", text=SECRET, grouping_until=START)
        head, (one,) = timeline.chained(number, stored.head, (fact,))
        row = {**one.row, "body": dump_fact(fact)}
        row["hash"] = timeline.link(stored.head.hash, row)
        timeline.append(conn, [timeline.Link(row, ())])
        tickets.save(conn, [(stored.ticket, timeline.Head(head.seq, row["hash"]))], START)

    await stage.database.write(of_before)
    await _ended(stage)

    _, done = await keeping_erasing.erase(stage.url, "SUP-1", _yes)

    assert (done.facts, done.kept) == (2, 1)
    assert (await _whole(stage.url)).requests == 2


def test_the_command_asks_before_it_erases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No is no; --yes does not ask."""
    url = migrated(tmp_path)

    async def live() -> None:
        stage = await build(url)
        await _lived(stage)
        await _ended(stage)

    asyncio.run(live())
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")

    refused = CliRunner().invoke(app, ["erase", "SUP-1"], input="n\n")
    assert (refused.exit_code, "It cannot be undone" in refused.output) == (1, True)
    assert _files_with(SECRET, tmp_path) == ["frontdoor.sqlite3"]
    done = CliRunner().invoke(app, ["erase", "SUP-1", "--yes"])
    assert (done.exit_code, done.output.startswith("SUP-1 is erased: fields of facts 2, messages 1, ")) == (
        0,
        True,
    )
    assert _files_with(SECRET, tmp_path) == []
