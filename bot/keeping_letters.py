"""Events that failed, as an operator sees them without Slack: listed beside a running bot, and made due again."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.keeping import look
from bot.opening import CannotRun, problems_in_words
from bot.storage import inbox
from bot.storage.engine import AlreadyRunning, Connection, StoreFailed, connect
from bot.storage.inbox import Failed

SHOWN = 200
"""How many are listed at once."""
ALL = "all"
"""Instead of a key: every one of them."""
_CUT = 3
"""From how many letters on a piece of a word is known again: errors cut off what they quote."""
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[a-z])")
_RUN = re.compile(r"…(?:\W*…)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An event that failed; `error` is the first line, without what came. `waits` for a person, or is tried again by itself."""

    key: str
    at: datetime
    kind: str
    tries: int
    error: str
    waits: bool


async def letters(url: str) -> tuple[Sequence[Letter], int]:
    """The longest waiting, and how many there are. Works beside a running bot. Raises CannotRun and Misconfigured."""

    def work(conn: Connection) -> tuple[Sequence[Failed], int]:
        return inbox.letters(conn, SHOWN), inbox.dead(conn)

    found, number = await look(url, work)
    return [_letter(failed) for failed in found], number


async def replay(url: str, key: str) -> int:
    """Make one of them due, or ALL; how many. The next look of a running bot takes them, or the next start.

    On SQLite the bot must not run. Raises CannotRun and Misconfigured.
    """
    await letters(url)  # nothing is made where no database is
    with problems_in_words():
        try:
            database = connect(url)
        except AlreadyRunning as error:
            raise CannotRun(
                'The bot runs, and nobody else may write: press "Try again" in Slack, or stop the bot first.'
            ) from error
        try:
            number = await database.write(lambda conn: inbox.try_again(conn, "" if key == ALL else key))
        except StoreFailed as error:
            raise CannotRun(f"Nothing was changed: {error}.") from error
        finally:
            await database.close()
    if not number and key != ALL:
        raise CannotRun(f"No event that failed has the key {key}.")
    return number


def _letter(failed: Failed) -> Letter:
    try:
        came = json.loads(failed.raw)
    except ValueError:
        came = failed.raw
    event = came if isinstance(came, dict) else {}
    return Letter(
        key=failed.key,
        at=failed.at,
        kind=str(event.get("kind") or event.get("type") or "unreadable"),
        tries=failed.tries,
        error=_bare(failed.error, "\n".join(_said(came)).casefold()),
        waits=failed.waits,
    )


def _bare(error: str, came: str) -> str:
    """The first line of an error, with "…" for what stands in the values that came: an error may quote a client."""
    known = set(_WORD.findall(came))

    def hide(found: re.Match[str]) -> str:
        word = found[0].casefold()
        return "…" if word in known or (len(word) >= _CUT and word in came) else found[0]

    name, colon, words = error.partition("\n")[0].partition(":")
    return f"{name}{colon}{_RUN.sub('…', _WORD.sub(hide, _ESCAPED.sub(' ', words)))}"


def _said(value: object) -> Iterator[str]:
    """Every value in a document; the names of its fields are ours."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner)
    else:
        yield str(value)
