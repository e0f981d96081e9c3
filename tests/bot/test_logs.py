"""The log: one JSON line for each entry, without secrets, telephone numbers or anybody's words."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; everything is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    for name in logs.NOISY:
        logging.getLogger(name).setLevel(logging.NOTSET)


def _entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ours_and_the_libraries_lines_have_one_form(stream: io.StringIO) -> None:
    """Level, logger, moment in UTC, what happened, and what belongs to it."""
    structlog.get_logger("bot.desk").info("stored", ticket=12)
    logging.getLogger("aiohttp.server").warning("slow %s", "client")

    entries = _entries(stream)
    assert [entry.pop("timestamp")[-1] for entry in entries] == ["Z", "Z"]
    assert entries == [
        {"event": "stored", "level": "info", "logger": "bot.desk", "ticket": 12},
        {"event": "slow client", "level": "warning", "logger": "aiohttp.server"},
    ]


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("token xoxb-12-34-abc is wrong", "token [secret] is wrong"),
        ("token xapp-1-A-2-b", "token [secret]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("Authorization: Basic QUM6dG9r", "Authorization: Basic [secret]"),
        ("wss://x.example/link?ticket=abc-1&app_id=A1", "wss://x.example/link?ticket=[secret]&app_id=A1"),
        ("ringing +12025550111 now", "ringing +…11 now"),
        ("C0SUPPORT1 has 12025550111 as ts", "C0SUPPORT1 has 12025550111 as ts"),
    ],
)
def test_secrets_and_numbers_are_taken_out_wherever_they_stand(
    stream: io.StringIO, said: str, logged: str
) -> None:
    """In the line itself, in values, in lists, in nested tables, in errors."""
    log = structlog.get_logger("bot")
    log.warning(said, value=said, many=[said], inner={"more": said}, error=ValueError(said))

    (entry,) = _entries(stream)
    assert [entry["event"], entry["value"], *entry["many"], entry["inner"]["more"], entry["error"]] == [
        logged
    ] * 5


@pytest.mark.parametrize("key", sorted(logs.WORDS))
def test_peoples_words_are_never_logged(stream: io.StringIO, key: str) -> None:
    """Only how many characters there were."""
    log = structlog.get_logger("bot")
    log.warning("kept", **{key: "printing fails"}, inner={key: "printing fails"})

    (entry,) = _entries(stream)
    assert (entry[key], entry["inner"][key]) == ("[14 characters]", "[14 characters]")


def test_an_error_comes_with_its_traceback_and_without_its_secrets(stream: io.StringIO) -> None:
    """The traceback is text like any other."""
    try:
        int("xoxb-1-2")
    except ValueError:
        structlog.get_logger("bot").exception("failed")

    (entry,) = _entries(stream)
    assert entry["exception"].startswith("Traceback")
    assert entry["exception"].endswith("ValueError: invalid literal for int() with base 10: '[secret]'")


def test_chatty_libraries_are_quiet(stream: io.StringIO) -> None:
    """They would write a line for every request, with its content."""
    for name in logs.NOISY:
        logging.getLogger(name).info("a request with its content")

    assert _entries(stream) == []


def test_an_alarm_that_is_none_is_left_out(stream: io.StringIO) -> None:
    """What is meant is not reported as trouble; what sounds alike and is trouble still is."""
    log = logging.getLogger("slack_bolt.frontdoor.sockets")
    log.error("Failed to receive or enqueue a message: ConnectionClosedOK, error: sent 1000 (OK)")
    log.error("Failed to receive or enqueue a message: ConnectionClosedError, error: no close frame")

    assert [entry["event"].split()[7] for entry in _entries(stream)] == ["ConnectionClosedError,"]
