"""The story panel: how far the story has come, playing its next step, and skipping time up to the next ring."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
from aiohttp import web

from sandbox.cast import person_at
from sandbox.clock import Clock, isoformat
from sandbox.clocklink import ClockLink
from sandbox.control.posted import Refused, Timed, posted
from sandbox.control.story_player import PLAYS, Player
from sandbox.phone import Phone
from sandbox.story import told
from sandbox.wire import WireLog

FARTHEST = 24 * 3600


class World(Timed, Protocol):
    """What these routes need of the sandbox."""

    clock: Clock
    wire: WireLog
    phone: Phone
    clocklink: ClockLink
    base_url: str


def add_routes(app: web.Application, sandbox: World) -> None:
    """Serve /_control/story, /_control/story/do and /_control/story/skip."""
    playing = (
        asyncio.Lock()
    )  # a step is ticked before its hands are done: the next one must not find them in its forms

    async def story(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **told(sandbox.wire.entries)})

    async def do(given: dict[str, Any]) -> dict[str, Any]:
        step = given.get("step")
        if step not in PLAYS:
            raise Refused(f"step is one of {', '.join(PLAYS)}")

        async def wait(seconds: float) -> str:
            return await skip_to_ring(sandbox, seconds)

        limit = aiohttp.ClientTimeout(total=90)
        async with playing, aiohttp.ClientSession(timeout=limit) as session:
            await Player(sandbox.base_url, session, wait).play(step)
        return told(sandbox.wire.entries)

    async def skip(given: dict[str, Any]) -> dict[str, Any]:
        seconds = given.get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= FARTHEST:
            raise Refused(f"seconds is a number up to {FARTHEST}")
        sandbox.wire.record(
            "clock", "person", "clock.skip", f"time goes on by {seconds} s, up to the next ring"
        )
        number = await skip_to_ring(sandbox, seconds)
        who = person_at(number)
        stopped = f"{who.name if who else number}’s telephone rings: the skip stopped here." if number else ""
        return {"now": isoformat(sandbox.clock.now()), "rate": sandbox.clock.rate, "stopped": stopped}

    app.router.add_get("/_control/story", story)
    app.router.add_post("/_control/story/do", posted(sandbox, do))
    app.router.add_post("/_control/story/skip", posted(sandbox, skip))


async def skip_to_ring(sandbox: World, seconds: float) -> str:
    """Let `seconds` pass, but stop when a further telephone begins to ring; its number, or empty."""
    known = {call["sid"] for call in _ringing(sandbox)}
    target = sandbox.clock.now() + timedelta(seconds=seconds)
    while sandbox.clock.now() < target:
        await sandbox.timeline.advance(await _next_moment(sandbox, target))
        for call in _ringing(sandbox):
            if call["sid"] not in known:
                return str(call["to"])
    return ""


async def _next_moment(sandbox: World, target: datetime) -> datetime:
    """The nearest moment up to `target` at which a bot or a telephone has something due."""
    await sandbox.timeline.settle()
    dues = await sandbox.clocklink.settle()
    now, ring = sandbox.clock.now(), sandbox.phone.next_event()
    return min([target, *(moment for moment in (*dues, ring) if moment is not None and moment > now)])


def _ringing(sandbox: World) -> list[dict[str, Any]]:
    return [call for call in sandbox.phone.state()["calls"] if call["status"] == "ringing"]
