"""What this process knows of the calls under way: a help for order and for reading back, never the truth of a ticket."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MENUS = 6
"""How often one call hears the menu: stars and wrong keys, too."""
REMEMBERED = 1000
"""Calls kept in mind; older ones are forgotten first."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One call at Twilio. `since` is aware UTC, when we placed it or first heard of it.

    Only being answered and being over are news, and nothing follows an end: whatever order callbacks come in, it holds.
    `pressed`: a key of it is or was answered. `doubtful`: news of it came and could not be stored, so that it is to be asked for at once.
    """

    sid: str
    token: str
    since: datetime
    ring: timedelta
    answered: bool = False
    pressed: bool = False
    doubtful: bool = False
    over: bool = False


def key_of(sid: str, menu: int) -> str:
    """The key of the event that a telephone key was pressed in the menu with this number (from 1)."""
    return f"key:{sid}:{menu}"


class Lines:
    """The calls of this process by their sid."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Line] = {}

    def learn(self, sid: str, token: str, since: datetime, ring: timedelta) -> Line:
        """The call with this sid, taken up if it is new."""
        line = self._by_sid.get(sid)
        if line is None:
            line = self._by_sid[sid] = Line(sid=sid, token=token, since=since, ring=ring)
            if len(self._by_sid) > REMEMBERED:
                del self._by_sid[next(iter(self._by_sid))]
        return line

    def token_of(self, sid: str) -> str:
        """Whose call this is; empty when unknown."""
        line = self._by_sid.get(sid)
        return line.token if line else ""

    def by_token(self, token: str) -> Line | None:
        """The newest call that carries this token."""
        return next((line for line in reversed(self._by_sid.values()) if line.token == token), None)

    def live(self) -> tuple[Line, ...]:
        """Every call whose end we have not heard of."""
        return tuple(line for line in self._by_sid.values() if not line.over)
