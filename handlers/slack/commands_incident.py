"""`/frontdoor incident`: what is typed behind it."""

import re
from dataclasses import dataclass

HELP = "• `/frontdoor incident SUP-3 SUP-7 payments down` joins requests with one cause, the first leads; one reference alone, the form"
EXAMPLE = (
    "Write it like `/frontdoor incident SUP-3 SUP-7 SUP-9 payments down`: the first request leads the others."
)
_REF = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*-)?\d{1,9},?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToIncident:
    """Join the requests behind the first of `refs` to it; with that one alone, show the form."""

    refs: tuple[str, ...]
    title: str = ""


def read(words: str) -> ToIncident | None:
    """References, then a title; None where there is no reference."""
    parts = words.split()
    count = next((index for index, part in enumerate(parts) if not _REF.fullmatch(part)), len(parts))
    if not count:
        return None
    title = " ".join(parts[count:]).strip("\"“”„'")
    return ToIncident(refs=tuple(part.rstrip(",") for part in parts[:count]), title=title)
