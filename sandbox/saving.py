"""Keeps the world between two runs: any dataclasses to plain data and back, guided by their annotations alone."""

import base64
import types
from collections import deque
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Made = TypeVar("Made")
Plain: TypeAlias = Any
"""What JSON can hold."""
Kind: TypeAlias = Any
"""A type as an annotation names it."""

SEQUENCES: dict[Kind, Callable[[list[Any]], object]] = {
    list: list,
    set: set,
    frozenset: frozenset,
    deque: deque,
}
LEAVES: dict[Kind, Callable[[str], object]] = {datetime: datetime.fromisoformat, bytes: base64.b64decode}


class Unreadable(Exception):
    """What was saved does not fit what is asked for: it was written by another version."""


def plain(value: object) -> Plain:
    """`value` as JSON can hold it: dataclasses as objects, moments as ISO text, bytes as base64."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset | deque):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} cannot be saved")


def made(kind: type[Made], saved: Plain) -> Made:
    """What `plain` wrote, as `kind` again; raises Unreadable when it does not fit."""
    try:
        return cast("Made", _made(kind, saved))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"it was saved by another version: {error}") from error


def _made(kind: Kind, saved: Plain) -> object:
    origin: Kind = get_origin(kind)
    inner = get_args(kind)
    if origin in (Union, types.UnionType):
        return _one_of(inner, saved)
    if origin in SEQUENCES:
        return SEQUENCES[origin]([_made(inner[0], one) for one in saved])
    if origin is tuple:
        kinds = [inner[0]] * len(saved) if inner[-1] is Ellipsis else inner
        return tuple(_made(one_kind, one) for one_kind, one in zip(kinds, saved, strict=True))
    if origin is dict:
        return {_key(inner[0], key): _made(inner[1], one) for key, one in saved.items()}
    if is_dataclass(kind):
        return _dataclass(kind, saved)
    return LEAVES[kind](saved) if kind in LEAVES else saved


def _one_of(kinds: tuple[Kind, ...], saved: Plain) -> object:
    if saved is None:
        return None
    rest = [kind for kind in kinds if kind is not types.NoneType]
    return _made(rest[0], saved) if len(rest) == 1 else saved


def _dataclass(kind: Kind, saved: dict[str, Plain]) -> object:
    hints = get_type_hints(kind)
    known = {
        field.name: _made(hints[field.name], saved[field.name])
        for field in fields(kind)
        if field.name in saved
    }
    return kind(**known)


def _key(kind: Kind, key: str) -> int | str:
    return int(key) if kind is int else key
