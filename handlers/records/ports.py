"""What the records room asks of a sheet, a tracker and a calendar: the embedded ones answer now, real services can later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.reverts import Revert

Cell = str | int | datetime | None
"""A cell of the sheet; moments are aware UTC and shown in the desk's zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One request in the Support Issues Sheet: cells in the order of the columns. `ticket` is its number, and the order."""

    ticket: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A code change to be planned (UP-5). `id` is the tracker's own; `urgent` takes the hotfix path (UP-6)."""

    id: str
    ref: str
    client: str
    summary: str
    urgent: bool
    scope: str
    developer: str


class Sheet(Protocol):
    """The Support Issues Sheet (RC-1)."""

    async def fill(self, rows: tuple[Row, ...]) -> None:
        """Know every request, at the start."""
        ...

    async def put(self, row: Row) -> None:
        """Make one row true. Returns when it can be read there, or is sure to be soon. Raises bot.ports.NotSent."""
        ...

    async def close(self) -> None:
        """Write what is not written yet."""
        ...


class Tracker(Protocol):
    """The tracker of code changes (RC-2)."""

    async def log(self, entry: Entry) -> str:
        """Have the entry, once however often it is asked; where it can be found. Raises bot.ports.NotSent."""
        ...


class Calendar(Protocol):
    """The calendar of reverts (RC-3)."""

    async def remind(self, revert: Revert) -> str:
        """Have the reminder, once however often it is asked; where it can be found. Raises bot.ports.NotSent."""
        ...
