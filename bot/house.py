"""The house's own clocks: no request is behind them, and they go the same way as all the others."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.emission import Emission
from bot.roster import Office
from bot.storage import chores, clocks, meta, tickets
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from bot.streams import CANARY
from policies import maintenance
from policies.effects import Echo
from policies.events import CLOCK, AnyEvent, CheckVendors
from policies.events.office import IntensiveMorning, MaintenanceNears
from policies.events.people import CheckCoverage
from policies.hours import local_moment
from policies.intensive import reports
from policies.people import Roster
from policies.steps.intensive import case_of

PRUNE = "prune"
COVERAGE = "coverage"
"""The clock of the morning's look at who would be reached (RV-4)."""
NINE = time(9)
MAINTENANCE = "maintenance"
"""The clock of announced work at clients (PM-2): it runs only while there is something to be announced."""
BATCH = 500
"""Rows that one transaction forgets at most, so that nobody waits for it."""
SOON = timedelta(seconds=5)
"""When a chore goes on that has not come to its end."""
REPEATS = timedelta(days=35)
"""How long it is known that an event came: Slack and Twilio deliver again for hours, a mail server for days."""
CANARIES = timedelta(days=1)
"""How long canaries are kept that came through."""


class Door(Protocol):
    """The transaction in which a clock of the house has run out."""

    emission: Emission
    office: Office

    @property
    def conn(self) -> Connection:
        """The connection."""
        ...

    @property
    def now(self) -> datetime:
        """The moment of the transaction (the clock's time)."""
        ...

    def handle(self, event: AnyEvent) -> object:
        """Take an event through."""
        ...

    def roster(self) -> Roster:
        """The people and clients of this moment."""
        ...


@dataclass(frozen=True, slots=True)
class Chore:
    """What a clock of the house is for, and how often. `do` tells whether there is more to do soon.

    After downtime it is done once, not once for each time that was missed.
    """

    every: timedelta
    do: Callable[[DueClock, Connection, Emission], bool]


def _sing(clock: DueClock, _conn: Connection, emission: Emission) -> bool:
    """An effect that goes nowhere: fired, leased, sent and settled, so that a break anywhere on that way is noticed."""
    emission.emit(f"house:{clock.kind}:{clock.generation}", None, [Echo(due=clock.due)])
    return False


def _prune(_clock: DueClock, conn: Connection, emission: Emission) -> bool:
    forgotten = (
        chores.prune_inbox(conn, emission.now - REPEATS, BATCH),
        chores.prune_echoes(conn, emission.now - CANARIES, BATCH),
    )
    return max(forgotten) >= BATCH


CHORES: Mapping[str, Chore] = {
    CANARY: Chore(timedelta(minutes=2), _sing),
    PRUNE: Chore(timedelta(hours=1), _prune),
}
"""Kind of clock -> what it is for."""


def arm(conn: Connection, now: datetime) -> None:
    """Let every clock of the house run from now on; one that runs already, here or at another replica, is left alone."""
    for kind, chore in CHORES.items():
        clocks.ensure(conn, kind, now + chore.every, now)


def announce(conn: Connection, roster: Roster, now: datetime) -> datetime | None:
    """Let the clock of announced work run to the next announcement; the moment for which it was armed, None when none was."""
    due = maintenance.next_at(roster, now)
    return due if due is not None and clocks.sooner(conn, MAINTENANCE, due, now) else None


def watch_coverage(conn: Connection, zone: str, now: datetime) -> None:
    """Let the morning's look at coverage run; one that runs already is left alone."""
    clocks.ensure(conn, COVERAGE, morning(zone, now), now)


def day(zone: str, now: datetime) -> date:
    """The date in `zone` (IANA): what is said once a day is said once on each."""
    return now.astimezone(ZoneInfo(zone)).date()


def morning(zone: str, now: datetime) -> datetime:
    """The next time that it is nine in `zone` (IANA): when coverage is looked at (RV-4)."""
    today = day(zone, now)
    days = (local_moment(today + timedelta(days=ahead), NINE, zone) for ahead in range(3))
    return next(nine for nine in days if nine > now)


def intensive(
    conn: Connection, office: Office, roster: Roster, since: datetime, now: datetime
) -> Iterator[IntensiveMorning]:
    """What is due this morning for clients in their intensive period, and came due from `since` on (HC-2, HC-3)."""
    for client in roster.clients:
        due = reports(client, since, now, office.terms(client.key))
        if due:
            ids = tickets.ids_since(conn, client.key, min(one.begin for one in due))
            cases = tuple(case_of(ticket, now) for ticket in tickets.load_many(conn, ids))
            key = f"intensive:{client.key}:{day(client.zone, now)}"
            yield IntensiveMorning(key=key, at=now, actor=CLOCK, client=client.key, reports=due, cases=cases)


def _near(clock: DueClock, door: Door) -> datetime | None:
    """PM-2: what is to be announced goes through the door, once; when there is more to announce."""
    roster = door.roster()
    for one in maintenance.due(roster, clock.due, door.now):
        key = f"maintenance:{one.name}"
        door.handle(MaintenanceNears(key=key, at=door.now, actor=CLOCK, client=one.client, window=one.window))
    return maintenance.next_at(roster, door.now)


def _look_ahead(clock: DueClock, door: Door) -> datetime:
    """RV-4, VE-1: who would be reached in every coming hour, and which vendor is to be talked to, goes through the door."""
    now, zone = door.now, door.office.zone
    today, said = day(zone, now), meta.number_of(door.conn, meta.GAPS)
    door.handle(CheckCoverage(key=f"coverage:{today}", at=now, actor=CLOCK, gaps=bool(said)))
    door.handle(CheckVendors(key=f"vendors:{today}", at=now, actor=CLOCK))
    for event in intensive(door.conn, door.office, door.roster(), clock.due, now):
        door.handle(event)
    return morning(zone, now)


_LOOKS: Mapping[str, Callable[[DueClock, Door], datetime | None]] = {
    MAINTENANCE: _near,
    COVERAGE: _look_ahead,
}
"""Kind of clock -> what it brings through the door; the answer is when it is due again."""


def carry_out(clock: DueClock, door: Door) -> datetime | None:
    """Do what a clock of the house is for; when it is due again, None for one that this program does not know."""
    look, chore = _LOOKS.get(clock.kind), CHORES.get(clock.kind)
    if look is not None:
        return look(clock, door)
    if chore is None:
        return None
    more = chore.do(clock, door.conn, door.emission)
    return door.now + (SOON if more else chore.every)
