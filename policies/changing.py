"""A changed copy of a frozen dataclass, for folding: a ticket has sixty fields, and each fact changes a few."""

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(old: T, **changes: Any) -> T:  # noqa: ANN401 -- mypy sees the standard library's, and checks the fields
        """What `dataclasses.replace` gives, at a tenth of its price; for classes without slots and __post_init__.

        Raises TypeError for a field that the class does not have.
        """
        new = object.__new__(type(old))
        state = new.__dict__
        state.update(old.__dict__)
        state.update(changes)
        if len(state) != len(old.__dict__):
            raise TypeError(f"{type(old).__name__} has no field {sorted(set(changes) - set(old.__dict__))}")
        return new


def changed(items: tuple[Any, ...], number: int, **changes: object) -> tuple[Any, ...]:
    """The same items, with the one that has `number` changed."""
    return tuple(replace(item, **changes) if item.number == number else item for item in items)


__all__ = ["changed", "replace"]
