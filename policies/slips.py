"""What became of estimates (UP-3): kept, missed, revised in time; and how often a client was told late. Pure counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from policies.people import Roster
from policies.ticket import Ticket

ELSE = "(other)"
"""The team of what concerns none of the client's products."""
_HEAD = ("kept", "missed", "revised", "told late")


@dataclass(frozen=True, slots=True)
class Slips:
    """Estimates `kept` (resolved in time), `missed` (ran out without a word), `revised` before they ran out;

    `told_late`: moments by which a client was told to hear from us, and had not.
    """

    kept: int = 0
    missed: int = 0
    revised: int = 0
    told_late: int = 0

    def __add__(self, other: "Slips") -> "Slips":
        """Both together."""
        return Slips(
            self.kept + other.kept,
            self.missed + other.missed,
            self.revised + other.revised,
            self.told_late + other.told_late,
        )

    def __sub__(self, other: "Slips") -> "Slips":
        """What came to it since `other`."""
        return self + Slips(-other.kept, -other.missed, -other.revised, -other.told_late)

    @property
    def slipped(self) -> bool:
        """Whether a promise was broken: a revision in time is none."""
        return self.missed + self.told_late > 0


def of(ticket: Ticket, since: datetime | None = None) -> Slips:
    """Those of one request, of estimates given `since` then; what still runs counts for nothing.

    An estimate that another request's development gave is counted there.
    """
    kept = missed = revised = 0
    following = (*ticket.updates[1:], None)
    for update, after in zip(ticket.updates, following, strict=False):
        own = update.promise is not None and not update.carried and (since is None or update.at >= since)
        if own and update.missed:
            missed += 1
        elif own and after is not None:
            kept, revised = (kept + 1, revised) if after.what == "final" else (kept, revised + 1)
    late = sum(1 for due in ticket.words_missed if since is None or due >= since)
    return Slips(kept, missed, revised, late)


def by_client(tickets: Iterable[Ticket], since: datetime | None = None) -> dict[str, Slips]:
    """By the client's key."""
    return _summed(tickets, since, lambda ticket: ticket.client)


def by_team(tickets: Iterable[Ticket], roster: Roster, since: datetime | None = None) -> dict[str, Slips]:
    """By the product, whose developers are the team: nobody is counted alone."""

    def team(ticket: Ticket) -> str:
        client = roster.client_by_key.get(ticket.client)
        named = ticket.block.saas_name if ticket.block is not None else ""
        return named if client is not None and any(one.name == named for one in client.products) else ELSE

    return _summed(tickets, since, team)


def _summed(
    tickets: Iterable[Ticket], since: datetime | None, key: Callable[[Ticket], str]
) -> dict[str, Slips]:
    found: dict[str, Slips] = {}
    for ticket in tickets:
        counted = of(ticket, since)
        if counted != Slips():
            found[key(ticket)] = found.get(key(ticket), Slips()) + counted
    return dict(sorted(found.items()))


def table(tickets: Sequence[Ticket], roster: Roster, since: datetime | None = None) -> list[str]:
    """Both counts in lines of equal columns; no line when there is nothing to count."""
    clients = {_name(key, roster): slips for key, slips in by_client(tickets, since).items()}
    teams = by_team(tickets, roster, since)
    if not clients:
        return []
    width = max(len(name) for name in ("client", "team of", *clients, *teams))
    return [*_rows("client", clients, width), "", *_rows("team of", teams, width)]


def _rows(title: str, counted: dict[str, Slips], width: int) -> list[str]:
    rows = [(title, *_HEAD), *((name, *map(str, astuple(slips))) for name, slips in counted.items())]
    return [f"{name:<{width}}" + "".join(f"  {cell:>9}" for cell in cells) for name, *cells in rows]


def broken(tickets: Iterable[Ticket], roster: Roster) -> list[str]:
    """A line for each client that a promise was broken to."""
    return [
        f"{_name(key, roster)}: {_times(slips.missed, 'estimate')} missed, told late {_times(slips.told_late, 'time')}"
        for key, slips in by_client(tickets).items()
        if slips.slipped
    ]


def _times(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _name(key: str, roster: Roster) -> str:
    client = roster.client_by_key.get(key)
    return client.name if client is not None else key
