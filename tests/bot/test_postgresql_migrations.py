"""Data of each older revision is carried through on PostgreSQL too: every row that was there is there, and is proven."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Table, insert, select

from bot import keeping
from bot.desk import Outcome
from bot.storage import migrate
from bot.storage.engine import Connection, connect
from bot.storage.tables import HOUSE, metadata
from policies.events import Actor
from tests.bot.stage import CASEY, START, build

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
REQUESTS = 602
"""More than one batch of the revision that chains them."""
AT = int(START.timestamp()) * 1_000_000
OPENED = (
    '{"kind":"opened","at":"2026-11-18T09:00:00Z","by":"U0CASEY001","ref":"SUP-1","client":"retail",'
    '"channel":"C","ts":"1.1","thread":"1.1","author":"U0CASEY001","respond_at":"2026-11-18T09:02:00Z",'
    '"check_at":"2026-11-18T09:03:00Z","unclaimed_at":"2026-11-18T09:05:00Z","grouping_until":"2026-11-18T09:02:00Z"}'
)
SAID = {
    "channel": "C",
    "ts": "1.1",
    "at": AT,
    "author": "U",
    "side": "client",
    "text": "Das Gerät 'druckt' nicht",
}
ARMED = {"kind": "unclaimed", "subject": "", "due_at": AT, "state": "armed", "generation": 3, "armed_at": AT}
AROUND: dict[str, dict[str, Any]] = {
    "absences": {"person": "sam", "start_at": AT, "end_at": AT + 1},
    "addresses": {"kind": "thread", "value": "C:1.1", "ticket": 7},
    "clocks": {"ticket": 7, **ARMED},
    "conversations": {"channel": "C", "author": "U", "ticket": 7},
    "counters": {"name": "tickets", "value": REQUESTS},
    "inbox": {"key": "came", "at": AT, "tries": 0, "answer": '{"accepted":true}'},
    "messages": {"ticket": 7, **SAID, "files": "[]", "deleted": False},
    "posts": {"ticket": 7, "slot": "card:support", "channel": "C", "ts": "1.2", "digest": ""},
}
LATER = {"hash", "head"}
"""Columns that the first revision's tables did not have."""


def request(number: int) -> dict[str, Any]:
    """The row of a request as the first program wrote it."""
    names = {"ref": f"SUP-{number}", "client": "retail", "channel": "C", "author": "U", "stage": "new"}
    empty = dict.fromkeys(("owner", "lead", "developer", "branch", "build"), "")
    flags = {"is_open": True, "awaits_response": False, "opened_at": AT, "updated_at": AT}
    return {"id": number, "seq": 1, **names, **empty, **flags}


def fact(number: int) -> dict[str, Any]:
    """Its one fact."""
    body = OPENED.replace("SUP-1", f"SUP-{number}")
    return {"ticket": number, "seq": 1, "kind": "opened", "version": 1, "at": AT, "body": body}


def lived_at(revision: str) -> Callable[[Connection], None]:
    """Makes the first tables, fills them as the first program did, and brings them to a revision."""

    def fill(conn: Connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        conn.execute(insert(metadata.tables["tickets"]), [request(one) for one in range(1, REQUESTS + 1)])
        conn.execute(insert(metadata.tables["timeline"]), [fact(one) for one in range(1, REQUESTS + 1)])
        for name, row in AROUND.items():
            conn.execute(insert(metadata.tables[name]), row)
        command.upgrade(config, revision)

    return fill


def everything(conn: Connection) -> dict[str, list[Any]]:
    """Every row of these tables, without the house's own and without what later revisions added."""
    return {name: list(_rows(conn, metadata.tables[name])) for name in (*AROUND, "tickets", "timeline")}


def _rows(conn: Connection, table: Table) -> Iterator[Any]:
    kept = [column for column in table.columns if column.name not in LATER]
    for row in conn.execute(select(*kept).order_by(*table.primary_key)):
        if table.name != "tickets" or row.id != HOUSE:
            yield row


@pytest.mark.parametrize("revision", REVISIONS)
async def test_data_of_an_older_revision_are_carried_through(
    revision: str, new_postgresql: Callable[[], str]
) -> None:
    """And the program goes on where the older one was: its next request has the next number."""
    address = new_postgresql()
    migrate._on(address, lived_at(revision), alone=lambda _words: None)
    database = connect(address)
    before = await database.read(everything)

    assert migrate.upgrade(address) == (revision != migrate.newest())
    assert await database.read(everything) == before
    await database.close()
    proven = await keeping.verify(address, lambda _words: None, write=None, against=None)
    assert (proven.requests, proven.facts) == (REQUESTS, REQUESTS)

    stage = await build(address)
    outcome = await stage.writes(actor=Actor(user="U0NEW00001", team=CASEY.team))
    assert outcome == Outcome(accepted=True, ticket=REQUESTS + 1)
    await stage.machinery.stop()
    await stage.database.close()


def test_every_revision_is_among_them() -> None:
    assert tuple(sorted(migrate._known(migrate._config()))) == REVISIONS


def test_whoever_has_no_postgresql_needs_no_driver_for_it(repository: Path) -> None:
    """`pip install frontdoor` comes without asyncpg."""
    program = "import sys; sys.modules['asyncpg'] = None; import bot.app, bot.cli"
    subprocess.run([sys.executable, "-c", program], cwd=repository, check=True, timeout=50)
