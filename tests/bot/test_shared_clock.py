"""The database's clock: the same time at every replica, whatever the clock of its machine says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.shared_clock import SharedClock

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Machine:
    """A machine whose steady seconds are moved by hand, and whose clock is wrong by `off` seconds."""

    def __init__(self, off: float = 0.0) -> None:
        self.seconds, self.off = 500.0, off

    def now(self) -> datetime:
        return NOON + (self.seconds - 500.0 + self.off) * SECOND

    wall = now

    def monotonic(self) -> float:
        return self.seconds

    def seconds_until(self, moment: datetime) -> float:
        return (moment - self.now()).total_seconds()


def test_an_hour_wrong_at_the_machine_is_nothing_to_us() -> None:
    for off in (3600.0, -3600.0):
        machine = Machine(off)
        clock = SharedClock(machine)
        clock.heard(500.0, NOON, 500.0)
        machine.seconds += 90
        assert clock.now() == clock.wall() == NOON + 90 * SECOND
        assert clock.seconds_until(NOON + 100 * SECOND) == 10
        assert clock.ahead == -off


def test_a_wrong_machine_is_said_once() -> None:
    machine = Machine(3600.0)
    clock = SharedClock(machine)
    with capture_logs() as said:
        for _ in range(3):
            clock.heard(500.0, NOON, 500.0)
    assert [(entry["log_level"], entry["behind"]) for entry in said] == [("warning", -3600.0)]


def test_a_slow_answer_does_not_move_the_time() -> None:
    """Only what is proven counts: the word was true at some moment of a long wait."""
    machine = Machine()
    clock = SharedClock(machine)
    clock.heard(500.0, NOON, 500.0)
    machine.seconds = 510.0
    clock.heard(502.0, NOON + 3 * SECOND, 510.0)
    assert clock.now() == NOON + 10 * SECOND


def test_a_database_that_went_on_is_followed() -> None:
    """As after the machine was suspended: its steady seconds stood still meanwhile."""
    machine = Machine()
    clock = SharedClock(machine)
    clock.heard(500.0, NOON, 500.0)
    clock.heard(501.0, NOON + 600 * SECOND, 501.0)
    machine.seconds = 502.0
    assert clock.now() == NOON + 601 * SECOND


def test_a_machine_that_runs_too_fast_waits_for_the_database() -> None:
    machine = Machine()
    clock = SharedClock(machine)
    clock.heard(500.0, NOON, 500.0)
    machine.seconds = 510.0
    before = clock.now()
    clock.heard(510.0, NOON + 9.9 * SECOND, 510.0)
    assert clock.now() == before
    machine.seconds = 511.0
    assert clock.now() == NOON + 10.9 * SECOND


def test_a_database_that_goes_back_is_ridden_out_and_said_once() -> None:
    """As after a move to a server whose clock is wrong: nobody's deadlines stand still for an hour."""
    machine = Machine()
    clock = SharedClock(machine)
    clock.heard(500.0, NOON, 500.0)
    with capture_logs() as said:
        for second in range(501, 504):
            machine.seconds = float(second)
            clock.heard(machine.seconds, machine.now() - 3600 * SECOND, machine.seconds)
    assert clock.now() == NOON + 3 * SECOND
    assert [entry["log_level"] for entry in said if "went back" in entry["event"]] == ["error"]


def test_there_is_no_time_before_the_first_word() -> None:
    with pytest.raises(RuntimeError):
        SharedClock(Machine()).now()


@given(
    st.lists(
        st.tuples(st.floats(0.001, 5), st.floats(0, 3), st.floats(0, 1), st.floats(0, 2)),
        min_size=1,
        max_size=20,
    ),
    st.floats(-7200, 7200),
)
def test_never_ahead_of_the_database_never_back_and_late_by_the_shortest_round_trip(
    words: list[tuple[float, float, float, float]], off: float
) -> None:
    """Whatever the round trips are, wherever in them the word was true, however long nobody asks."""
    machine = Machine(off)
    clock = SharedClock(machine)
    last, shortest = None, float("inf")
    for trip, pause, part, later in words:
        machine.seconds += pause
        asked, answered = machine.seconds, machine.seconds + trip
        told = NOON + (asked + trip * part - 500.0) * SECOND
        machine.seconds = answered
        clock.heard(asked, told, answered)
        shortest = min(shortest, trip)
        machine.seconds += later
        true, now = NOON + (machine.seconds - 500.0) * SECOND, clock.now()
        tick = timedelta(microseconds=5)
        assert true - shortest * SECOND - tick <= now <= true + tick
        assert last is None or now >= last
        last = now
