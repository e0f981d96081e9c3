"""Terms as JSON text, and back: every value says by itself what it is, so that a stored version can be read for ever.

A key that Terms has got since reads as its default; one that it has no more is refused loudly.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from typing import Any

from policies.hours import Days, Hours, Open, Plain, Span, Window
from policies.terms import Target, Terms

_CLASSES: dict[str, type] = {
    cls.__name__: cls for cls in (Terms, Target, Plain, Open, Days, Hours, Window, Span)
}
_DIGITS = 12
"""Of a hash: enough to tell a team's versions apart, short enough to be read."""


def dump(terms: Terms) -> str:
    """The terms as text; equal terms give equal text, in any process."""
    return json.dumps(_plain(terms), sort_keys=True, separators=(",", ":"))


def load(body: str) -> Terms:
    """The terms of a text. Raises ValueError when it holds none."""
    try:
        found = _made(json.loads(body))
    except (KeyError, TypeError) as error:
        raise ValueError(f"these are no terms that can be read: {error}") from error
    if not isinstance(found, Terms):
        raise ValueError("these are no terms")  # noqa: TRY004 - of the text, not of an argument
    return found


def digest(value: object) -> str:
    """The content hash of terms, or of anything built of dataclasses, collections and plain values; what does not count
    when two are compared does not count here.
    """
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON has
    match value:
        case None | bool() | int() | float() | str():
            return value
        case timedelta():
            return {"us": value // timedelta(microseconds=1)}
        case time() | date():  # moments too
            return {type(value).__name__: value.isoformat()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case frozenset() | set():
            return {"set": sorted((_plain(item) for item in value), key=json.dumps)}
        case Mapping():
            return {"map": {str(key): _plain(item) for key, item in value.items()}}
        case _ if is_dataclass(value) and not isinstance(value, type):
            named = {item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.compare}
            return {type(value).__name__: named}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _made(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    if isinstance(value, list):
        return tuple(_made(item) for item in value)
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind in _READERS:
        return _READERS[kind](inner)
    return _CLASSES[kind](**{name: _made(item) for name, item in inner.items()})


_READERS: dict[str, Callable[[Any], object]] = {
    "us": lambda inner: timedelta(microseconds=inner),
    "time": time.fromisoformat,
    "date": date.fromisoformat,
    "set": lambda inner: frozenset(map(_made, inner)),
    "map": lambda inner: {key: _made(item) for key, item in inner.items()},
}
