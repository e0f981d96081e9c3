"""The documents are kept true by machine: what they name exists, and what exists is named in them."""

import ast
import importlib
import re
from pathlib import Path

import pytest
import yaml

from bot.cli import app
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.slack.commands import HELP
from tests.house import ROOT, functions, python_files, texts

RULES = (
    *(f"IN-{n}" for n in range(1, 7)),
    *(f"TR-{n}" for n in range(1, 7)),
    *(f"ES-{n}" for n in range(1, 8)),
    *(f"UP-{n}" for n in range(1, 7)),
    "SV-1",
    "SV-2",
    "SV-3",
    "SV-4",
    *(f"HC-{n}" for n in range(1, 6)),
    "RS-1",
    "RS-2",
    "WA-1",
    "WA-2",
    "WA-3",
    "VE-1",
    "PM-2",
    "ON-1",
    "RV-4",
    "CO-1",
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`")
COMPLAINTS = 25


def _document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _rows(text: str) -> list[list[str]]:
    """The cells of every table row, heads and rulers too."""
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def _rules() -> dict[str, tuple[list[str], list[str]]]:
    """Rule id -> the functions and the tests its row names."""
    rows = (row for row in _rows(_document("process.md")) if row[0] in RULES)
    return {rule: (CODE.findall(decided), CODE.findall(proven)) for rule, _, decided, proven in rows}


def test_every_link_leads_somewhere() -> None:
    """A relative link in a document is a file of the project."""
    broken = [
        f"{path} -> {target}"
        for path, text in texts(".md")
        for target in LINK.findall(text)
        if "://" not in target and not target.startswith("#")
        if not (ROOT / path.parent / target.split("#")[0]).exists()
    ]

    assert broken == []


def test_the_process_states_every_rule_once() -> None:
    """All the rules, in their order, each in a row of its own."""
    stated = [row[0] for row in _rows(_document("process.md")) if re.fullmatch(r"[A-Z]{2}-\d+", row[0])]

    assert stated == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_decided_somewhere(rule: str) -> None:
    """The functions beside a rule can be imported."""
    decided, _ = _rules()[rule]

    assert decided, "the row names no function"
    for name in decided:
        module, _, function = name.partition(":")
        assert callable(getattr(importlib.import_module(module), function, None)), name


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_proven_somewhere(rule: str) -> None:
    """The tests beside a rule exist."""
    _, proven = _rules()[rule]

    assert proven, "the row names no test"
    for name in proven:
        file, _, test = name.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert test in {function.name for function in functions(tree)}, name


def _tests() -> dict[str, set[str]]:
    """The tests of each file of tests."""
    return {
        str(path): {function.name for function in functions(ast.parse(text))}
        for path, text in python_files("tests")
    }


def test_every_test_a_document_names_is_there() -> None:
    """In the file it is named with; a bare name in some file."""
    there = _tests()
    everywhere = set().union(*there.values())
    missing = [
        f"{path} -> {file}::{name}"
        for path, text in texts(".md")
        for file, name in TEST.findall(text)
        if name not in (there.get(file, set()) if file else everywhere)
    ]

    assert missing == []


def test_each_guard_of_the_threat_model_has_its_test() -> None:
    """No row without one."""
    ways = _document("threat-model.md").split("| shown by |")[1].split("\n\n")[0]

    assert [row for row in _rows(ways)[1:] if not TEST.search(row[-1])] == []


def test_each_complaint_has_its_test() -> None:
    """All of them, in their order: what prevents it, and a test with its file."""
    table = _document("reliability.md").split("| complaint |")[1].split("\n\n")[0]
    rows = _rows(table)[1:]

    assert [row[0] for row in rows] == [str(number) for number in range(1, COMPLAINTS + 1)]
    assert [row for row in rows if not (row[2] and [file for file, _ in TEST.findall(row[3]) if file])] == []


def test_the_setup_explains_every_scope() -> None:
    """The scopes that a new user agrees to are exactly those of the manifest."""
    manifest = yaml.safe_load((ROOT / "app_manifest.yml").read_text(encoding="utf-8"))
    table = _document("slack-setup.md").split("| scope |")[1].split("\n\n")[0]
    explained = [CODE.findall(row[0])[0] for row in _rows(table) if CODE.findall(row[0])]

    assert sorted(explained) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_the_picture_is_there() -> None:
    """The README shows the page."""
    assert (ROOT / Path("docs/picture.png")).stat().st_size > 10_000


def test_operations_explain_every_setting() -> None:
    """A setting that is read stands in the table, and the table names nothing that is not read."""
    table = _document("operations.md").split("| setting |")[1].split("\n\n")[0]
    explained = [CODE.findall(row[0])[0] for row in _rows(table) if CODE.findall(row[0])]

    assert explained == [name.upper() for name in Settings.model_fields]


def test_every_make_word_exists() -> None:
    """Each `make something` that a document names is a target, and `make` alone explains every target."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    named = {
        word for _, text in texts(".md") for word in re.findall(r"^`?make ([a-z]+)`?", text, re.MULTILINE)
    }
    named |= {word for _, text in texts(".md") for word in re.findall(r"`make ([a-z]+)`", text)}
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())

    assert (named - targets, phony ^ targets) == (set(), set())


def test_operations_explain_every_metric() -> None:
    """Whatever can be watched stands in the table, and nothing else."""
    table = _document("operations.md").split("| metric |")[1].split("\n\n")[0]
    explained = {CODE.findall(row[0])[0] for row in _rows(table) if CODE.findall(row[0])}
    watched = {metric.name for metric in Metrics().registry.collect()}

    assert explained == watched


def test_operations_explain_every_command() -> None:
    """Each command of the command line, and each word of the slash command."""
    named = set(CODE.findall(_document("operations.md")))
    commands = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    words = set(re.findall(r"^• `(/frontdoor [a-z]+)", HELP, re.MULTILINE))

    assert {f"frontdoor {name}" for name in commands} <= {" ".join(code.split()[:2]) for code in named}
    assert words <= {" ".join(code.split()[:2]) for code in named}
