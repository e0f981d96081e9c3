"""The record of all that went over the wire, in order: what journeys assert on and the inspector shows."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from sandbox.clock import Clock, isoformat

Direction = Literal["in", "out", "person"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: `in` came to the sandbox, `out` went to a bot, `person` was done by one of the cast."""

    n: int
    at: str
    service: str
    direction: Direction
    kind: str
    summary: str
    request: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    ok: bool = True


class WireLog:
    """Append-only; `version` grows with every entry and with every `touch`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.entries: list[Entry] = []
        self.version = 0
        self.listeners: list[Callable[[], None]] = []

    def record(
        self,
        service: str,
        direction: Direction,
        kind: str,
        summary: str,
        *,
        request: dict[str, Any] | None = None,
        response: dict[str, Any] | None = None,
        ok: bool = True,
    ) -> Entry:
        """Append an entry stamped with sandbox time; the caller leaves tokens out."""
        entry = Entry(
            n=len(self.entries) + 1,
            at=isoformat(self._clock.now()),
            service=service,
            direction=direction,
            kind=kind,
            summary=summary,
            request=request or {},
            response=response or {},
            ok=ok,
        )
        self.entries.append(entry)
        self.touch()
        return entry

    def amend(self, entry: Entry, response: dict[str, Any], *, ok: bool) -> None:
        """Add the answer to an entry written when the question went out; one that a reset forgot is left alone."""
        place = entry.n - 1
        if place < len(self.entries) and self.entries[place] is entry:
            self.entries[place] = replace(entry, response=response, ok=ok)
            self.touch()

    def since(self, n: int) -> list[dict[str, Any]]:
        """Entries after number `n`, as plain data."""
        return [asdict(entry) for entry in self.entries[n:]]

    def clear(self) -> None:
        """Begin anew: only with a fresh world."""
        self.entries.clear()
        self.touch()

    def touch(self) -> None:
        """Say that something visible changed."""
        self.version += 1
        for listener in self.listeners:
            listener()
