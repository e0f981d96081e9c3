"""The model is tried too: faults put into the product on purpose are each found by it."""

from datetime import timedelta
from typing import Any

import pytest

from bot.emission import Emission
from bot.storage import armed, clocks, inbox, messages
from bot.storage.armed import TicketClocks
from bot.storage.clocks import DueClock
from bot.storage.engine import Connection
from policies.effects import Call
from policies.ticket import Ticket
from tests.bot.noticing import Mutant, assert_noticed
from tests.bot.replicas import Replicas


def _without_generation(real: Any) -> Any:
    def arm(self: Any, due: int, now: int) -> None:
        before = self.generation
        real(self, due, now)
        self.generation = before

    return arm


def _whatever_it_is(real: Any) -> Any:
    def fire(self: TicketClocks, clock: DueClock, now: Any) -> bool:
        done: bool = real(self, clock, now)
        return done or clock.kind in {kind for kind, _ in self._rows}

    return fire


def _too_early(real: Any) -> Any:
    return lambda conn, now, limit, leave_out=(): real(conn, now + timedelta(minutes=1), limit, leave_out)


def _only_for_new_ones(real: Any) -> Any:
    def follow(self: TicketClocks, running: Any, now: Any) -> Any:
        return None if self._rows else real(self, running, now)

    return follow


def _not_those_of_clocks(real: Any) -> Any:
    def emit(self: Emission, key: str, ticket: Ticket | None, effects: Any) -> None:
        real(self, key, ticket, [effect for effect in effects if not isinstance(effect, Call)])

    return emit


def _in_two_halves(real: Any) -> Any:
    def save(conn: Connection, ticket: int, said: Any) -> None:
        real(conn, ticket, said)
        driver: Any = conn.connection.driver_connection
        driver.execute("COMMIT")
        driver.execute("BEGIN IMMEDIATE")

    return save


MUTANTS: dict[str, Mutant] = {
    "a clock armed anew keeps its generation": (armed._Row, "arm", _without_generation),
    "a clock fires whatever has become of it": (TicketClocks, "fire", _whatever_it_is),
    "clocks fire a minute early": (clocks, "look", _too_early),
    "clocks are stored for new requests only": (TicketClocks, "follow", _only_for_new_ones),
    "an event is never known": (inbox, "claim", lambda _real: lambda _conn, _key, _at: None),
    "calls are decided and forgotten": (Emission, "emit", _not_those_of_clocks),
    "a transaction commits in its middle": (messages, "save", _in_two_halves),
    "a merge leaves the words behind": (messages, "move", lambda _real: lambda _conn, _old, _new: None),
}
"""Ways in which the product could be wrong: where, and what stands there instead."""


@pytest.mark.parametrize("name", MUTANTS)
def test_the_model_notices_when(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes for right must be able to fail: each of these faults in the product is found."""
    assert_noticed(Replicas, MUTANTS[name], monkeypatch)
