"""What can happen to a request by the agreed terms: its severity, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.event_base import Event
from policies.terms import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSeverity(Event):
    """The severity, and the date of the permanent fix with it (SV-4); by those without the right it is a proposal.

    `urgent` flags a Severity 2 out of hours. `fix_at` (aware UTC) None leaves the date as it is.
    """

    kind: Literal["set_severity"] = "set_severity"
    severity: Severity
    urgent: bool = False
    why: str = ""
    fix_at: datetime | None = None
