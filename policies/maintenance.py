"""Maintenance windows (PM-2): quiet hours of a client, announced ahead to our own people.

Nothing of what was promised rests in them: requests are answered, clocks run, telephones ring. Only the first response says
honestly what is under way. Whoever wants a target to rest asks the client (TR-6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from policies.access import may
from policies.decision import Announced, Context, Decision, Refused, Who
from policies.effects import Place, Post
from policies.events.office import MaintenanceNears, SetMaintenance
from policies.people import Client, Maintenance, Roster
from policies.words import client as client_words
from policies.words import office as wording_office

AHEAD = (timedelta(hours=24), timedelta(hours=1))
"""PM-2: how long before its beginning a window is announced, longest first."""


@dataclass(frozen=True, slots=True)
class Nearing:
    """A window that begins in `ahead`, announced `at`."""

    client: str
    window: Maintenance
    ahead: timedelta

    @property
    def at(self) -> datetime:
        """When it is announced."""
        return self.window.start - self.ahead

    @property
    def name(self) -> str:
        """What tells this announcement apart from every other one."""
        return f"{self.client}:{self.window.start:%Y-%m-%dT%H:%M}:{self.ahead.total_seconds():.0f}"


def with_windows(roster: Roster, announced: Sequence[tuple[str, Maintenance]]) -> Roster:
    """The roster with windows that were announced by command: pairs of a client's key and a window."""
    if not announced:
        return roster
    typed = [(key, replace(window, by_command=True)) for key, window in announced]
    clients = (
        replace(client, maintenance=(*client.maintenance, *(one for key, one in typed if key == client.key)))
        for client in roster.clients
    )
    return replace(roster, clients=tuple(clients))


def announcements(roster: Roster) -> Iterator[Nearing]:
    """Every announcement of every window that is known."""
    for client in roster.clients:
        for window in client.maintenance:
            yield from (Nearing(client.key, window, ahead) for ahead in AHEAD)


def due(roster: Roster, since: datetime, now: datetime) -> tuple[Nearing, ...]:
    """What is to be announced at `now`, of what was due from `since` on: of each window the last word, while it is ahead."""
    found: dict[tuple[str, Maintenance], Nearing] = {}
    for one in announcements(roster):
        if since <= one.at <= now < one.window.start:
            found[one.client, one.window] = one
    return tuple(found.values())


def next_at(roster: Roster, now: datetime) -> datetime | None:
    """When the next announcement is due after `now`."""
    return min((one.at for one in announcements(roster) if one.at > now), default=None)


def under_way(roster: Roster, client: str, now: datetime) -> Maintenance | None:
    """The window of the client that `now` lies in; of several the one that ends last."""
    known = roster.client_by_key.get(client)
    inside = [window for window in known.maintenance if window.start <= now < window.end] if known else []
    return max(inside, key=lambda window: window.end, default=None)


def honest_word(roster: Roster, client: str, zone: str, now: datetime) -> str:
    """What a first response says before anything else while announced work is under way; empty while none is."""
    window = under_way(roster, client, now)
    return client_words.maintenance(window.end, zone) if window is not None else ""


def set_window(event: SetMaintenance, who: Who, ctx: Context) -> Decision | Refused:
    """The support lead or a development lead announces work at a client, or ends it."""
    refused = may(who, "maintenance")
    if refused is not None:
        return refused
    client = ctx.roster.client_by_key.get(event.client)
    if client is None:
        return Refused(verb="maintenance", why="There is no such client.", record=False)
    window = event.window
    if window is None:
        return _end(event.key, client, who, ctx)
    if window.end <= max(window.start, ctx.now):
        why = "That window is over before it begins. Nothing was changed."
        return Refused(verb="maintenance", why=why, record=False)
    words = wording_office.maintenance_set(who.name, client.name, window, ctx.zone)
    announced = Announced(client=client.key, window=window, by=who.key)
    return Decision(maintenance=announced, effects=(_post(event.key, words),), said=words)


def _end(key: str, client: Client, who: Who, ctx: Context) -> Decision | Refused:
    """What was announced by command ends, or does not come; what stands in the file is ended there, and that is said."""
    ahead = [one for one in client.maintenance if one.end > ctx.now]
    filed = [one for one in ahead if not one.by_command]
    stays = wording_office.maintenance_stays(filed, ctx.zone) if filed else ""
    if len(filed) == len(ahead):
        why = stays or f"No maintenance is announced at {client.name}."
        return Refused(verb="maintenance", why=f"{why} Nothing was changed.", record=False)
    words = wording_office.maintenance_over(who.name, client.name, stays)
    announced = Announced(client=client.key, window=None, by=who.key)
    return Decision(maintenance=announced, effects=(_post(key, words),), said=words)


def nears(event: MaintenanceNears, _who: Who, ctx: Context) -> Decision:
    """Said in the support channel; the client's own channel is only written to by a person."""
    client = ctx.roster.client_by_key.get(event.client)
    name = client.name if client is not None else event.client
    return Decision(
        effects=(_post(event.key, wording_office.maintenance_nears(name, event.window, ctx.zone)),)
    )


def _post(key: str, words: str) -> Post:
    return Post(slot=f"maintenance:{key}", to=Place(kind="support"), text=words, lane="internal")
