"""The words behind `/frontdoor`: read without guessing, refused with an example."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.slack import announcing, commands_incident, commands_people, commands_severity, when
from handlers.slack.announcing import Announce
from handlers.slack.commands_incident import ToIncident
from handlers.slack.commands_people import READERS, Of, Unreadable, period
from handlers.slack.commands_severity import ToSeverity

_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_REF = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*-)?\d{1,9}")

HELP = f"""*/frontdoor* in any channel of ours:
• `/frontdoor new` opens a request for a client, `/frontdoor new #channel what they said` without the form
• `/frontdoor escalate SUP-12` escalates to development; without a reference, the one request you have
• `/frontdoor mine` shows what is on your desk and which clocks run
• `/frontdoor status SUP-12` shows where a request stands; without a reference, all open ones
• `/frontdoor rota` shows who is on duty now, what changes in two weeks, and when nobody would be reached
• `/frontdoor workarounds` lists what has to be reverted, by whom, until when
• `/frontdoor letters` lists what failed and waits for a person, with a button that tries it again
• `/frontdoor vendors` says whom to contact at each vendor, and what is asked of them
• `/frontdoor away until friday` or `away @person from tomorrow until 2026-11-25 09:00`; \
a day without a time lasts to its end; `away off` when you are back
{commands_severity.HELP}
{commands_incident.HELP}
{commands_people.HELP}
{announcing.HELP}
Slash commands do not work in threads: there, use the buttons, or a message's ⋮ menu: "Open a request", "Escalate"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """How it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Open a request; without a channel the form is shown."""

    channel: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Show the escalation form for `ref`, or for the only request of this person."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """My queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One request, or all that are open."""

    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who is on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workarounds:
    """Every live workaround."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors:
    """The register of vendors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Events that failed and wait for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody (a Slack id; empty for the one who typed) is away. Back again: `end` is `start`. No moments: show the form."""

    user: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Not understood: what, and how it is written."""

    said: str


Parsed = (
    Help
    | New
    | Escalate
    | Mine
    | Status
    | Rota
    | Workarounds
    | Vendors
    | Away
    | ToSeverity
    | ToIncident
    | Of
    | Announce
    | Mistake
)
"""What is answered in words, or with a form; `Letters` is answered with buttons."""


def parse(text: str, *, now: datetime, zone: str, channels: Mapping[str, str]) -> Parsed | Letters:
    """What was typed behind the command. `channels` leads from a client's key to its channel; `zone` is the typist's."""
    word, _, rest = text.strip().partition(" ")
    word, rest = word.lower(), rest.strip()
    readers: dict[str, Callable[[], Parsed | Letters]] = {
        "": Help,
        "help": Help,
        "new": lambda: _new(rest, channels),
        "escalate": lambda: _referring(rest, Escalate, word),
        "status": lambda: _referring(rest, Status, word),
        "severity": lambda: commands_severity.read(rest) or Mistake(said=commands_severity.EXAMPLE),
        "incident": lambda: commands_incident.read(rest) or Mistake(said=commands_incident.EXAMPLE),
        "mine": Mine,
        "rota": Rota,
        "workarounds": Workarounds,
        "vendors": Vendors,
        "letters": Letters,
        "away": lambda: _away(rest, now, zone),
        "back": lambda: _away(f"{rest} off".strip(), now, zone),
    }
    if word in readers:
        return readers[word]()
    others: Mapping[str, Callable[[str, datetime, str], Parsed]] = {
        **READERS,
        "maintenance": announcing.read,
    }
    if word in others:
        try:
            return others[word](rest, now, zone)
        except Unreadable as error:
            return Mistake(said=str(error))
    return Mistake(said=f"There is no `/frontdoor {_shown(word)}`. `/frontdoor help` lists what there is.")


def _new(rest: str, channels: Mapping[str, str]) -> New:
    first, _, words = rest.partition(" ")
    linked = _CHANNEL.fullmatch(first)
    channel = linked[1] if linked else channels.get(first.lower(), "")
    return New(channel=channel, text=words.strip()) if channel else New(text=rest)


def _referring(rest: str, kind: type[Escalate] | type[Status], word: str) -> Parsed:
    if rest and not _REF.fullmatch(rest):
        return Mistake(said=f"`{_shown(rest)}` is no reference. Write it like `/frontdoor {word} SUP-12`.")
    return kind(ref=rest)


def _away(rest: str, now: datetime, zone: str) -> Parsed:
    found = _USER.match(rest)
    user = found[1] if found else ""
    words = rest[found.end() :].strip() if found else rest
    if not found and words.startswith("@"):
        return Mistake(
            said=f"`{_shown(words.split()[0])}` is nobody I know: choose the person from the list Slack offers."
        )
    if words.lower() in {"off", "back"}:
        return Away(user=user, start=now, end=now)
    if not words:
        return Away(user=user)
    try:
        start, end = period(words, now, zone)
    except when.NoMoment as error:
        return _no_absence(str(error))
    if end <= start:
        return Mistake(said="That ends before it begins. Write it like `/frontdoor away until friday 18:00`.")
    return Away(user=user, start=start, end=end)


def _no_absence(words: str) -> Mistake:
    return Mistake(
        said=f"`{_shown(words)}` is no moment I can read. Write `/frontdoor away until` and one of {when.EXAMPLES}, "
        "or `/frontdoor away for 3 days`; `/frontdoor away off` when you are back."
    )


def _shown(words: str) -> str:
    """What somebody typed, short and harmless inside back-ticks."""
    return words.replace("`", "'").replace("<", "‹").replace(">", "›").replace("&", "+")[:60]
