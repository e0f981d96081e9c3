"""One step of a rehearsal."""

from dataclasses import dataclass
from datetime import datetime

from policies import events as e
from policies.effects import AnyEffect
from policies.facts import AnyFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event that was decided; `refused` says why nothing came of it."""

    at: datetime
    event: e.AnyEvent
    facts: tuple[AnyFact, ...] = ()
    effects: tuple[AnyEffect, ...] = ()
    refused: str = ""
