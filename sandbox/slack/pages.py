"""Cursors: how Slack gives long lists in parts."""

import base64
import binascii
from typing import TypeVar

from sandbox.slack.args import Args
from sandbox.slack.errors import Json, SlackError

Item = TypeVar("Item")


def page(items: list[Item], args: Args, default: int, *, most: int = 1000) -> tuple[list[Item], Json]:
    """One page of `items` and the `response_metadata` that leads to the next."""
    limit = args.number("limit", default)
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    start = _start(args.text("cursor"))
    rest = start + limit
    cursor = base64.b64encode(f"next:{rest}".encode()).decode() if rest < len(items) else ""
    return items[start:rest], {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise SlackError("invalid_cursor")
