"""The audit of the dependencies: what it says of what the index tells."""

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TODAY = date(2026, 11, 21)
CLEAN = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
FAULTY = {
    "name": "jinja2",
    "version": "3.1.0",
    "vulns": [{"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["3.1.9"]}],
}
UNKNOWN = {"name": "twilio", "skip_reason": "not found"}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """scripts/audit.py, which is a script and no module."""
    path = Path(__file__).parents[1] / "scripts" / "audit.py"
    spec = importlib.util.spec_from_file_location("audit", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("packages", "accepted", "words", "faults"),
    [
        ([CLEAN], [], ["1 packages looked up, 0 faults"], 0),
        (
            [CLEAN, FAULTY],
            [],
            ["jinja2 3.1.0: PYSEC-2026-1 is known; mended in: 3.1.9", "2 packages looked up, 1 faults"],
            1,
        ),
        (
            [FAULTY],
            [{"id": "CVE-2026-1", "reason": "not used", "until": date(2026, 11, 21)}],
            [
                "jinja2 3.1.0: PYSEC-2026-1 is accepted until 2026-11-21",
                "1 packages looked up, 0 faults",
            ],
            0,
        ),
        (
            [FAULTY],
            [{"id": "PYSEC-2026-1", "reason": "not used", "until": date(2026, 11, 20)}],
            [
                "jinja2 3.1.0: PYSEC-2026-1 is known (accepted until 2026-11-20); mended in: 3.1.9",
                "1 packages looked up, 1 faults",
            ],
            1,
        ),
        ([CLEAN, UNKNOWN], [], ["nothing is known of twilio", "1 packages looked up, 0 faults"], 0),
        ([UNKNOWN], [], ["SKIPPED, the index that is used here has no advisories"], 0),
    ],
    ids=["clean", "known", "accepted", "accepted once", "partly told", "not told at all"],
)
def test_a_known_vulnerability_fails_the_check_unless_it_is_accepted_today(
    audit: ModuleType,
    packages: list[dict[str, Any]],
    accepted: list[dict[str, Any]],
    words: list[str],
    faults: int,
) -> None:
    assert audit.judge({"dependencies": packages}, accepted, TODAY) == (words, faults)


def test_an_index_that_cannot_be_reached_is_a_line_and_no_failure(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(_end: float, *_command: str) -> str:
        raise OSError("no route to the index")

    monkeypatch.setattr(audit, "run", nothing)

    assert audit.main() == 0
    assert capsys.readouterr().out == (
        "dependency audit: SKIPPED, the advisories cannot be had (no route to the index)\n"
    )
