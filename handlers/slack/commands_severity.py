"""`/frontdoor severity`: what is typed behind it."""

import re
from dataclasses import dataclass

from handlers.slack.forms.severity import severity_of
from policies.terms import Severity

HELP = "• `/frontdoor severity SUP-12 S1 why` sets or proposes a severity, `S2 urgent why` flags it; without S1 to S4, the form"
EXAMPLE = "Write it like `/frontdoor severity SUP-12 S1 the tills of every shop are down`, or without S1 to S4 for the form."
_REF = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*-)?\d{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSeverity:
    """Set the severity of `ref`; without one, show the form."""

    ref: str
    severity: Severity | None = None
    urgent: bool = False
    why: str = ""


def read(words: str) -> ToSeverity | None:
    """Reference, severity, "urgent", and the rest is why; None for what is none of this."""
    ref, _, rest = words.partition(" ")
    level, _, why = rest.strip().partition(" ")
    severity = severity_of(level) if level else None
    if not _REF.fullmatch(ref) or (level and severity is None):
        return None
    first, _, more = why.strip().partition(" ")
    urgent = first.lower().rstrip(",:.") == "urgent"
    return ToSeverity(ref=ref, severity=severity, urgent=urgent, why=(more if urgent else why).strip())
