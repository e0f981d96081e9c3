"""The `frontdoor` command. It ends with 0 done, 1 refused or a check failed, 2 wrong usage, 3 wrong configuration, 4 overtaken, 5 stuck."""

import asyncio
import sys
from collections.abc import Coroutine
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from bot import cli_data, cli_letters, cli_people, cli_registers, cli_terms
from bot import settings as configuration
from bot.settings import Misconfigured, Refused, Settings

if TYPE_CHECKING:
    from bot.doctor import Finding
    from bot.roster import Office
    from policies.facts import AnyFact
    from policies.ticket import Ticket

FAILED, CONFIGURATION = 1, 3
EPILOG = "Exit codes: 0 done, 1 refused or a check failed, 2 wrong usage, 3 wrong configuration, 4 overtaken, 5 stuck."
MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
COLOURS = {"ok": typer.colors.GREEN, "warn": typer.colors.YELLOW, "fail": typer.colors.RED}

T = TypeVar("T")
app = typer.Typer(
    name="frontdoor",
    help="Production support in Slack and by telephone.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command(short_help="Run the bot until it is told to stop.")
def run() -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM), which it does after finishing what it has in hand."""
    from bot import logs

    settings = configuration.load()
    logs.configure(settings.frontdoor_log_level)
    from bot import app as root

    _finish(root.run(settings))


@app.command(short_help="Bring the database up to date.")
def migrate() -> None:
    """Bring the database up to date. Running it again changes nothing."""
    settings = configuration.load()
    from bot.opening import prepare

    changed = prepare(settings.database_url, lambda words: typer.echo(words, err=True))
    typer.echo(
        "The database has been brought up to date." if changed else "The database was up to date already."
    )


@app.command(short_help="Print the manifest of the Slack app.")
def manifest(
    http: Annotated[
        str, typer.Option(metavar="URL", help="For delivery over HTTP to this https address.")
    ] = "",
) -> None:
    """Print the manifest of the Slack app: paste it at api.slack.com/apps, Create New App, From a manifest."""
    from bot import manifest as manifests

    if http:
        typer.echo(manifests.dump(manifests.over_http(manifests.load(), http)), nl=False)
    else:
        typer.echo(manifests.dump(manifests.load()), nl=False)


@app.command(short_help="Look at everything a running bot needs.")
def doctor() -> None:
    """Look at everything a running bot needs: settings, tokens, channels, telephone, database. Changes nothing.

    A frontdoor.toml that `run` would not take ends it with 3, as there; anything else that fails with 1.
    """
    settings = configuration.load()
    typer.echo("Looking at settings, Slack, telephone and database ...", err=True)
    from bot.app import examine

    findings = _finish(examine(settings))
    for finding in findings:
        _print_finding(finding)
    failed = {finding.about for finding in findings if finding.state == "fail"}
    if failed:
        raise typer.Exit(CONFIGURATION if "frontdoor.toml" in failed else FAILED)


def _print_finding(finding: "Finding") -> None:
    mark = typer.style(MARKS[finding.state], fg=COLOURS[finding.state])
    typer.echo(f"{mark}  {finding.about}: {finding.said}")
    if finding.mend:
        typer.echo(f"      -> {finding.mend}")


@app.command(short_help="Say why each clock of a request stands where it stands.")
def explain(ticket: Annotated[str, typer.Argument(help="Its reference, such as SUP-12.")]) -> None:
    """Say why each clock of a request stands where it stands."""
    from bot import explain as words

    office, found, _ = _finish(_look_up(configuration.load(), ticket))
    typer.echo(words.headline(found, office))
    clocks = words.clocks(found, office)
    if not clocks:
        typer.echo("No clock runs.")
        return
    names = [" ".join(filter(None, (clock.kind, clock.subject))) for clock in clocks]
    width = max(map(len, names))
    for name, clock in zip(names, clocks, strict=True):
        typer.echo(f"{name:<{width}}  {clock.rule:<5} {clock.why}")


@app.command(short_help="Give everything known of a request as JSON.")
def export(
    ticket: Annotated[str, typer.Argument(help="Its reference, such as SUP-12.")],
    output: Annotated[
        Path | None, typer.Option(help="Write here instead of printing.", dir_okay=False)
    ] = None,
) -> None:
    """Give everything known of a request as JSON: words, timeline, state, clocks."""
    from bot import explain as words

    office, found, facts = _finish(_look_up(configuration.load(), ticket))
    document = words.export(found, facts, office)
    if output is None:
        typer.echo(document, nl=False)
        return
    try:
        output.write_text(document, encoding="utf-8")
    except OSError as error:
        _fail(f"{output} cannot be written: {error.strerror}.")
    typer.echo(f"{found.ref} is in {output}.", err=True)


@app.command("version")
def show_version() -> None:
    """Print the version."""
    try:
        typer.echo(version("frontdoor"))
    except PackageNotFoundError:
        typer.echo("unknown: Frontdoor is not installed (pip install -e .)")


async def _look_up(settings: Settings, ref: str) -> "tuple[Office, Ticket, tuple[AnyFact, ...]]":
    """A request from the database, which may be in use by a running bot meanwhile."""
    from bot import roster
    from bot.opening import reading

    office = roster.load(settings.frontdoor_config)
    async with reading(settings, office) as board:
        found = await board.by_ref(ref)
        if found is None:
            _fail(f"There is no request {ref}.")
        return office, found, await board.timeline(found.id)


def _fail(words: str) -> NoReturn:
    typer.secho(words, err=True, fg=typer.colors.RED)
    raise typer.Exit(FAILED)


def _finish(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


cli_data.register(app)
cli_letters.register(app)
cli_people.register(app)
cli_registers.register(app)
cli_terms.register(app)


def main() -> None:
    """The console script."""
    try:
        app()
    except Misconfigured as error:
        for problem in error.problems:
            typer.secho(problem, err=True, fg=typer.colors.RED)
        sys.exit(CONFIGURATION)
    except Refused as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        sys.exit(error.code)
