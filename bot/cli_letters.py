"""The command for events that failed: list them, and have them tried again."""

import asyncio
from typing import Annotated

import typer

from bot import settings as configuration


def letters(
    replay: Annotated[
        str, typer.Option(metavar="KEY|all", help="Have this one, or all, tried again at once.")
    ] = "",
) -> None:
    """List the events that failed, longest waiting first, without what people wrote. Works beside a running bot.

    With --replay they are due for the next run. On SQLite the bot must be stopped for it: beside it, press "Try again" in Slack.
    """
    from bot import keeping_letters

    url = configuration.load().database_url
    if replay:
        number = asyncio.run(keeping_letters.replay(url, replay))
        typer.echo(f"Events that are tried again: {number}.")
        return
    found, total = asyncio.run(keeping_letters.letters(url))
    for one in found:
        next_ = "waits for a person" if one.waits else "is tried again by itself"
        typer.echo(f"{one.key}  {one.at:%Y-%m-%d %H:%M:%S} UTC  {one.kind}  tries: {one.tries}, {next_}")
        typer.echo(f"    {one.error}")
    more = f", {total - len(found)} of them not shown" if total > len(found) else ""
    typer.echo(f"Events that failed: {total}{more}.")


def register(app: typer.Typer) -> None:
    """Give `app` this command."""
    app.command(short_help="List the events that failed.")(letters)
