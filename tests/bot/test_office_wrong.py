"""Any single key of frontdoor.toml that is wrong is refused with its line, its name and a mend; the keys are the model's own."""

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from bot import roster
from bot.office import model
from bot.office.file import OfficeFile
from bot.office.kind import Kind, Table
from bot.office.model import Key, Place
from bot.office.people import ExecutiveTable
from bot.office.problems import spoken
from bot.settings import Misconfigured
from tests.bot import office_file

FOUND = office_file.every_key()
KEYS = {place: key for place, key in FOUND.values() if key.name != "variants"}
LINES = office_file.written(office_file.data())
FIRST = {key.holds: place for place, key in reversed(KEYS.items())}
"""The first key of each kind: it is tried with more."""
NONSENSE = "no such thing \N{SECTION SIGN}"
STRANGE: tuple[Any, ...] = (
    True,
    -1,
    NONSENSE,
    [[]],
    {"x": 1},
    10**30,
    1.5,
    float("nan"),
    "",
    "\N{ZERO WIDTH SPACE}",
    "9" * 5000 + " h",
    [],
    date(9999, 12, 31),
    datetime.fromisoformat("1926-12-24 22:00"),
    time(8),
)
"""Values that no key is meant to have, some of the right type."""
NOT_OURS = re.compile(
    r"Input|Traceback|validat|pydantic|Error|\bNone\b|\b(str|int|dict|tuple|float|bool|datetime|timedelta)\b|<.*>|\bNoneType\b"
)
SENTENCE = re.compile(r"frontdoor\.toml(?:, line (\d+))?: (\S+) [^.].*[.!?:] .+\.", re.DOTALL)


def refusal(lines: list[tuple[Place, str]]) -> tuple[str, ...]:
    """What is said of the file; nothing when it is taken."""
    try:
        roster.parse("\n".join(line for _, line in lines))
    except Misconfigured as refused:
        return refused.problems
    return ()


def spoilt(place: Place, value: Any) -> list[tuple[Place, str]]:
    told = office_file.data()
    office_file.at(told, place[:-1])[place[-1]] = value
    return office_file.written(told)


def is_said_well(problems: tuple[str, ...], lines: list[tuple[Place, str]]) -> None:
    """Every sentence is ours, has a mend, and the line of the key it names, or of what the key stands in."""
    numbers: dict[str, int] = {}
    for number, (place, _) in enumerate(lines, 1):
        numbers.setdefault(spoken(place), number)
        if isinstance(place[-1], int):
            numbers.setdefault(spoken(place[:-1]), number)
    for problem in problems:
        said = SENTENCE.fullmatch(problem)
        assert said, problem
        assert not NOT_OURS.search(problem), problem
        path = said[2].split(".")
        around = (".".join(path[:depth]) for depth in range(len(path), 0, -1))
        line = next((numbers[one] for one in around if one in numbers), None)
        assert said[1] == (str(line) if line else None), problem


def is_about(place: Place, problems: tuple[str, ...]) -> bool:
    """Whether one of them names this key, or something inside of it."""
    starts = tuple(f"{spoken(place)}{end}" for end in " .")
    return any(problem.partition(": ")[2].startswith(starts) for problem in problems)


def must_be_refused(key: Key, value: Any) -> bool:
    """What cannot be right: another type than the key's, or nonsense in its type."""
    if isinstance(key.holds, Kind) and key.many is None:
        out_of_range = value == NONSENSE if isinstance(value, str) else value in (-1, 10**30)
        free = key.holds.name in {"text", "short text"}
        return type(value) not in key.holds.takes or (out_of_range and not free)
    if key.name == "holidays" and isinstance(value, str):
        return True  # one country may stand without a list, but none of these is one
    return not isinstance(value, list if key.many == "list" else dict)


def test_the_file_that_is_spoilt_has_every_key_of_the_model() -> None:
    """And is taken as it is, so that nothing but the one wrong key can be refused."""

    def tables(table: type[Table]) -> set[type[Table]]:
        inner = (key.holds for key in model.keys(table) if not isinstance(key.holds, Kind))
        return {table}.union(*(tables(one) for one in inner))

    every = {(table, key.name) for table in tables(OfficeFile) for key in model.keys(table)}

    assert every - set(FOUND) - {(ExecutiveTable, "slack")} == set()
    assert refusal(LINES) == ()


@pytest.mark.parametrize("place", KEYS, ids=spoken)
def test_a_strange_value_is_refused_in_words(place: Place) -> None:
    """Whatever it is; a value that the key may have is taken, and nothing else can happen."""
    key = KEYS[place]
    strange = STRANGE if FIRST[key.holds] == place else STRANGE[:5]
    tried = [(value, must_be_refused(key, value)) for value in strange]
    if key.many == "list" and isinstance(key.holds, Kind):
        tried += [([value], must_be_refused(replace(key, many=None), value)) for value in strange]
    for value, refused in tried:
        lines = spoilt(place, value)
        problems = refusal(lines)
        is_said_well(problems, lines)
        assert is_about(place, problems) or not refused, (value, problems)


@pytest.mark.parametrize("place", KEYS, ids=spoken)
def test_a_misspelt_key_is_refused_with_the_one_that_was_meant(place: Place) -> None:
    """The wrong name stands in the words, and the right one too."""
    told = office_file.data()
    around = office_file.at(told, place[:-1])
    wrong = f"{place[-1]}x"
    around[wrong] = around.pop(place[-1])
    lines = office_file.written(told)

    problems = refusal(lines)

    is_said_well(problems, lines)
    assert is_about((*place[:-1], wrong), problems), problems
    assert any(f'Did you mean "{place[-1]}"?' in problem for problem in problems), problems


@pytest.mark.parametrize(
    "place", [one for one, line in LINES if one in KEYS and "[[" not in line], ids=spoken
)
def test_a_key_that_stands_twice_is_refused_with_both_lines(place: Place) -> None:
    """A file may say each thing once."""
    lines = list(LINES)
    first = [one for one, _ in lines].index(place) + 1
    lines.insert(first, lines[first - 1])

    assert refusal(lines) == (
        f"frontdoor.toml, line {first + 1}: {spoken(place)} stands already in line {first}. Keep one of them.",
    )


@pytest.mark.parametrize("place", [place for place, key in KEYS.items() if key.required], ids=spoken)
def test_a_key_that_is_missing_is_named(place: Place) -> None:
    """With the table that lacks it."""
    told = office_file.data()
    del office_file.at(told, place[:-1])[place[-1]]
    lines = office_file.written(told)

    problems = refusal(lines)

    is_said_well(problems, lines)
    assert f"{spoken(place)} is missing. Add it." in [problem.partition(": ")[2] for problem in problems]
