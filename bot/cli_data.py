"""The commands that keep the record: verify it, copy it, move it, erase from it."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import settings as configuration

if TYPE_CHECKING:
    from policies.ticket import Ticket


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


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.", dir_okay=False)],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy the whole database into a file, beside a running bot. The copy is opened and proven before it gets its name."""
    from bot import keeping_copies

    url = configuration.load().database_url
    requests = asyncio.run(keeping_copies.backup(url, file, say, force=force))
    typer.echo(f"{file} has {requests} requests and is whole.")


def restore(
    file: Annotated[Path, typer.Argument(help="What `frontdoor backup` has made.", dir_okay=False)],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also where a database is: it is kept aside.")
    ] = False,
) -> None:
    """Put a backup in the place of the database. The bot must not run; a backup that is not whole is refused."""
    from bot import keeping_copies

    url = configuration.load().database_url
    aside = asyncio.run(keeping_copies.restore(url, file, say, force=force))
    typer.echo("The backup is in its place." + (f" The database before it is {aside}." if aside else ""))


def move(to: Annotated[str, typer.Option(metavar="URL", help="An empty postgresql:// database.")]) -> None:
    """Move a SQLite database to an empty PostgreSQL, compared row by row, all or nothing. The bot must not run."""
    from bot import keeping_copies

    rows = asyncio.run(keeping_copies.move(configuration.load().database_url, to, say))
    typer.echo(f"{rows} rows were moved. Write the new address into DATABASE_URL, then start the bot.")


def erase(
    ticket: Annotated[str, typer.Argument(help="Its reference, such as SUP-12.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase what people wrote in a request that has ended: facts, messages, files' names, what was said about it.

    The record stays whole and says that it was done. It cannot be undone. With SQLite the bot must not run.
    """
    from bot import keeping_erasing

    def ask(found: "Ticket") -> None:
        if not yes:
            typer.confirm(f"Erase what people wrote in {found.ref}? It cannot be undone.", abort=True)

    found, done = asyncio.run(keeping_erasing.erase(configuration.load().database_url, ticket, ask))
    if done.anything:
        typer.echo(
            f"{found.ref} is erased: fields of facts {done.facts}, messages {done.messages}, "
            f"effects {done.effects}, failed events {done.events}."
        )
    else:
        typer.echo(f"There was nothing to erase in {found.ref}.")
    if done.kept:
        say(f"{done.kept} facts are older than the chain and keep their words: erasing them would break it.")
    if found.merged_into:
        say(f"Its messages went into {found.merged_into}: erase that one too.")


def register(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command(short_help="Prove that the record is whole.")(verify)
    app.command(short_help="Copy the database into a file.")(backup)
    app.command(short_help="Put a backup in the place of the database.")(restore)
    app.command(short_help="Move from SQLite to PostgreSQL.")(move)
    app.command(short_help="Erase what people wrote in a request.")(erase)
