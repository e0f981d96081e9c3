"""What is asked of the terms from the command line: read, completed with the day's roster, and answered by the rules."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from bot import feeds
from bot import settings as configuration
from bot.clock import SystemClock
from bot.ical import NoCalendar
from bot.office import amounts
from bot.opening import CannotRun, reading
from bot.roster import Office
from bot.settings import Misconfigured
from policies.hours import local_moment
from policies.people import Client, Roster
from policies.questions.rehearsal import Setting
from policies.questions.what_if import MOST, Answer, Question, answer
from policies.terms import Severity
from policies.words.severity import cannot_flag

MOMENT = "%Y-%m-%d %H:%M"


class NotAnswerable(Exception):
    """Something in the question cannot be right; the text says what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is typed."""

    client: str
    severity: str
    at: str
    zone: str = ""
    urgent: bool = False
    escalated_after: str = "10 min"
    length: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer with what its words need: the desk's zone, that of the moment asked, the terms' hash, and how true it can be."""

    answer: Answer
    zone: str
    asked_zone: str
    terms: str
    roster: Roster
    notes: tuple[str, ...] = ()


async def what_if(asked: Asked, office: Office, *, of_file: Path | None = None) -> Answered:
    """What would happen. `of_file` is named where the office is not the one in use. Raises NotAnswerable."""
    client = client_of(asked.client, office)
    zone = asked.zone or client.zone
    question = Question(
        client=client,
        severity=_severity(asked.severity),
        at=moment(asked.at, zone),
        urgent=asked.urgent,
        escalated_after=length_of(asked.escalated_after, "--escalated-after"),
        length=length_of(asked.length, "--for") if asked.length else None,
    )
    if question.length is not None and question.length > MOST:
        raise NotAnswerable(f"--for is longer than {MOST.days} days. Look less far.")
    refused = cannot_flag(question.severity, office.terms(client.key)) if question.urgent else ""
    if refused:
        raise NotAnswerable(refused)
    roster, telephone, notes = await _today(office, question.at)
    setting = Setting(
        roster=roster,
        terms=office.terms(client.key),
        terms_id=office.terms_id(client.key),
        zone=office.zone,
        telephone=telephone,
        ref=f"{office.ref_prefix}1",
    )
    if of_file is not None:
        notes = (f"The terms are those of {of_file.name}.", *notes)
    return Answered(
        answer=answer(question, setting),
        zone=office.zone,
        asked_zone=zone,
        terms=setting.terms_id,
        roster=roster,
        notes=notes,
    )


def client_of(key: str, office: Office) -> Client:
    """The client of this key. Raises NotAnswerable."""
    found = office.roster.client_by_key.get(key)
    if found is None:
        raise NotAnswerable(
            f"There is no client {key}. The clients are: {', '.join(office.roster.client_by_key)}."
        )
    return found


def _severity(text: str) -> Severity:
    for one in get_args(Severity):
        if one == text.upper():
            return one  # type: ignore[no-any-return]  # get_args gives Any
    raise NotAnswerable(f"There is no severity {text}. There are: {', '.join(get_args(Severity))}.")


def moment(text: str, zone: str) -> datetime:
    """A local moment of a zone as aware UTC; the first one that the wall clock shows. Raises NotAnswerable."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NotAnswerable(f"{zone} is no time zone. Write its IANA name, such as Europe/London.") from None
    local = _first_of(text, MOMENT, "%Y-%m-%dT%H:%M", "%Y-%m-%d")
    return local_moment(local.date(), local.time(), zone)


def _first_of(text: str, *forms: str) -> datetime:
    for form in forms:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - the zone is another argument
        except ValueError:
            continue
    raise NotAnswerable(f"{text} is no moment. Write it as 2026-12-24 21:58.")


def length_of(text: str, option: str) -> timedelta:
    """A length of time as the file writes it, or short as in "3d". Raises NotAnswerable."""
    short = text.strip()
    if short[-1:] == "d" and short[:-1].strip().isdecimal():
        short = f"{short[:-1].strip()} days"
    try:
        return amounts.length(short)
    except ValueError:
        raise NotAnswerable(
            f'{option} is no length of time: {text}. Write "10 min", "2 h" or "3 days".'
        ) from None


async def _today(office: Office, at: datetime) -> tuple[Roster, bool, tuple[str, ...]]:
    """The roster with what is known of its days, whether calls can be placed, and what is not known."""
    notes = [note async for note in _calendars(office)]
    try:
        settings = configuration.load()
        async with reading(settings, office) as board:
            return await board.roster(at), settings.has_telephone, tuple(notes)
    except (Misconfigured, CannotRun):
        notes.append("Absences are not looked at: there is no database here to read them from.")
        return office.roster, True, tuple(notes)


async def _calendars(office: Office) -> AsyncIterator[str]:
    """Read the calendars of the rota into the office; what cannot be read is said."""
    for feed in office.feeds:
        try:
            calendar, _ = await feeds.read(feed, office.roster, SystemClock())
        except (OSError, TimeoutError, aiohttp.ClientError, NoCalendar) as error:
            yield f"The calendar of the rota for {feed.role} cannot be read ({type(error).__name__}): it is left out."
        else:
            office.calendars.take(feed, calendar)
