"""The log: one JSON line for each entry, without secrets, telephone numbers or anybody's words."""

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

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


def _fails(error: Exception) -> None:
    """As a step does: in a function."""
    raise error


def _fails_behind(error: Exception) -> None:
    """As a step does that tells it in other words."""
    try:
        _fails(error)
    except Exception as first:
        raise RuntimeError("a step failed") from first


WORDS = "My till says hunter2 and I am Casey"
QUOTES = {
    "a value": ValueError(f"invalid literal for int() with base 10: {WORDS!r}"),
    "a key": KeyError(WORDS),
    "a database": IntegrityError("INSERT", None, RuntimeError(f"DETAIL: Failing row contains ({WORDS})")),
    "several": ExceptionGroup("unhandled", [ValueError(WORDS)]),
}


@pytest.mark.parametrize("who", QUOTES)
@pytest.mark.parametrize("how", ["ours", "a library's", "behind another"])
def test_an_error_says_where_and_what_it_was_and_not_what_it_quotes(
    stream: io.StringIO, who: str, how: str
) -> None:
    """An error may quote a client: what it is and every place it came through are told, and how long its words were."""
    error = QUOTES[who]
    try:
        (_fails_behind if how == "behind another" else _fails)(error)
    except Exception:
        if how == "a library's":
            logging.getLogger("aiohttp.server").exception("Error handling request")
        else:
            structlog.get_logger("bot").exception("failed")

    (entry,) = _entries(stream)
    told = entry["exception"]
    assert "Casey" not in json.dumps(entry)
    assert told.startswith("Traceback (most recent call last):\n")
    assert f"{type(error).__name__}: [{len(str(error))} characters]" in told.splitlines()
    assert f'{__file__}", line' in told
    assert "in _fails" in told


@pytest.mark.parametrize(
    "error",
    [
        TypeError("unsupported operand type(s) for +: 'int' and 'str'"),
        AttributeError("'NoneType' object has no attribute 'ts'"),
        OSError(28, "No space left on device"),
        TimeoutError(),
    ],
)
def test_an_error_that_speaks_of_the_program_is_told_in_its_own_words(
    stream: io.StringIO, error: Exception
) -> None:
    """Of types, names and the machine: without secrets all the same."""
    try:
        _fails(error)
    except type(error):
        structlog.get_logger("bot").exception("failed with xoxb-1-2")

    (entry,) = _entries(stream)
    assert entry["event"] == "failed with [secret]"
    assert entry["exception"].splitlines()[-1] == f"{type(error).__name__}: {error}".removesuffix(": ")


async def test_a_task_that_nobody_waited_for_is_told_without_what_it_quotes(stream: io.StringIO) -> None:
    """The loop's own words show the error as it is."""

    async def fails() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    del task
    gc.collect()

    (entry,) = _entries(stream)
    assert (entry["event"], entry["logger"]) == ("Task exception was never retrieved", "asyncio")
    assert "Casey" not in json.dumps(entry)
    assert f"ValueError: [{len(WORDS)} characters]" in entry["exception"]


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
