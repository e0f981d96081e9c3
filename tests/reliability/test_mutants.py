"""The rig notices: each of the faults that it is there for, put into the product on purpose, is found."""

import pytest

from tests.reliability.run import run

CASES = {
    "something is sent before its lease is committed": ("response+early:sqlite", range(56, 80)),
    "an attempt in doubt is made again without reading": ("call+unread:sqlite", range(43, 51)),
    "it counts as sent before it is sent": ("response+marked:sqlite", range(44, 56)),
    "no event is known again": ("intake+forgetful:sqlite", range(36, 40)),
}


@pytest.mark.reliability
@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", list(CASES))
def test_the_rig_notices_when(fault: str) -> None:
    name, steps = CASES[fault]
    gathered = run([f"{name}:{step}" for step in steps], workers=2, seconds=240)

    assert gathered.broken == {}
    assert gathered.bad, fault
