"""The house's own clocks: no request is behind them, and they go the same way as all the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.emission import Emission
from bot.storage import chores, clocks
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from bot.streams import CANARY
from policies.effects import Echo

PRUNE = "prune"
BATCH = 500
"""Rows that one transaction forgets at most, so that nobody waits for it."""
SOON = timedelta(seconds=5)
"""When a chore goes on that has not come to its end."""
REPEATS = timedelta(days=35)
"""How long it is known that an event came: Slack and Twilio deliver again for hours, a mail server for days."""
CANARIES = timedelta(days=1)
"""How long canaries are kept that came through."""


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


def carry_out(clock: DueClock, conn: Connection, emission: Emission) -> datetime | None:
    """Do what a clock of the house is for; when it is due again, None for one that this program does not know."""
    chore = CHORES.get(clock.kind)
    if chore is None:
        return None
    more = chore.do(clock, conn, emission)
    return emission.now + (SOON if more else chore.every)
