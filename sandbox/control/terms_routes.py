"""What would happen? Asked of the bot's own command beside the running one; what it answers is shown, and not understood here."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.control.posted import Refused, Timed, posted, wanted

AskBot = Callable[..., Awaitable[tuple[int, str, str]]]
"""Runs a command of the bot: its exit status, what it printed, and what it complained of. Raises TimeoutError."""
NO_BOT = "This sandbox has not started its bot, so it cannot ask it."


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    @property
    def ask_bot(self) -> AskBot | None:
        """How the bot is asked, where it can be."""
        ...


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/terms/clients and /_control/terms/explain."""

    async def clients(_given: dict[str, Any]) -> dict[str, Any]:
        return await _asked(sandbox, "check", "--json")

    async def explain(given: dict[str, Any]) -> dict[str, Any]:
        named = [f"--{name}={wanted(given, name)}" for name in ("client", "severity", "at")]
        urgent = ["--urgent"] if given.get("urgent") is True else []
        return {"found": await _asked(sandbox, "explain", *named, *urgent, "--json")}

    app.router.add_post("/_control/terms/clients", posted(sandbox, clients))
    app.router.add_post("/_control/terms/explain", posted(sandbox, explain))


async def _asked(sandbox: World, *words: str) -> dict[str, Any]:
    if sandbox.ask_bot is None:
        raise Refused(NO_BOT)
    try:
        status, said, complained = await sandbox.ask_bot("terms", *words)
    except TimeoutError as error:
        raise Refused("The bot took too long to answer.") from error
    if status:
        raise Refused(complained.strip() or f"The bot ended with {status}.")
    try:
        answer = json.loads(said)
    except json.JSONDecodeError as error:
        raise Refused("The bot answered something else than JSON.") from error
    return answer if isinstance(answer, dict) else {}
