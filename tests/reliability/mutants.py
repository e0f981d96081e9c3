"""Faults put into the product on purpose."""

from collections.abc import Callable

MUTANTS: dict[str, Callable[[], None]] = {}
