"""The commands that keep the record: verify it, copy it, move it, erase from it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration


def say(words: str) -> None:
    """Progress goes to stderr, so that a pipe stays clean."""
    typer.echo(words, err=True)


def verify(
    write: Annotated[
        Path | None, typer.Option(help="Keep the ends of all timelines in this file.", dir_okay=False)
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Prove that this older state is the beginning.", dir_okay=False)
    ] = None,
) -> None:
    """Prove that the record is whole: every fact, hash and word. Works beside a running bot and changes nothing.

    The digest stands for the whole record: keep it, or the file of --write, on another machine. Whoever changes the past
    can make a new chain, but not one that --against an older file would take.
    """
    from bot import keeping

    url = configuration.load().database_url
    found = asyncio.run(keeping.verify(url, say, write=write, against=against))
    typer.echo(f"The record is whole: {found.requests} requests, {found.facts} facts.")
    if found.older is not None:
        typer.echo(f"The older state of {found.older} requests is its beginning.")
    typer.echo(f"digest {found.digest}")


def register(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command(short_help="Prove that the record is whole.")(verify)
