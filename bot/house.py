"""The house's own clocks: no request is behind them, and they go the same way as all the others."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.emission import Emission
from bot.storage import clocks
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from bot.storage.tables import HOUSE
from policies.effects import Echo

CANARY = "canary"
"""Armed, fired, carried out and settled like any other clock, so that a break anywhere on that way is noticed."""
EVERY: Mapping[str, timedelta] = {CANARY: timedelta(minutes=2)}
"""Kind of clock -> how often. After downtime one is carried out, not one for each time that was missed."""


def arm(conn: Connection, now: datetime) -> None:
    """Let every clock of the house run from now on; one that runs already is left alone."""
    running = clocks.running(conn, HOUSE)
    wanted = {(kind, ""): running.get((kind, ""), now + every) for kind, every in EVERY.items()}
    clocks.store(conn, HOUSE, wanted, now)


def carry_out(clock: DueClock, conn: Connection, emission: Emission) -> datetime | None:
    """Do what a clock of the house is for; when it is due again, None for never."""
    del conn
    if clock.kind not in EVERY:
        return None
    if clock.kind == CANARY:
        emission.emit(f"house:{clock.kind}:{clock.generation}", None, [Echo(due=clock.due)])
    return emission.now + EVERY[clock.kind]
