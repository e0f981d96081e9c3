"""Looking into the model of frontdoor.toml: which keys a table has, and of which kind each is."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from bot.office.kind import Kind, Several, Table

Place = tuple[str | int, ...]
"""Where in the file: names of tables and keys, and numbers (from 0) in lists."""
Holds = Kind | type[Table]
"""What a value is: of a kind, or a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a table, as the model explains it; `example` is written as in the file; `default` counts without it.

    `many` says how often it holds `holds`: None once, "list" in a list, "named" by names that the file chooses.
    """

    name: str
    field: str
    says: str
    rule: str
    example: Any
    required: bool
    default: Any
    holds: Holds
    many: str | None
    least: int


@cache
def keys(table: type[Table]) -> tuple[Key, ...]:
    """Every key, in the order of the model."""
    return tuple(_key(field, info) for field, info in table.model_fields.items())


def at(table: type[Table], place: Place) -> Holds | None:
    """What stands at a place: the table or the kind of value; None where the model has nothing."""
    if not place:
        return table
    found = next((key for key in keys(table) if key.name == place[0]), None)
    if found is None:
        return None
    rest = place[2 if found.many else 1 :]
    if isinstance(found.holds, Kind):
        return found.holds if not rest else None
    return at(found.holds, rest)


def values(table: Table, place: Place = ()) -> Iterator[tuple[Place, Kind, object]]:
    """Every value of a table that was read, with its place and kind; what the file left out is not among them."""
    for key in keys(type(table)):
        if key.field not in table.model_fields_set:
            continue
        for inner, value in _each(getattr(table, key.field), (*place, key.name)):
            if isinstance(value, Table):
                yield from values(value, inner)
            elif isinstance(key.holds, Kind):
                yield inner, key.holds, value


def _each(value: object, place: Place) -> Iterator[tuple[Place, object]]:
    if isinstance(value, tuple):
        yield from (((*place, number), item) for number, item in enumerate(value))
    elif isinstance(value, dict):
        yield from (((*place, name), item) for name, item in value.items())
    else:
        yield place, value


def _key(field: str, info: FieldInfo) -> Key:
    extra: Any = info.json_schema_extra
    holds, many = _holds(info.annotation, tuple(info.metadata))
    several = next((item for item in info.metadata if isinstance(item, Several)), Several())
    return Key(
        name=info.alias or field,
        field=field,
        says=info.description or "",
        rule=str(extra["rule"]),
        example=extra["example"],
        required=info.is_required(),
        default=info.default,
        holds=holds,
        many=many,
        least=several.least,
    )


def _holds(annotation: Any, metadata: tuple[object, ...] = ()) -> tuple[Holds, str | None]:  # noqa: ANN401 - any type
    """What an annotation holds, and how often."""
    kind = next((item for item in metadata if isinstance(item, Kind)), None)
    if kind is not None:
        return kind, None
    if hasattr(annotation, "__metadata__"):
        return _holds(annotation.__origin__, annotation.__metadata__)
    inner = get_args(annotation)
    if get_origin(annotation) in {Union, UnionType}:
        return _holds(next(one for one in inner if one is not NoneType))
    if get_origin(annotation) is tuple:
        return _holds(inner[0])[0], "list"
    if get_origin(annotation) is dict:
        return _holds(inner[1])[0], "named"
    return annotation, None
