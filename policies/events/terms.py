"""What can happen to a request by the agreed terms: its severity, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events.base import Event
from policies.terms import Severity

Work = Literal["feature", "beyond_defect", "integration", "capacity", "platform"]
"""New work (TR-4): a new feature, more than mending a defect, a new integration, capacity beyond the design, a third party's platform."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Who carries workaround `number` (roster key) and until when; empty and None leave it as it is."""

    number: int
    carrier: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryWorkaround(Event):
    """A workaround is reverted later than it was said, or by somebody else, and why (WA-2)."""

    kind: Literal["carry"] = "carry"
    carried: Carried
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCarried(Event):
    """A request is closed that leaves workarounds behind: who carries each, until when (WA-3)."""

    kind: Literal["close_carried"] = "close_carried"
    carried: tuple[Carried, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskVendor(Event):
    """A vendor is the cause (VE-1): what they were told, their own reference, and when they promised an answer."""

    kind: Literal["ask_vendor"] = "ask_vendor"
    vendor: str
    told: str
    reference: str = ""
    answer_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckVendors(Event):
    """It is morning: with whom somebody was to talk today or tomorrow (VE-1)."""

    kind: Literal["check_vendors"] = "check_vendors"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswer(Event):
    """A vendor has answered; what they said."""

    kind: Literal["vendor_answer"] = "vendor_answer"
    vendor: str
    said: str
