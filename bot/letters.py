"""An event that failed, as it may be shown: what it was, where and why, without a word of what came."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.storage.inbox import Failed

_CUT = 3
"""From how many letters on a piece of a word is known again: errors cut off what they quote."""
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[a-z])")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]+")
_RUN = re.compile(r"…(?:\W*…)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An event that failed; `error` is the first line, without what came. `waits` for a person, or is tried again by itself.

    `place` is the channel it came from and `ticket` the request it concerns, where that is known.
    """

    key: str
    at: datetime
    kind: str
    tries: int
    error: str
    waits: bool
    place: str = ""
    ticket: int | None = None


def letter(failed: Failed) -> Letter:
    """The event as it may be shown; what cannot be read is shown as unreadable."""
    try:
        came = json.loads(failed.raw)
    except ValueError:
        came = failed.raw
    event = came if isinstance(came, dict) else {}
    inner = event.get("event")
    told = inner if isinstance(inner, dict) else event
    place, ticket = str(told.get("channel") or ""), event.get("ticket")
    return Letter(
        key=failed.key,
        at=failed.at,
        kind=str(event.get("kind") or event.get("type") or "unreadable"),
        tries=failed.tries,
        error=_bare(failed.error, "\n".join(_said(came)).casefold()),
        waits=failed.waits,
        place=place if _CHANNEL.fullmatch(place) else "",
        ticket=ticket if isinstance(ticket, int) else None,
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
