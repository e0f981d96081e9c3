"""The log of the process: JSON lines on stderr (words on a terminal), without secrets, numbers or anybody's words."""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

NOISY = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "twilio": logging.WARNING,
    "websockets": logging.WARNING,
}
"""Libraries that write a line for every request, some of them with its content."""
HARMLESS = re.compile(
    r"As you gave `client` as well|Failed to receive or enqueue a message: ConnectionClosedOK"
)
"""What Slack's libraries warn of although it is meant: a client of our own, and a connection that we closed."""
WORDS = frozenset({"text", "words", "body", "blocks", "message", "payload", "raw", "view", "form"})
"""Keys under which somebody's words may stand: their length is all that is logged."""
SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe\.[\w.-]+|(?<=Bearer )\S+|(?<=Basic )\S+|(?<=ticket=)[^&\s]+"
)
NUMBERS = re.compile(r"\+\d{5,13}(\d\d)\b")

OF_THE_PROGRAM = (AttributeError, ImportError, MemoryError, NameError, OSError, RecursionError, TypeError)
"""Errors that speak of types, names and the machine; what any other one says may quote a client, or a row."""


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take tokens, telephone numbers and people's words out of one log entry."""
    return {key: _withheld(value) if key in WORDS else _clean(value) for key, value in event.items()}


def _withheld(value: object) -> str:
    return f"[{len(str(value))} characters]"


def _clean(value: object) -> object:
    if isinstance(value, str):
        return NUMBERS.sub(r"+…\1", SECRETS.sub("[secret]", value))
    if isinstance(value, dict):
        return {key: _withheld(inner) if key in WORDS else _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _clean(str(value))


def where(exc_info: ExcInfo) -> str:
    """An error with what was behind it: every place it came through, what it was, and of what it said the length."""
    return "\n".join(_lines(exc_info[1], set()))


def _lines(error: BaseException, told: set[int]) -> Iterator[str]:
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in told:
        yield from _lines(before, told)
        yield "which led to:" if error.__cause__ is not None else "during which:"
    yield "Traceback (most recent call last):"
    yield from "".join(traceback.format_tb(error.__traceback__)).splitlines()
    words = str(error) if isinstance(error, OF_THE_PROGRAM) else _withheld(error)
    yield f"{type(error).__name__}: {words}".removesuffix(": ")
    for one in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _lines(one, told)


def _in_short(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The loop shows what it complains of with every value in it: its first words are kept."""
    if event.get("logger") == "asyncio":
        event["event"] = re.split(r"[\n(<]", str(event["event"]), maxsplit=1)[0].strip()
    return event


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Send everything, ours and the libraries', through one door to `stream`. `level` as in FRONTDOOR_LOG_LEVEL."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(where),
        _in_short,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                _renderer(stream),
            ],
        )
    )
    handler.addFilter(lambda record: HARMLESS.match(record.getMessage()) is None)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in NOISY.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)


def _renderer(stream: TextIO) -> Any:  # noqa: ANN401 - structlog's renderers share no type
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
