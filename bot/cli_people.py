"""The commands about people: the rota as text or as a calendar, and the contact card for their telephones."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot import settings as configuration
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.roster import Office
    from policies.people import Role, Roster
    from policies.rota import Turn

BACK, AHEAD = timedelta(days=60), timedelta(days=90)
"""What a calendar tells: turns that began so long ago, and those to come."""
ALL = "all"
Duties = list[tuple["Role", "Turn"]]


def rota(
    ics: Annotated[
        str, typer.Option(metavar="PERSON", help="As a calendar (.ics): of this person (key), or all.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option(help="Write here instead of printing.", dir_okay=False)
    ] = None,
) -> None:
    """Whose turn it is in the coming 90 days, with covers and absences. Works beside a running bot and changes nothing.

    With --ics as a calendar that other programs read: write it from time to time to where they find it.
    """
    office, roster, duties = asyncio.run(_duties(configuration.load()))
    if ics and ics != ALL and ics not in roster.by_key:
        _fail(f"There is nobody with the key {ics}. The keys are: {', '.join(roster.by_key)}.")
    wanted = [(role, turn) for role, turn in duties if ics in {"", ALL, turn.person}]
    text = _calendar(wanted, roster) if ics else _lines(wanted, roster, office.zone)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        _fail(f"{output} cannot be written: {error.strerror}.")
    typer.echo(f"The rota is in {output}.", err=True)


def vcard() -> None:
    """Print the contact card (.vcf) with the number our calls come from, for people's telephones."""
    from policies.contact import vcard as card

    number = configuration.load().twilio_from_number
    if not number:
        _fail("TWILIO_FROM_NUMBER is not set: no calls are made.")
    typer.echo(card(number), nl=False)


async def _duties(settings: Settings) -> "tuple[Office, Roster, Duties]":
    from bot import roster as offices
    from bot.clock import SystemClock
    from bot.feeds import Feeds
    from bot.in_force import InForce
    from bot.opening import reading
    from policies import coverage

    office, clock = offices.load(settings.frontdoor_config), SystemClock()
    await Feeds(InForce(office), clock).read_all()
    now = clock.now()
    async with reading(settings, office) as board:
        roster = await board.roster(now)
    duties = coverage.duties(roster, now - BACK, now + AHEAD)
    return office, roster, [(role, turn) for role, turn in duties if turn.end > now]


def _calendar(duties: "Duties", roster: "Roster") -> str:
    from bot import ical
    from bot.clock import SystemClock
    from policies.words.internal import ROLE_NAMES

    titled = [
        (turn, f"{ROLE_NAMES[role].removeprefix('The ').capitalize()}: {roster.by_key[turn.person].name}")
        for role, turn in duties
    ]
    return ical.feed(titled, SystemClock().now())


def _lines(duties: "Duties", roster: "Roster", zone: str) -> str:
    from policies.markup import stamp

    lines = [
        f"{role.value:<13} {stamp(turn.start, zone)} to {stamp(turn.end, zone)}  {roster.by_key[turn.person].name}"
        for role, turn in duties
    ]
    return "".join(f"{line}\n" for line in lines or ["Nobody takes turns: everybody with a role is rung."])


def _fail(words: str) -> NoReturn:
    typer.secho(words, err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Give `app` these commands."""
    app.command(short_help="Say whose turn it is, or write it as a calendar.")(rota)
    app.command(short_help="Print the contact card for telephones.")(vcard)
