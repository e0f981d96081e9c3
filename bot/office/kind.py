"""How a value of frontdoor.toml is read, written and explained: one object for each kind of value."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Wrong(ValueError):
    """A value that cannot be taken, with a sentence of its own about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of value: its name, how it is written (a sentence), which types of TOML it may have, and how it is read.

    `read` raises Wrong for what it cannot take, or any ValueError for the kind's own sentence. `write` gives the value of the
    file for what was read. `refers` names the tables of which the value is a key, `none` is the word for no value at all.
    """

    name: str
    how: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = lambda value: value
    takes: tuple[type, ...] = (str,)
    refers: str = ""
    none: str = ""

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Nothing but `read` looks at the value, so that no words but ours are said of it."""
        return core_schema.no_info_plain_validator_function(self.taken)

    def taken(self, value: object) -> object:
        """What the rules work with. Raises Wrong, always with a sentence."""
        if self.none and value == self.none:
            return None
        or_none = f' Or write "{self.none}".' if self.none else ""
        if type(value) not in self.takes:
            raise Wrong(f"is no {self.name}. {self.how}{or_none}")
        try:
            return self.read(value)
        except Wrong:
            raise
        except (ValueError, OverflowError):
            raise Wrong(f"is no {self.name}. {self.how}{or_none}") from None

    def written(self, value: object) -> object:
        """As the file has it."""
        return self.none if value is None else self.write(value)


@dataclass(frozen=True, slots=True)
class Several:
    """A list: at least so many, and each once unless `again`."""

    least: int = 0
    again: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What is in the list is checked first."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, values: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
        if len(values) < self.least:
            raise Wrong("is empty. Name at least one.")
        return values if self.again else once(values)


def once(values: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """The same. Raises Wrong when a value stands twice."""
    for index, value in enumerate(values):
        if value in values[:index]:
            named = f"names {value}" if isinstance(value, str) else "names the same"
            raise Wrong(f"{named} twice. Once is enough.")
    return values


class Table(BaseModel):
    """A table of the file: a key that nobody reads is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def entry(
    says: str, *, example: object, rule: str = "", default: object = ..., alias: str | None = None
) -> Any:  # noqa: ANN401 - it stands in the place of a value of any type
    """A key of a table: what it says, its rule, an example as the file has it. Without a default it must be there."""
    extra: dict[str, Any] = {"rule": rule, "example": example}
    return Field(default, description=says, alias=alias, json_schema_extra=extra)
