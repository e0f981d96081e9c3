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
OVER = ENDED | {Stage.RESOLVED}
"""Nothing is waited for but the client's word."""
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
    """One update of development and whether a person sent it on; `sent` is what the client read then.

    `carried` is the number that it has on the request that leads this one, 0 for one of its own.
    """

    number: int
    at: datetime
    by: str
    what: str
    text: str
    promise: datetime | None
    warn_at: datetime | None = None
    neutral_at: datetime | None = None
    carried: int = 0
    missed: bool = False
    relayed: bool = False
    sent: str = ""
    relay_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Word:
    """What the client was last told of the next word from us: it comes `by` then (UP-3).

    `update` is the number of the update that said so, 0 when it was the bot's own sentence, which says that it takes
    `longer`. From `counts_at` on whatever we write to the client is that word. `late`: the moment went by without one.
    """

    by: datetime
    counts_at: datetime
    update: int = 0
    longer: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Workaround:
    """A temporary change and its original; `moved` counts its new dates and hands, `asked` how often it was asked about since."""

    number: int
    what: str
    original: str
    author: str
    lead: str
    revert_at: datetime | None
    ask_at: datetime | None
    reverted: bool = False
    carrier: str = ""
    moved: int = 0
    asked: int = 0

    @property
    def holder(self) -> str:
        """Who is asked to revert it: whoever carries it, else who made it."""
        return self.carrier or self.author


@dataclass(frozen=True, kw_only=True)
class VendorCase:
    """What a vendor (key of the register) was asked the last time; `look_at` is when somebody looks for an answer."""

    vendor: str
    asked_by: str
    asked_at: datetime
    told: str
    reference: str
    answer_at: datetime | None
    look_at: datetime | None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """A change of code that was logged."""

    number: int
    entry: str
    summary: str
    urgent: bool
    scope: str


@dataclass(frozen=True, kw_only=True)
class Executives:
    """What the executives are to hear (SV-2): news `number`, by `person`, who is asked again at `ask_at` until it is recorded."""

    number: int
    news: f.ExecutiveNews
    person: str
    ask_at: datetime | None
    informed: tuple[f.ExecutivesInformed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Member:
    """A request that another one leads; `since` is the leader's newest update when it joined, `down` what its client says."""

    id: int
    ref: str
    client: str
    since: int
    down: bool = False


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A request, folded from its facts. Moments are aware UTC; people are roster keys, `author` is a Slack id.

    The fields that end in `_at` and are not None are what runs: see policies.clocks. `updates_before` counts the updates
    of earlier cycles, `response_slot` names the bot's own first response where there is one. `undelivered` are the slots
    of words to the client of which a person is asked whether they are there. `word` is when it was told to hear from us next,
    `words_missed` are such moments that went by; `line` is the slot of the line in its thread that says so, empty before one.

    `severity` is the terms' default until `severity_by` set it, and empty before its first targets; `urgent` flags it out of
    hours. `cycle_at` is when the request began, or was reopened the last time; `told_at` when the client read a word of ours
    the last time, `waiting_since` when it wrote what nobody answered yet. `aims` are the targets, `dues` until when each was
    last aimed at, met or not, with `pauses` and
    `resting_since` (TR-6); `announced` says of which targets people were told: (target, threshold, due).

    Where one cause is behind several requests, `members` are those that this one leads, or `led_by` (0 for none) and
    `leader_ref` name the one that leads it; `incident` is its title.
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
    word: Word | None = None
    words_missed: tuple[datetime, ...] = ()
    line: str = ""
    updates_before: int = 0
    ladder: Ladder | None = None
    calls: int = 0
    workarounds: tuple[Workaround, ...] = ()
    vendors: tuple[VendorCase, ...] = ()
    new_work: str = ""
    new_work_at: datetime | None = None
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
    decide_at: datetime | None = None
    fix_at: datetime | None = None
    cycle_at: datetime | None = None
    told_at: datetime | None = None
    waiting_since: datetime | None = None
    aims: tuple[f.Aim, ...] = ()
    dues: tuple[tuple[f.AimKind, datetime], ...] = ()
    resolved_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    resting_since: datetime | None = None
    terms: str = ""
    intensive: bool = False
    announced: frozenset[tuple[str, str, datetime]] = frozenset()
    executives: Executives | None = None
    hotfix: tuple[f.HotfixStepDone, ...] = ()
    incident: str = ""
    led_by: int = 0
    leader_ref: str = ""
    members: tuple[Member, ...] = ()
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
    def is_led(self) -> bool:
        """Whether another request carries its development: not resolved, and part of an incident that is led elsewhere."""
        return self.led_by != 0 and self.is_open and self.stage is not Stage.RESOLVED

    @property
    def leads(self) -> bool:
        """Whether it carries the development of other requests: it has members and is not resolved."""
        return bool(self.members) and self.is_open and self.stage is not Stage.RESOLVED

    @property
    def is_critical(self) -> bool:
        """Severity 1, because somebody with the right said so: never by itself (SV-2)."""
        return self.severity == "S1" and self.severity_by != ""

    @property
    def down(self) -> bool:
        """Whether this client, or one whose request this one leads, says that production is down."""
        return self.production_down or any(member.down for member in self.members)

    @property
    def all_clients(self) -> tuple[str, ...]:
        """The clients (keys) that hear what is sent on here, each once."""
        return tuple(dict.fromkeys((self.client, *(member.client for member in self.members))))

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
    def waiting_vendors(self) -> tuple[VendorCase, ...]:
        """Vendors that were asked since the request began, or was reopened, and owe an answer (VE-1)."""
        since = self.cycle_at or self.opened_at
        return tuple(
            case for case in self.vendors if case.look_at and (since is None or case.asked_at >= since)
        )

    @property
    def is_defect(self) -> bool:
        """Whether development has worked on it as a fault: a code change or an update is there (TR-4)."""
        return bool(self.code_changes or self.updates or self.assigned_at)

    @property
    def fix_wanted(self) -> bool:
        """SV-4: whether the permanent fix is still to come.

        Resolving ends that, unless a workaround is live or a code change was left to planning; then somebody of development
        says that the fix is in.
        """
        if self.fix_at is None or self.stage in {Stage.DISMISSED, Stage.MERGED}:
            return False
        planned = any(not change.urgent for change in self.code_changes)
        return self.stage not in OVER or bool(self.live_workarounds) or planned

    @property
    def live_aims(self) -> tuple[f.Aim, ...]:
        """The targets that are not met, whether they rest or not."""
        return self.aims if self.fix_wanted else tuple(aim for aim in self.aims if aim.kind != "fix")

    @property
    def takes_severity(self) -> bool:
        """Whether its severity can still be set: it is open, or its permanent fix is wanted (SV-4)."""
        return self.is_open or self.fix_wanted

    def aim(self, kind: str) -> f.Aim | None:
        """The target of this kind, None when there is none or it is met."""
        return next((aim for aim in self.live_aims if aim.kind == kind), None)

    @property
    def words(self) -> str:
        """The client's own words, oldest first; empty where they were taken back."""
        return "\n".join(m.text for m in self.messages if m.side == "client" and not m.deleted and m.text)
