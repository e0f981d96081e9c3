"""The commands that read the registers: workarounds, the boundary between support and new work, estimates, vendors."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot import settings as configuration

if TYPE_CHECKING:
    from bot.board import Board
    from bot.roster import Office

Lines = list[str]
EVERY = typer.Option("--all", help="Those that are reverted too.")


def workarounds(*, every: Annotated[bool, EVERY] = False) -> None:
    """List the live workarounds, of closed requests too: the original of each, who carries it, until when."""
    from bot.clock import SystemClock
    from policies import registers

    async def read(board: "Board", office: "Office") -> Lines:
        now = SystemClock().now()
        tickets = [one async for one in board.all_tickets()] if every else await board.carrying()
        return registers.workarounds(tickets, office.roster, office.zone, now, _plain, every=every)

    _say(read, "No workaround is live." if not every else "There was no workaround yet.")


def boundary(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Requests opened from this day on, in the team's zone."),
    ] = None,
) -> None:
    """Count for each client the requests and, by kind, those that were new work rather than support."""
    from policies import registers

    async def read(board: "Board", office: "Office") -> Lines:
        begin = datetime.combine(since.date(), time(), ZoneInfo(office.zone)) if since else None
        return registers.boundary([one async for one in board.all_tickets()], office.roster, begin)

    _say(read, "There was no request.")


def slips(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Estimates given from this day on, in the team's zone."),
    ] = None,
) -> None:
    """Count by client, and by the team of each product, what became of estimates: kept, missed, revised in time, told late."""
    from policies import slips as counted

    async def read(board: "Board", office: "Office") -> Lines:
        begin = datetime.combine(since.date(), time(), ZoneInfo(office.zone)) if since else None
        return counted.table([one async for one in board.all_tickets()], office.roster, begin)

    _say(read, "No estimate was given.")


def vendors() -> None:
    """List the vendors: whom to contact, what they need to know, what they promise, and what is asked of them now."""
    from policies import registers

    async def read(board: "Board", office: "Office") -> Lines:
        return registers.vendors(office.roster, await board.open_tickets(), office.zone, _plain)

    _say(read, "The register has no vendors. They stand in frontdoor.toml, as [[vendors]].")


def _plain(text: str) -> str:
    from policies.markup import plain

    return " ".join(plain(text).split())


def _say(read: "Callable[[Board, Office], Awaitable[Lines]]", nothing: str) -> None:
    lines = asyncio.run(_look(read))
    for line in lines or [nothing]:
        typer.echo(line)


async def _look(read: "Callable[[Board, Office], Awaitable[Lines]]") -> Lines:
    from bot import roster
    from bot.opening import reading

    settings = configuration.load()
    office = roster.load(settings.frontdoor_config)
    async with reading(settings, office) as board:
        return await read(board, office)


def register(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command(short_help="List the workarounds that are live.")(workarounds)
    app.command(short_help="Count support and new work by client.")(boundary)
    app.command(short_help="Count what became of estimates by client and team.")(slips)
    app.command(short_help="List the vendors and what is asked of them.")(vendors)
