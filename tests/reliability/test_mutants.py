"""The rig notices: each of the faults that it is there for, put into the product on purpose, is found."""

import pytest

from tests.reliability.run import run

CASES = {
    "something is sent before its lease is committed": ("response+early:sqlite", 48),
    "an attempt in doubt is made again without reading": ("call+unread:sqlite", 28),
    "it counts as sent before it is sent": ("response+marked:sqlite", 28),
    "no event is known again": ("intake+forgetful:sqlite", 28),
}
"""Fault -> its trial, and the step of the event loop before which it cannot show."""
WINDOW = 8
"""Trials at a time: where a fault shows moves with every change of how many steps a life takes."""
LAST = 110
"""The step by which every scene is over."""


@pytest.mark.reliability
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", list(CASES))
def test_the_rig_notices_when(fault: str) -> None:
    name, first = CASES[fault]
    for start in range(first, LAST, WINDOW):
        gathered = run([f"{name}:{step}" for step in range(start, start + WINDOW)], workers=2, seconds=60)
        assert gathered.broken == {}
        if gathered.bad:
            return
    pytest.fail(f"nobody noticed that {fault}")
