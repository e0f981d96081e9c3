"""Who may import whom, beyond what the import contracts in pyproject.toml can say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.house import PACKAGES, ROOT, imported, python_files

# What of the standard library has no clock, no randomness, no files, no network and no other process in it.
# fmt: off
PURE = {
    "__future__", "abc", "base64", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime",
    "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "html", "itertools", "json", "math",
    "operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "urllib.parse", "zoneinfo",
}
# fmt: on


def _strangers(package: str, allowed: set[str]) -> list[str]:
    return [
        f"{path} imports {name}"
        for path, text in python_files(package)
        for name in imported(ast.parse(text))
        if name not in allowed and name.split(".")[0] not in allowed
    ]


def test_the_contracts_are_kept() -> None:
    """import-linter agrees."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr


def test_policies_import_only_themselves_and_what_is_pure() -> None:
    """An allow-list: a module of the standard library is pure only once somebody has said so here."""
    assert _strangers("policies", PURE | {"policies"}) == []


def test_the_sandbox_needs_nothing_but_aiohttp() -> None:
    """A stranger that brings its own: it must run where only it and aiohttp are installed."""
    assert (
        _strangers("sandbox", set(sys.stdlib_module_names) | {"aiohttp", "sandbox", "multidict", "yarl"})
        == []
    )


def test_journeys_speak_only_over_the_wire() -> None:
    """A journey imports nothing of ours: what it proves, it proves from outside."""
    guilty = [
        f"{path} imports {name}"
        for path, text in python_files("tests")
        if path.is_relative_to(Path("tests/journeys"))
        for name in imported(ast.parse(text))
        if name.split(".")[0] in PACKAGES
    ]

    assert guilty == []


def test_every_test_with_a_browser_is_where_make_test_looks_for_them() -> None:
    """It collects those folders alone, since the others take seconds to be read."""
    (looked,) = re.findall(r"-m browser (.+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    marked = [
        path for path, text in python_files("tests") if re.search(r"^pytestmark.*\bbrowser\b", text, re.M)
    ]

    assert marked
    assert [path for path in marked if path.parent not in map(Path, looked.split())] == []
