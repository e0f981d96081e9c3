"""The frame of every control route: JSON in, JSON out, errors in words, and settling when asked."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.timeline import NotIdle, Timeline


class Refused(Exception):
    """What was asked cannot be done; the text says why, to the person or script that asked (HTTP 400)."""


class Timed(Protocol):
    """What a control route needs of the sandbox to settle."""

    @property
    def timeline(self) -> Timeline:
        """Where settling happens."""
        ...


Work = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


def posted(sandbox: Timed, work: Work) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that gives the posted JSON object to `work` and answers with what it returns.

    `"settle": true` in the body settles before answering. Refused is 400, NotIdle is 504 with what is not idle.
    """

    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            given = await read_object(request)
            answer = await work(given)
            if given.get("settle"):
                await sandbox.timeline.settle()
        except Refused as refused:
            return web.json_response({"ok": False, "error": str(refused)}, status=400)
        except NotIdle as late:
            return web.json_response({"ok": False, "error": str(late), "not_idle": late.busy}, status=504)
        return web.json_response({"ok": True, **answer})

    return handler


async def read_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object (empty counts as {}); raises Refused when it is something else."""
    text = await request.text()
    if not text.strip():
        return {}
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(f"the body is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("the body is a JSON object")
    return given


def wanted(given: dict[str, Any], key: str) -> str:
    """The text under `key`; raises Refused when it is missing or empty."""
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(f"{key} is missing")
    return value
