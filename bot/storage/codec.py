"""Facts, effects and events as JSON text, and back. The policies stay plain dataclasses; pydantic reads them here.

A fact is stored with its kind and version. When a fact changes its shape, its version is raised in VERSIONS and an
upcaster tells how the older body is read; an unknown kind fails loudly, because leaving out a fact would change history.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter

from policies.effects import AnyEffect
from policies.events import AnyEvent
from policies.facts import AnyFact

Body = dict[str, Any]
VERSIONS: dict[str, int] = {}
"""Kinds of fact whose present version is not 1."""
UPCASTERS: dict[tuple[str, int], Callable[[Body], Body]] = {}
"""(kind, version) -> how a body of that version becomes one of the next."""

_FACTS: TypeAdapter[AnyFact] = TypeAdapter(Annotated[AnyFact, Discriminator("kind")])
_EFFECTS: TypeAdapter[AnyEffect] = TypeAdapter(Annotated[AnyEffect, Discriminator("kind")])
_EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Discriminator("kind")])


def version_of(kind: str) -> int:
    """The version in which facts of `kind` are written now."""
    return VERSIONS.get(kind, 1)


def dump_fact(fact: AnyFact) -> str:
    """The body of a fact; defaults are written out, so that a later default does not move history."""
    return _FACTS.dump_json(fact).decode()


def load_fact(kind: str, version: int, body: str) -> AnyFact:
    """The fact of a stored row. Raises ValueError (pydantic's) for a kind that is not known or a body that does not fit."""
    if version == version_of(kind):
        return _FACTS.validate_json(body)
    data: Body = json.loads(body)
    for old in range(version, version_of(kind)):
        data = UPCASTERS[kind, old](data)
    return _FACTS.validate_python(data)


def dump_effect(effect: AnyEffect) -> str:
    """The body of an effect."""
    return _EFFECTS.dump_json(effect).decode()


def load_effect(body: str) -> AnyEffect:
    """The effect of a stored row; raises ValueError when it is none."""
    return _EFFECTS.validate_json(body)


def dump_event(event: AnyEvent) -> str:
    """The body of an event."""
    return _EVENTS.dump_json(event).decode()


def load_event(body: str) -> AnyEvent:
    """The event of a stored row; raises ValueError when it is none."""
    return _EVENTS.validate_json(body)
