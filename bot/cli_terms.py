"""The commands that ask the agreed terms: whether the file is right, what would happen, what would have happened."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import settings as configuration
from bot.settings import Misconfigured

if TYPE_CHECKING:
    from bot.roster import Office

WRONG = 2

app = typer.Typer(
    name="terms",
    help="Ask the agreed terms. They stand in frontdoor.toml, or in the file that is named.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
TermsFile = Annotated[
    Path | None,
    typer.Option("--terms", metavar="FILE", help="Another file than the one in use.", dir_okay=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, moments in UTC.")]


@app.command(short_help="Say whether a frontdoor.toml can be used.")
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: the file in use.", dir_okay=False)] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a frontdoor.toml can be used: every problem with its line and its mend, and what deserves a second look.

    Ends with 2 when it cannot. Nothing else is needed: no token, no database.
    """
    from bot import terms_words

    path = file or configuration.config_path()
    office = load(path)
    if as_json:
        typer.echo(terms_words.summary_json(office), nl=False)
        return
    for warning in office.warnings:
        typer.secho(f"warn  {warning}", fg=typer.colors.YELLOW)
    typer.echo(f"{path.name} is good: {terms_words.summary(office)}.")


@app.command(short_help="Say what would happen to a request, and why.")
def explain(  # noqa: PLR0913 - one for each option
    client: Annotated[str, typer.Option(help="The client's key.")],
    at: Annotated[str, typer.Option(help='When it writes, such as "2026-12-24 21:58".')],
    severity: Annotated[str, typer.Option(help="S1, S2, S3 or S4, from the start.")] = "S2",
    zone: Annotated[str, typer.Option(help="The zone of --at; the client's unless said.")] = "",
    *,
    urgent: Annotated[bool, typer.Option("--urgent", help="It is flagged out of hours.")] = False,
    escalated_after: Annotated[str, typer.Option(help="When support escalates.")] = "10 min",
    length: Annotated[str, typer.Option("--for", help='How far to look, such as "3 days".')] = "",
    terms: TermsFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what would happen to a request of this client: who is rung when, which targets lapse, and why then.

    Nobody reacts in it, and every telephone rings out: that is what the terms do by themselves.
    """
    from bot import asking, terms_words

    try:
        asked = asking.Asked(
            client=client, severity=severity, at=at, zone=zone, urgent=urgent,
            escalated_after=escalated_after, length=length,
        )  # fmt: skip
        found = asyncio.run(asking.what_if(asked, load(terms or configuration.config_path()), of_file=terms))
    except asking.NotAnswerable as error:
        _wrong(str(error))
    typer.echo(terms_words.as_json(found) if as_json else terms_words.text(found), nl=False)


@app.command(short_help="Say what another file would change.")
def diff(file: Annotated[Path, typer.Argument(help="The other frontdoor.toml.", dir_okay=False)]) -> None:
    """Say how FILE differs from what is in force, and what that means for open requests. Changes nothing.

    The bot says the same in the support channel once the file in use has changed.
    """
    from bot import terms_diff

    for line in asyncio.run(terms_diff.lines(configuration.load(), load(file))):
        typer.echo(line)


@app.command(short_help="Say what other terms would have made of the record.")
def replay(
    terms: Annotated[Path, typer.Option("--terms", metavar="FILE", help="The other terms.", dir_okay=False)],
    since: Annotated[str, typer.Option(help="Requests opened from this day on, such as 2026-10-01.")],
    until: Annotated[str, typer.Option(help="And before this one; now unless said.")] = "",
    client: Annotated[str, typer.Option(help="Those of one client, by its key.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Say what other terms would have made of the recorded requests: what would have lapsed, who would have been rung, the figures.

    What people did is taken as it was. Reads only, beside a running bot; days are the desk's own.
    """
    from bot import asking, replaying
    from bot.clock import SystemClock

    settings = configuration.load()
    now, other = load(settings.frontdoor_config), load(terms)
    try:
        moment = SystemClock().now()
        period = replaying.Period(
            since=asking.moment(since, now.zone),
            until=asking.moment(until, now.zone) if until else moment,
            now=moment,
            client=asking.client_of(client, now).key if client else "",
        )
    except asking.NotAnswerable as error:
        _wrong(str(error))
    found = asyncio.run(replaying.compare(settings, now, other, period, terms.name))
    typer.echo(replaying.as_json(found) if as_json else replaying.text(found), nl=False)


def load(path: Path) -> "Office":
    """The office of a file; its problems are printed and the command ends with 2."""
    from bot import roster

    try:
        return roster.load(path)
    except Misconfigured as error:
        _wrong(*error.problems)


def _wrong(*problems: str) -> NoReturn:
    for problem in problems:
        typer.secho(problem, err=True, fg=typer.colors.RED)
    raise typer.Exit(WRONG)


def register(parent: typer.Typer) -> None:
    """Give `parent` the group."""
    parent.add_typer(app, short_help="Ask the agreed terms: check, diff, explain, replay.")
