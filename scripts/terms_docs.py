"""Writes what can be said of frontdoor.toml from its model: the comments of frontdoor.example.toml, the tables of docs/terms.md."""

import json
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.office import model
from bot.office.file import OfficeFile
from bot.office.kind import Kind, Table
from bot.office.model import Key
from bot.office.terms import TargetTable, TermsTable
from policies.terms import SEVERITIES

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE, TERMS = ROOT / "frontdoor.example.toml", ROOT / "docs" / "terms.md"
WIDTH, COMMENT_AT, LONG = 132, 37, 76
HEAD = """\
# Who takes part, where, when, and what was promised. Copy this file to frontdoor.toml and make it yours;
# FRONTDOOR_CONFIG names another place. The bot reads it at its start and says by line what it cannot use.
# What changes by the day (who is away) is not here: it is set in Slack with /frontdoor away.
# A line that begins with # key = shows a key that is not used here. docs/terms.md explains all of them.
"""
MARKED = re.compile(r"(<!-- (\w+):( \w+)? -->\n).*?(<!-- end -->)", re.DOTALL)


def toml(value: object) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{name} = {toml(inner)}' for name, inner in value.items())} }}"
    return str(value)


def example(text: str) -> str:
    """The example with the values of `text`, every other key as a comment, and the words of the model."""
    data = tomllib.loads(text)
    return "\n".join([HEAD, *_sections(data)]).rstrip("\n") + "\n"


def _sections(data: Mapping[str, Any]) -> Iterator[str]:
    terms = data.get("terms", {})
    plans = {name: table for name, table in terms.items() if name not in _names(OfficeFile, "terms")}
    data = {**data, "terms": {name: terms[name] for name in terms if name not in plans}, "variants": plans}
    explained: set[type[Table]] = set()
    for key in model.keys(OfficeFile):
        assert not isinstance(key.holds, Kind)
        yield f"# {'-' * 64} {key.says}"
        if key.holds not in explained:
            yield from (f"# {line}" for line in textwrap.wrap(_doc(key.holds), WIDTH - 10))
        explained.add(key.holds)
        yield ""
        told = data.get(key.name)
        name = "terms" if key.name == "variants" else key.name
        yield from _section(key, name, told or key.example, mark="" if told else "# ")


def _names(table: type[Table], name: str) -> list[str]:
    found = next(key.holds for key in model.keys(table) if key.name == name)
    assert not isinstance(found, Kind)
    return [key.name for key in model.keys(found)]


def _section(key: Key, name: str, told: Any, mark: str) -> Iterator[str]:  # noqa: ANN401 - as TOML has it
    """The tables of one key of the file; the first one explains itself, and shows what it does not use."""
    assert not isinstance(key.holds, Kind)
    if key.many is None:
        tables = [(f"[{name}]", told)]
    elif key.many == "named":
        tables = [(f"[{name}.{inner}]", table) for inner, table in told.items()]
    else:
        tables = [(f"[[{name}]]", table) for table in told]
    for number, (head, table) in enumerate(tables):
        first = number == 0
        yield from _table(head, key.holds, table, mark, says=first, whole=first and not (mark and table))


def _table(
    head: str, table: type[Table], told: Mapping[str, Any], mark: str, *, says: bool, whole: bool
) -> Iterator[str]:
    """A table with its keys; with `whole`, those it does not use too, as comments."""
    inner = {
        key.name: key.holds
        for key in model.keys(table)
        if not isinstance(key.holds, Kind) and key.many is None
    }
    if set(told) - set(inner) or not told:
        yield mark + head
        yield from _lines(table, told, mark, set(inner), says=says, whole=whole)
        yield ""
    for name in (name for name in inner if name in told):
        yield from _table(f"{head[:-1]}.{name}]", inner[name], told[name], mark, says=says, whole=whole)
        says = whole = False


def _lines(
    table: type[Table], told: Mapping[str, Any], mark: str, inner: set[str], *, says: bool, whole: bool
) -> Iterator[str]:
    for key in model.keys(table):
        if key.name in inner:
            continue
        if key.name in told:
            yield from _line(key, told[key.name], mark, says=says)
        elif whole:
            yield from _line(key, key.example, "# ", says=says)


def _line(key: Key, value: object, mark: str, *, says: bool) -> Iterator[str]:
    comment = f"# {key.says}" if says else ""
    line = f"{mark}{key.name} = {toml(value)}"
    if isinstance(value, list) and value and isinstance(value[0], dict) and len(line) > LONG:
        yield f"{mark}{key.name} = [".ljust(COMMENT_AT if comment else 0) + comment
        yield from (f"{mark}  {toml(inner)}," for inner in value)
        yield f"{mark}]"
    elif len(padded := f"{line}  ".ljust(COMMENT_AT) + comment) <= WIDTH:
        yield padded.rstrip()
    else:
        yield from filter(None, (comment, line))


def _doc(table: type[Table]) -> str:
    return " ".join((table.__doc__ or "").split())


def terms(text: str) -> str:
    """docs/terms.md with its tables made anew; what stands outside of the marks is as it was."""
    makers = {"keys": _keys, "kinds": _kinds, "severities": _severities}
    return MARKED.sub(lambda found: f"{found[1]}{makers[found[2]]((found[3] or '').strip())}{found[4]}", text)


def _keys(name: str) -> str:
    """The keys of the table that a key of the file holds, and of the tables inside."""
    top = {key.name: key for key in model.keys(OfficeFile)}[name]
    assert not isinstance(top.holds, Kind)
    return "".join(_described(top.holds, inside="", seen=[]))


def _described(table: type[Table], inside: str, seen: list[type[Table]]) -> Iterator[str]:
    seen.append(table)
    yield f"{inside}{_doc(table)}\n\n| key | value | unless said | meaning |\n| --- | --- | --- | --- |\n"
    for key in model.keys(table):
        says = f"{key.says} ({key.rule})" if key.rule else key.says
        yield f"| `{key.name}` | {_value(key)} | {_unless(key, table)} | {says} |\n"
    yield "\n"
    for key in model.keys(table):
        if not isinstance(key.holds, Kind) and key.holds not in seen:
            yield from _described(key.holds, f"**`{key.name}`**. ", seen)


def _value(key: Key) -> str:
    if not isinstance(key.holds, Kind):
        held = f"`{toml(key.example)}`" if key.example else "a table"
        return f"tables, such as {held}" if key.many else held
    name = f"list of: {key.holds.name}" if key.many else key.holds.name
    if key.holds.none:
        name += f' or "{key.holds.none}"'
    return f"{name}, such as `{toml(key.example)}`"


def _unless(key: Key, table: type[Table]) -> str:
    if key.required:
        return "must be there"
    if table is TermsTable and isinstance(key.holds, Kind):
        return f"`{toml(key.example)}`"
    return f"`{toml(key.default)}`" if key.default not in {None, ()} else ""


def _kinds(_: str) -> str:
    """How each kind of value is written."""
    kinds = {
        key.holds.name: key.holds.how
        for table in tables()
        for key in model.keys(table)
        if isinstance(key.holds, Kind) and not key.holds.refers
    }
    rows = (f"| {name} | {how} |\n" for name, how in sorted(kinds.items()))
    return f"| value | how it is written |\n| --- | --- |\n{''.join(rows)}\n"


def tables(table: type[Table] = OfficeFile) -> Iterator[type[Table]]:
    """Every table of the model, from the outermost."""
    yield table
    for key in model.keys(table):
        if not isinstance(key.holds, Kind):
            yield from tables(key.holds)


def _severities(_: str) -> str:
    """The table of the process."""
    names = ("response", "resolution", "flagged", "updates")
    rows = [f"| severity | {' | '.join(names)} |\n| --- | --- | --- | --- | --- |\n"]
    kinds = {key.name: key.holds for key in model.keys(TargetTable)}
    for severity, target in SEVERITIES.items():
        cells = [toml(kinds[name].written(getattr(target, name))) for name in names]
        rows.append(f"| {severity} | {' | '.join(f'`{cell}`' for cell in cells)} |\n")
    return "".join(rows) + "\n"


def main() -> None:
    """Write both files."""
    for path, made in ((EXAMPLE, example), (TERMS, terms)):
        path.write_text(made(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
