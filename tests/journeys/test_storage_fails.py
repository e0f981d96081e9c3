"""A database that cannot be written: nothing is acknowledged that was not stored, and people are told to press again."""

import json
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.journeys.driver import PATIENCE, Stage, open_stage
from tests.journeys.telling import BLOCK


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage whose bot may complain: it has reason to."""
    stage = open_stage(tmp_path)
    try:
        yield stage
        assert [line for line in stage.bot.complaints() if "database" not in line] == []
    finally:
        stage.close()


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Somebody else holds the database's write lock."""
    path = stage.bot.environment["DATABASE_URL"].partition(":///")[2]
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


@contextmanager
def full(stage: Stage) -> Iterator[None]:
    """The disk has no room for the bot any more: no file of its grows beyond what its database has come to."""
    assert stage.bot.process is not None
    wal = Path(f"{stage.bot.environment['DATABASE_URL'].partition(':///')[2]}-wal")
    before = resource.prlimit(stage.bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(stage.bot.process.pid, resource.RLIMIT_FSIZE, (wal.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(stage.bot.process.pid, resource.RLIMIT_FSIZE, before)


def refused(stage: Stage, kind: str) -> int:
    """How many deliveries of `kind` to the bot were not acknowledged, by the whole log."""
    entries = stage.ask("log?since=0")["entries"]
    return sum(one["direction"] == "out" and one["kind"] == kind and not one["ok"] for one in entries)


LIMITS = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits a process that runs")


@pytest.mark.parametrize("fails", [locked, pytest.param(full, marks=LIMITS)])
def test_a_message_that_was_not_stored_is_not_acknowledged_and_comes_again(
    stage: Stage, fails: Callable[[Stage], AbstractContextManager[None]]
) -> None:
    with fails(stage):
        stage.casey.writes("The till shows an error", settle=False)
        until = time.monotonic() + PATIENCE
        while not refused(stage, "event_callback/message"):
            assert time.monotonic() < until, "the message was acknowledged"
        assert stage.happened() == []
    stage.passes(seconds=10)
    assert stage.happened() == [
        "14:00:00 support: card SUP-1 · Example Retail: Waiting for somebody to take it.",
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
    (row,) = stage.sheet()
    assert row["Reference"] == "SUP-1"
    said = {json.loads(line)["event"] for line in stage.bot.complaints() if line.startswith("{")}
    assert "the database could not store an event" in said


def test_a_button_pressed_in_vain_says_press_again_and_pressing_again_works(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=10)
    stage.happened()
    card = stage.card("support") | {"channel": "C0SUPPORT1"}
    with locked(stage):
        stage.sam.presses("claim", card, settle=False)
        assert stage.happened() == [
            "14:00:10 support, only sam: Not recorded. Please press again.",
        ]
    stage.sam.presses("claim", card)
    assert stage.happened() == [
        "14:00:10 support thread: Sam Support has taken it.",
    ]


def test_a_form_sent_in_vain_stays_on_the_screen_and_can_be_sent_again(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=10)
    stage.sam.on_card("escalate")
    stage.happened()
    with locked(stage):
        answer = stage.control("submit-view", user=stage.sam.id, values=BLOCK, settle=False)
        assert list(answer["errors"].items()) == [
            ("saas_name", "Not recorded. Please press again."),
        ]
    assert stage.happened() == []
    assert stage.sam.fills(**BLOCK)["response_action"] is None
    assert stage.happened() == [
        "14:00:10 escalations: card SUP-1 · Example Retail: Escalated, to be acknowledged by Lee Lead.",
        "14:00:10 escalations thread: @lee *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone.",
        "14:00:10 to lee: *SUP-1* of Example Retail is escalated. Please acknowledge by Wed 18 Nov 14:05 PKT, or we telephone. / > Receipts do not print at one branch since this morning. / [Open the card] in #escalations",
    ]


def test_a_clock_that_runs_out_meanwhile_is_only_late(stage: Stage) -> None:
    stage.casey.writes("The till shows an error")
    stage.passes(seconds=9)
    stage.happened()
    with locked(stage):
        stage.control("clock/advance", seconds=0.5, settle=False)
    stage.passes(seconds=1)
    assert stage.happened() == [
        "14:00:10 retail thread: We have your message. Your reference is *SUP-1*. Somebody from support will take it within 10 minutes.",
    ]
