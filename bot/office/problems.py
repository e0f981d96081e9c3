"""What is said of a file that cannot be taken: each problem with its line, its key and its mend."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from tomllib import TOMLDecodeError

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.office.file import OfficeFile
from bot.office.kind import Table
from bot.office.model import Place, at, keys
from bot.office.places import Places, places
from bot.office.terms import TermsTable

Problem = tuple[Place, str]
"""Where in the model, and what to say about it."""
KEYS = "docs/terms.md lists every key"
TOML_WORDS = (
    (
        "newline or end",
        "has something behind its value. Put text, times and moments in quotes, one key on a line",
    ),
    (
        "Unterminated|Illegal character|Unescaped|hex value|scalar",
        "has text that is not well closed. Look at its quotes, and write each \\ twice",
    ),
    ("Unclosed", "begins a list or table that is not closed. Close it with ] or }"),
    ("'=' after", "has a key without a value. Write it as key = value"),
    (
        "end of a(n array| table) declaration",
        "has a table's name that is not closed. Write it as [name] or [[name]]",
    ),
    ("Invalid date", "has a date that does not exist. Write it as 2026-12-24"),
    ("Invalid value", "has no value that can be read. Put text in quotes; yes and no are true and false"),
    (
        "overwrite|twice|Duplicate|redefine|mutate",
        "writes again what stands already, or uses one name for two things. Keep one",
    ),
)
UNREADABLE = "cannot be read. Write key = value, text in quotes, and a table's name in [ ]"


def said(text: str, name: str, problems: Iterable[Problem]) -> tuple[str, ...]:
    """A sentence for each problem, once; `name` is the file's."""
    lines = places(text)
    return tuple(dict.fromkeys(_sentence(lines, name, place, words) for place, words in problems))


def of_toml(text: str, name: str, error: ValueError | RecursionError) -> tuple[str, ...]:
    """What is said of a text that is no TOML."""
    if isinstance(error, RecursionError):
        return (f"{name}: not TOML: lists stand in lists without end. Close them.",)
    found = places(text)
    if found.twice:
        return tuple(
            f"{name}, line {again}: {spoken(place)} stands already in line {first}. Keep one of them."
            for place, first, again in found.twice
            if not any(place[: len(one)] == one != place for one, _, _ in found.twice)
        )
    if not isinstance(error, TOMLDecodeError):
        return (f"{name}: not TOML: a number has thousands of digits. Write it shorter, or in quotes.",)
    told = re.search(r"at line (\d+)", str(error))
    line = int(told[1]) if told else text.count("\n") + 1
    key = next(
        (spoken(place) for place, at_line in found.lines.items() if at_line == line and any(place)), "this"
    )
    words = next((words for pattern, words in TOML_WORDS if re.search(pattern, str(error))), UNREADABLE)
    return (f"{name}, line {line}: {key} {words}. (It is not TOML.)",)


def of_model(error: ValidationError) -> Iterator[Problem]:
    """What is said of what the model refuses."""
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        place = tuple(part for part in detail["loc"] if part != "[key]")
        yield place, _words(place, detail)


def _words(place: Place, detail: ErrorDetails) -> str:
    match detail["type"]:
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case "missing":
            return "is missing. Add it."
        case "extra_forbidden":
            return _stranger(place)
        case "tuple_type":
            return "is not a list. Write it in [ ]."
    name = ".".join(str(part) for part in as_written(place) if isinstance(part, str))
    return f"is not a table. Write it as [{name}], or in {{ }}, with its keys."


def _stranger(place: Place) -> str:
    around = at(OfficeFile, place[:-1])
    names = (
        [key.name for key in keys(around)] if isinstance(around, type) and issubclass(around, Table) else []
    )
    close = get_close_matches(str(place[-1]), [name for name in names if name != "variants"], n=1)
    if not close and place[0] == "variants":  # a key misspelt so is taken for a plan
        close = get_close_matches(str(place[1]), [key.name for key in keys(TermsTable)], n=1)
    if close:
        return f'is no key of this table. Did you mean "{close[0]}"? Correct or remove it.'
    return f"is no key of this table. Remove or correct it: {KEYS}."


def _sentence(lines: Places, name: str, place: Place, words: str) -> str:
    written = as_written(place)
    line = lines.line(written)
    return f"{name}{f', line {line}' if line else ''}: {spoken(written)} {words}"


def as_written(place: Place) -> Place:
    """A place of the model as one of the file."""
    return ("terms", *place[1:]) if place[:1] == ("variants",) else place


def spoken(place: Place) -> str:
    """A place as people say it: the first of a list is 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place) or "the file"
