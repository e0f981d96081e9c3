"""The threat model: what it promises is shown by tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_guard_of_the_threat_model_has_its_test() -> None:
    """And each row names one."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    ways = text.split("| shown by |")[1].split("\n\n")[0].splitlines()[2:]
    named = set(re.findall(r"`(test_\w+)`", text))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }

    assert [row for row in ways if "`test_" not in row] == []
    assert named - there == set()
