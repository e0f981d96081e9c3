"""What can happen to the office itself: its file says something else, other terms are in force, work at a client is announced."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events.base import Event
from policies.intensive import Case, Report
from policies.people import Maintenance


@dataclass(frozen=True, slots=True)
class Moved:
    """A target of a request (`ref`) that other terms would move; None where there is none before, or none after.

    `late` when it would be over at once, and was not.
    """

    ref: str
    target: str
    before: datetime | None
    after: datetime | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanged(Event):
    """frontdoor.toml says something else than what is in force: `office` is its content hash, `changes` are sentences.

    Without `changes` it says again what is in force. `instead` is the content hash that was shown before and waited.
    """

    kind: Literal["file_changed"] = "file_changed"
    office: str
    changes: tuple[str, ...]
    moved: tuple[Moved, ...] = ()
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBroken(Event):
    """frontdoor.toml was changed and cannot be used: each problem names its line and its mend."""

    kind: Literal["file_broken"] = "file_broken"
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTaken(Event):
    """A start has found another frontdoor.toml than the one that came into force at `since`, and it is in force now."""

    kind: Literal["file_taken"] = "file_taken"
    office: str
    changes: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChanged(Event):
    """Other terms are in force for the client of this request than those it was computed with."""

    kind: Literal["terms_changed"] = "terms_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMaintenance(Event):
    """Work at a client (its key) is announced; without a window what was announced by command ends, or does not come."""

    kind: Literal["maintenance"] = "maintenance"
    client: str
    window: Maintenance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceNears(Event):
    """Announced work at a client begins soon."""

    kind: Literal["maintenance_nears"] = "maintenance_nears"
    client: str
    window: Maintenance


@dataclass(frozen=True, slots=True, kw_only=True)
class IntensiveMorning(Event):
    """It is morning, and something is due for a client (its key) in its intensive period, with its requests of that time."""

    kind: Literal["intensive_morning"] = "intensive_morning"
    client: str
    reports: tuple[Report, ...]
    cases: tuple[Case, ...]


AnyOfficeEvent = (
    FileChanged | FileBroken | FileTaken | TermsChanged | SetMaintenance | MaintenanceNears | IntensiveMorning
)
