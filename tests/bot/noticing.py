"""How the tests of models are tried: with a fault put into the product, which the state machine has to find."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

QUIET = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
Mutant = tuple[Any, str, Callable[[Any], Any]]
"""Where the product is changed, and what stands there instead of what was there."""
THOROUGH = settings(
    max_examples=1000,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=QUIET,
)


def assert_noticed(machine: type[RuleBasedStateMachine], mutant: Mutant, patch: pytest.MonkeyPatch) -> None:
    """Put the fault in, and let the machine find it."""
    owner, attribute, make = mutant
    patch.setattr(owner, attribute, make(getattr(owner, attribute)))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=THOROUGH)
