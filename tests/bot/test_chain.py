"""The record proves itself: whatever is changed behind the program's back is found, and named."""

import hashlib
import re
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot import keeping
from bot.opening import CannotRun
from bot.storage import chain, migrate, timeline
from bot.storage.engine import Connection
from bot.storage.sqlite import writing_engine
from tests.bot.stage import LEE, START, Stage

OPENED = (
    '{"kind":"opened","at":"2026-11-18T09:00:00Z","by":"U0CASEY001","ref":"SUP-%d","client":"retail",'
    '"channel":"C","ts":"1.1","thread":"1.1","author":"U0CASEY001","respond_at":"2026-11-18T09:02:00Z",'
    '"check_at":"2026-11-18T09:03:00Z","unclaimed_at":"2026-11-18T09:05:00Z","grouping_until":"2026-11-18T09:02:00Z"}'
)
REPLIED = '{"kind":"replied","at":"2026-11-18T09:01:00Z","by":"sam","text":"Old words","grouping_until":"2026-11-18T09:02:00Z"}'


@pytest.fixture
async def lived(stage: Stage) -> Stage:
    """Three requests, the first one escalated, acknowledged and assigned."""
    number = await stage.escalated()
    await stage.presses("acknowledge", number, LEE)
    await stage.assigns(number, "devi")
    await stage.writes("Another thing", thread="")
    await stage.writes("Somewhere else", thread="9.9")
    return stage


async def _proof(stage: Stage) -> chain.Proof:
    return await stage.database.read(chain.prove)


async def _broken(stage: Stage, statement: str) -> str:
    """What is said after `statement` was done behind our back."""
    await stage.database.write(lambda conn: conn.execute(text(statement)))
    with pytest.raises(chain.Broken) as caught:
        await _proof(stage)
    return str(caught.value)


async def test_what_the_desk_wrote_is_whole(lived: Stage) -> None:
    """Every request, every fact; the same state has the same digest."""
    first, again = await _proof(lived), await _proof(lived)

    assert sorted(first.heads) == [1, 2, 3]
    assert first.facts == sum(head.seq for head in first.heads.values())
    assert first.digest == again.digest
    assert re.fullmatch("[0-9a-f]{64}", first.digest)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE timeline SET body = replace(body, 'U0CASEY001', 'U0NORA0001') WHERE seq = 1", r"SUP-1, fact 1 \(opened\) was changed"),
        ("UPDATE timeline SET at = at + 1 WHERE seq = 3", r"SUP-1, fact 3 .* was changed"),
        ("UPDATE timeline SET hash = 'x' WHERE seq = 2", r"SUP-1, fact 2 .* was changed"),
        ("DELETE FROM timeline WHERE ticket = 1 AND seq = 2", "SUP-1, fact 2 is missing: the next one there is 3"),
        ("DELETE FROM timeline WHERE ticket = 1 AND seq = (SELECT max(seq) FROM timeline WHERE ticket = 1)", "facts were cut off"),
        ("UPDATE tickets SET head = 'x' WHERE id = 1", "SUP-1 ends with fact"),
        ("UPDATE tickets SET seq = seq + 1 WHERE id = 1", "SUP-1 ends with fact"),
        ("UPDATE words SET text = 'Something else'", "issue_detail are not the ones that were written"),
        ("DELETE FROM words", "issue_detail are missing, and were not erased"),
        ("INSERT INTO words VALUES (1, 1, 'text', '', 'x')", "SUP-1 has words of fact 1 that no fact refers to"),
        ("UPDATE counters SET value = value + 1 WHERE name = 'tickets'", "requests were given a number"),
        ("UPDATE timeline SET ticket = 0 WHERE ticket = 1 AND seq = 1", "number 0, which is no request"),
    ],
)  # fmt: skip
async def test_whatever_is_changed_is_found_and_named(lived: Stage, statement: str, words: str) -> None:
    """The first row that is not as it was written, in words."""
    assert re.search(words, await _broken(lived, statement))


async def test_a_request_that_is_gone_is_found(lived: Stage) -> None:
    """Its number was given out, so it has to be there."""
    await lived.database.write(
        lambda conn: (
            conn.execute(text("UPDATE counters SET value = value + 2 WHERE name = 'tickets'")).rowcount
        )
    )
    statement = (
        "INSERT INTO tickets SELECT id + 4, 'SUP-5', seq, client, channel, author, stage, is_open, owner, lead, developer, "
        "awaits_response, branch, build, opened_at, escalated_at, updated_at, head FROM tickets WHERE id = 1"
    )
    assert await _broken(lived, statement) == "request number 4 is missing, and SUP-5 is there"


async def test_an_older_state_is_the_beginning_of_a_later_one(lived: Stage, tmp_path: Path) -> None:
    """What was kept elsewhere convicts a past that was rewritten with all its hashes."""
    state, said = tmp_path / "state", list[str]()
    before = await keeping.verify(lived.url, said.append, write=state, against=None)
    await lived.writes("And more")
    after = await keeping.verify(lived.url, said.append, write=None, against=state)

    assert (after.older, after.facts > before.facts) == (before.requests, True)
    assert said[0] == f"{before.requests} of {before.requests} requests are proven."

    await lived.database.write(_rewrite)
    assert (await keeping.verify(lived.url, said.append, write=None, against=None)).digest != after.digest
    with pytest.raises(CannotRun, match="request number 1 is not what it was"):
        await keeping.verify(lived.url, said.append, write=None, against=state)

    state.write_text(state.read_text().replace("1 ", "2 ", 1))
    with pytest.raises(CannotRun, match="was changed since it was written"):
        await keeping.verify(lived.url, said.append, write=None, against=state)


def _rewrite(conn: Connection) -> None:
    """The owner of the database makes a whole new chain over another past."""
    conn.execute(
        text("UPDATE timeline SET body = replace(body, 'U0CASEY001', 'U0NORA0001') WHERE ticket = 1")
    )
    head = timeline.Head()
    for row in conn.execute(text("SELECT * FROM timeline WHERE ticket = 1 ORDER BY seq")).all():
        head = timeline.Head(row.seq, timeline.link(head.hash, row._asdict()))
        conn.execute(
            text("UPDATE timeline SET hash = :hash WHERE ticket = 1 AND seq = :seq"),
            {"hash": head.hash, "seq": head.seq},
        )
    conn.execute(text("UPDATE tickets SET head = :hash WHERE id = 1"), {"hash": head.hash})


def old_data(url: str) -> None:
    """A database of the first revision, with requests in it."""
    engine = writing_engine(Path(url.removeprefix("sqlite:///")))
    config = migrate._config()
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        fill(conn)
    engine.dispose()


def fill(conn: Connection) -> None:
    """Requests as the first program wrote them, more than one batch."""
    for number in range(1, 1203):
        conn.execute(
            text(
                "INSERT INTO tickets (id, ref, seq, client, channel, author, stage, is_open, owner, lead, developer,"
                " awaits_response, branch, build, opened_at, updated_at) VALUES (:id, :ref, 2, 'retail', 'C', 'U', 'new',"
                " true, '', '', '', false, '', '', 0, 0)"
            ),
            {"id": number, "ref": f"SUP-{number}"},
        )
        at = int(START.timestamp()) * 1_000_000
        rows = [(1, "opened", at, OPENED % number), (2, "replied", at + 60_000_000, REPLIED)]
        for seq, kind, moment, body in rows:
            conn.execute(
                text("INSERT INTO timeline VALUES (:ticket, :seq, :kind, 1, :at, :body)"),
                {"ticket": number, "seq": seq, "kind": kind, "at": moment, "body": body},
            )
    conn.execute(text("INSERT INTO counters (name, value) VALUES ('tickets', 1202)"))


async def test_facts_of_an_older_program_are_chained_where_they_are(tmp_path: Path) -> None:
    """Their bodies are as they were, words and all; the chain covers them from the upgrade on."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    old_data(url)
    with sqlite3.connect(tmp_path / "old.sqlite3") as raw:
        before = raw.execute("SELECT body FROM timeline ORDER BY ticket, seq").fetchall()
    raw.close()

    assert migrate.upgrade(url)
    found = await keeping.verify(url, lambda _words: None, write=None, against=None)

    assert (found.requests, found.facts) == (1202, 2404)
    with sqlite3.connect(tmp_path / "old.sqlite3") as raw:
        assert raw.execute("SELECT body FROM timeline ORDER BY ticket, seq").fetchall() == before
    raw.close()


def test_the_hash_of_a_row_never_changes() -> None:
    """What was chained years ago is proven by the same sum."""
    row = {"ticket": 1, "seq": 2, "kind": "k", "version": 1, "at": 3, "body": "{}", "hash": "?"}

    assert timeline.link("ab", row) == hashlib.sha256(b"ab\n1\n2\nk\n1\n3\n{}").hexdigest()
