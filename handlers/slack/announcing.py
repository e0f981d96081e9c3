"""`/frontdoor maintenance`: read without guessing, and one event for the door."""

import re
from dataclasses import dataclass
from datetime import datetime

from handlers.slack import when
from handlers.slack.commands_people import Unreadable
from policies.events import Actor
from policies.events.office import SetMaintenance
from policies.people import Client, Maintenance, Roster

HELP = (
    "• `/frontdoor maintenance example-retail from saturday 22:00 until sunday 2:00 new disks` "
    "announces work at a client; `maintenance example-retail off` ends it"
)
_USAGE = (
    "Write it like `/frontdoor maintenance example-retail from saturday 22:00 until sunday 2:00 new disks`, "
    "or `/frontdoor maintenance example-retail off`."
)
_SHAPE = re.compile(
    r"(?P<client>\S+)\s+from\s+(?P<start>.+?)\s+(?P<how>until|for)\s+(?P<rest>.+)", re.IGNORECASE
)
_OFF = re.compile(r"(?P<client>\S+)\s+off", re.IGNORECASE)
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
_WORDS = 3
"""Of a moment, at most: `2026-11-25 9:00 pm`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """Work at a client (its key or its channel's link) is announced; without a window it is over."""

    client: str
    window: Maintenance | None


def read(rest: str, now: datetime, zone: str) -> Announce:
    """What was typed behind the word; `zone` is the typist's. Raises Unreadable."""
    if over := _OFF.fullmatch(rest):
        return Announce(client=over["client"], window=None)
    found = _SHAPE.fullmatch(rest)
    if found is None:
        raise Unreadable(_USAGE)
    try:
        start = when.read(found["start"], after=now, zone=zone, end=False)
        end, what = _end(found["how"].lower(), found["rest"].split(), start, zone)
    except when.NoMoment:
        raise Unreadable(_USAGE) from None
    if not what:
        raise Unreadable(f"Say what is done. {_USAGE}")
    return Announce(client=found["client"], window=Maintenance(start=start, end=end, what=what))


def _end(how: str, words: list[str], start: datetime, zone: str) -> tuple[datetime, str]:
    """The longest beginning of `words` that names an end, and the rest of them. Raises NoMoment."""
    for count in range(min(_WORDS, len(words)), 0, -1):
        first, what = " ".join(words[:count]), " ".join(words[count:])
        try:
            if how == "for":
                return start + when.length(first), what
            return when.read(first, after=start, zone=zone, end=True), what
        except when.NoMoment:
            continue
    raise when.NoMoment(" ".join(words))


def event(wanted: Announce, roster: Roster, actor: Actor, key: str, now: datetime) -> SetMaintenance | str:
    """The event, or what to say where there is no such client."""
    linked = _CHANNEL.fullmatch(wanted.client)
    client: Client | None = (
        roster.by_channel.get(linked[1]) if linked else roster.client_by_key.get(wanted.client.lower())
    )
    if client is None:
        return f"There is no such client. The clients are: {', '.join(sorted(roster.client_by_key))}."
    return SetMaintenance(key=key, at=now, actor=actor, client=client.key, window=wanted.window)
