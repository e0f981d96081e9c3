"""What there is to be reverted, when and by whom: for the calendar's file, and for the invitation that people get."""

import re
from dataclasses import dataclass
from datetime import datetime

from policies.people import Person, Roster
from policies.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """A workaround to be undone at `at` (aware UTC) by the first of `people`; the others know of it (WA-2).

    `stamp` is when this was decided, `sequence` how often it was changed since it was recorded; `done` once somebody
    has confirmed the revert.
    """

    ref: str
    number: int
    what: str
    original: str
    at: datetime
    stamp: datetime
    people: tuple[Person, ...]
    sequence: int
    done: bool

    @property
    def name(self) -> str:
        """The name of its file, without an ending; the same whatever becomes of it."""
        return re.sub(r"[^A-Za-z0-9_-]", "-", f"{self.ref}-workaround-{self.number}")


def revert_of(ticket: Ticket, number: int, roster: Roster, stamp: datetime) -> Revert | None:
    """Workaround `number` as it is to be reverted; None without a moment for it. LookupError without such a workaround."""
    item = next((one for one in ticket.workarounds if one.number == number), None)
    if item is None:
        raise LookupError(f"{ticket.ref} has no workaround {number}")
    if item.revert_at is None:
        return None
    keys = dict.fromkeys((item.carrier or item.author, item.author, item.lead))
    return Revert(
        ref=ticket.ref,
        number=number,
        what=item.what,
        original=item.original,
        at=item.revert_at,
        stamp=stamp,
        people=tuple(roster.by_key[key] for key in keys if key in roster.by_key),
        sequence=item.moved + item.reverted,
        done=item.reverted,
    )
