"""A whole frontdoor.toml as data, written out one key to a line, for the tests that spoil it."""

import copy
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.office.file import OfficeFile
from bot.office.kind import Kind, Table
from bot.office.model import Key, Place, keys

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    """scripts/terms_docs.py, which is a script and no module."""
    spec = importlib.util.spec_from_file_location("terms_docs", ROOT / "scripts" / "terms_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DOCS = script()


def uncommented() -> str:
    """The example with every key that it only shows."""
    text = (ROOT / "frontdoor.example.toml").read_text(encoding="utf-8")
    return re.sub(r"(?m)^# (?=\w+ = |\[|  \{|\]$)", "", text)


def data() -> dict[str, Any]:
    """The same as data, with the few keys that the example has no place for, and fewer people."""
    return copy.deepcopy(_data())


@cache
def _data() -> dict[str, Any]:
    told = tomllib.loads(uncommented())
    told["hours"]["support"]["windows"][0]["zone"] = "Asia/Karachi"
    told["clients"][0]["contacts"][0]["slack"] = "U0CASEY001"
    told["people"] = [one for one in told["people"] if one["key"] in {"sam", "sky", "sol", "lee", "devi"}]
    told["clients"] = told["clients"][:1]
    return told


def every_key() -> dict[tuple[type[Table], str], tuple[Place, Key]]:
    """Each key of the model once, by its table and name, with a place where it stands in the data."""
    told = data()
    found: dict[tuple[type[Table], str], tuple[Place, Key]] = {}
    for place, table, key in _keys(OfficeFile, {**told, "variants": {"gold": told["terms"]["gold"]}}, ()):
        found.setdefault((table, key.name), (place, key))
    return found


def _keys(table: type[Table], told: Any, place: Place) -> Iterator[tuple[Place, type[Table], Key]]:
    for key in keys(table):
        if key.name not in told:
            continue
        inner = (*place, "terms" if key.name == "variants" else key.name)
        yield inner, table, key
        value = told[key.name]
        if isinstance(key.holds, Kind):
            continue
        if key.many is None:
            yield from _keys(key.holds, value, inner)
        else:
            for name, one in value.items() if key.many == "named" else enumerate(value):
                yield from _keys(key.holds, one, (*inner, name))


def written(told: dict[str, Any]) -> list[tuple[Place, str]]:
    """The file, a key to a line, each with its place; what stands deeper than tables of tables is in one line."""
    return list(_written(told, ()))


def _written(told: dict[str, Any], place: Place) -> Iterator[tuple[Place, str]]:
    tables = {name: value for name, value in told.items() if isinstance(value, dict) and len(place) < 4}
    lists = {
        name: value
        for name, value in told.items()
        if not place and isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    }
    for name, value in told.items():
        if name not in tables and name not in lists:
            yield (*place, name), f"{name} = {DOCS.toml(value)}"
    for name, value in tables.items():
        head = ".".join(str(part) for part in (*place, name))
        yield (*place, name), f"[{head}]"
        yield from _written(value, (*place, name))
    for name, value in lists.items():
        for number, table in enumerate(value):
            yield (*place, name, number), f"[[{name}]]"
            yield from _written_list(table, (*place, name, number))


def _written_list(table: dict[str, Any], place: Place) -> Iterator[tuple[Place, str]]:
    for name, value in table.items():
        yield (*place, name), f"{name} = {DOCS.toml(value)}"


def at(told: Any, place: Place) -> Any:
    """What stands there."""
    for part in place:
        told = told[part]
    return told
