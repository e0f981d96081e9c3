"""The ticket: what the facts add up to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from policies import facts as f
from policies.events import Block
from policies.hours import Pause


class Stage(StrEnum):
    """Where a request stands; one at a time."""

    NEW = "new"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"


ENDED = frozenset({Stage.CLOSED, Stage.DISMISSED, Stage.MERGED})
WITH_DEVELOPMENT = frozenset({Stage.ESCALATED, Stage.ACKNOWLEDGED, Stage.ASSIGNED})
ERASED = "(erased)"
"""What words read like that were erased; they stay so, whatever their message becomes in Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Words in a client's thread. `side` says whose; they stand here only, so that they can be erased."""

    channel: str
    ts: str
    at: datetime
    author: str
    side: str
    text: str
    files: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """The telephone at work: who is being rung, or when the next round begins.

    `rung_people` were rung in this round, `rung_before` in earlier ones.
    """

    purpose: f.Purpose
    round: int = 1
    rung: int = 0
    person: str = ""
    token: str = ""
    guard_at: datetime | None = None
    next_round_at: datetime | None = None
    rung_people: frozenset[str] = frozenset()
    rung_before: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Update:
    """One update of development and whether a person sent it on; `sent` is what the client read then."""

    number: int
    at: datetime
    by: str
    what: str
    text: str
    promise: datetime | None
    relayed: bool = False
    sent: str = ""
    relay_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Workaround:
    """A temporary change and its original."""

    number: int
    what: str
    original: str
    author: str
    lead: str
    revert_at: datetime | None
    ask_at: datetime | None
    reverted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """A change of code that was logged."""

    number: int
    entry: str
    summary: str
    urgent: bool
    scope: str


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A request, folded from its facts. Moments are aware UTC; people are roster keys, `author` is a Slack id.

    The fields that end in `_at` and are not None are what runs: see policies.clocks. `updates_before` counts the updates
    of earlier cycles, `response_slot` names the bot's own first response where there is one. `undelivered` are the slots
    of words to the client of which a person is asked whether they are there.

    `severity` is the terms' default until `severity_by` set it, and empty before its first targets; `urgent` flags it out of
    hours. `cycle_at` is when the request began, or was reopened the last time; `told_at` when the client read a word of ours
    the last time, `waiting_since` when it wrote what nobody answered yet. `aims` are the targets, with `pauses` and
    `resting_since` (TR-6); `announced` says of which targets people were told: (target, threshold, due).
    """

    id: int
    ref: str = ""
    client: str = ""
    channel: str = ""
    thread: str = ""
    author: str = ""
    opened_at: datetime | None = None
    previous: str = ""
    late: bool = False
    stage: Stage = Stage.NEW
    cycle: int = 1
    production_down: bool = False
    owner: str = ""
    grouping_until: datetime | None = None
    respond_at: datetime | None = None
    check_at: datetime | None = None
    responded_by: str = ""
    response_slot: str = ""
    unclaimed_at: datetime | None = None
    unclaimed_reminded: bool = False
    attention_at: datetime | None = None
    silence_at: datetime | None = None
    silence_since: datetime | None = None
    silence_sent: int = 0
    block: Block | None = None
    escalated_by: str = ""
    escalated_at: datetime | None = None
    in_hours: bool = True
    lead: str = ""
    acknowledge_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    assign_nudge_at: datetime | None = None
    assign_ring_at: datetime | None = None
    developer: str = ""
    assigned_at: datetime | None = None
    update_at: datetime | None = None
    update_which: str = ""
    promise_at: datetime | None = None
    promise_given_at: datetime | None = None
    warn_at: datetime | None = None
    neutral_at: datetime | None = None
    heard_at: datetime | None = None
    updates: tuple[Update, ...] = ()
    updates_before: int = 0
    ladder: Ladder | None = None
    calls: int = 0
    workarounds: tuple[Workaround, ...] = ()
    code_changes: tuple[CodeChange, ...] = ()
    outcome: str = ""
    resolution: str = ""
    cause: str = ""
    steps: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    reopen_until: datetime | None = None
    merged_into: str = ""
    also: tuple[tuple[str, str], ...] = ()
    undelivered: tuple[str, ...] = ()
    severity: str = ""
    severity_by: str = ""
    severity_at: datetime | None = None
    urgent: bool = False
    proposed: f.SeverityProposed | None = None
    fix_at: datetime | None = None
    cycle_at: datetime | None = None
    told_at: datetime | None = None
    waiting_since: datetime | None = None
    aims: tuple[f.Aim, ...] = ()
    pauses: tuple[Pause, ...] = ()
    resting_since: datetime | None = None
    terms: str = ""
    intensive: bool = False
    announced: frozenset[tuple[str, str, datetime]] = frozenset()
    messages: tuple[Message, ...] = field(default=(), compare=False)

    @property
    def is_open(self) -> bool:
        """Neither closed, dismissed nor merged."""
        return self.stage not in ENDED

    def began_with(self, message: Message) -> bool:
        """Whether it is the message the request began with; words that one of us opened it with are filed under its reference."""
        return message.ts in {self.thread, self.ref}

    @property
    def with_development(self) -> bool:
        """Escalated and not resolved yet."""
        return self.stage in WITH_DEVELOPMENT

    @property
    def cycle_updates(self) -> tuple[Update, ...]:
        """The updates since the request was opened, or reopened the last time."""
        return self.updates[self.updates_before :]

    @property
    def open_updates(self) -> tuple[Update, ...]:
        """Updates that the client still has to hear of (UP-4): none is older than what was sent already."""
        sent = max((update.number for update in self.cycle_updates if update.relayed), default=0)
        return tuple(update for update in self.cycle_updates if update.number > sent)

    @property
    def live_workarounds(self) -> tuple[Workaround, ...]:
        """Workarounds that nobody confirmed as reverted (WA-3)."""
        return tuple(item for item in self.workarounds if not item.reverted)

    @property
    def words(self) -> str:
        """The client's own words, oldest first; empty where they were taken back."""
        return "\n".join(m.text for m in self.messages if m.side == "client" and not m.deleted and m.text)
