"""What can happen to the rota of the day and to people's telephones; no request is behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events.base import Event
from policies.rota import Cover


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCover(Event):
    """One person has another's duty for a while (ES-5). A cover that ends at its start ends all of this person's."""

    kind: Literal["cover"] = "cover"
    cover: Cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap(Event):
    """Two people (roster keys) exchange turns: the one of the day from `start` to `end` (aware UTC), and the next of the other."""

    kind: Literal["swap"] = "swap"
    one: str
    other: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForCode(Event):
    """Somebody wants their own number verified: a test call is to say `code`."""

    kind: Literal["ask_for_code"] = "ask_for_code"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCode(Event):
    """What somebody heard on the test call."""

    kind: Literal["give_code"] = "give_code"
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCoverage(Event):
    """It is morning: look whether somebody would be reached in every coming hour. `gaps`: it was said last that there are some."""

    kind: Literal["check_coverage"] = "check_coverage"
    gaps: bool


AnyPeopleEvent = SetCover | Swap | AskForCode | GiveCode | CheckCoverage
