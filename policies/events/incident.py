"""What can happen in a Severity 1 and in an incident: one cause behind the requests of several clients.

The events from `JoinIncident` on are told by one request to another, in the transaction of what led to them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events.base import Event

HotfixStepName = Literal["rollback_plan", "built", "reviewed", "staging", "deployed", "verified"]
"""UP-5: the steps of the hotfix path, in the order they are usually taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InformExecutives(Event):
    """Somebody has informed the executive contacts of both sides (SV-2): whom, and how."""

    kind: Literal["inform_executives"] = "inform_executives"
    whom: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotfixStep(Event):
    """A step of the hotfix path is done (UP-5); `note` is where to find it, or what it showed."""

    kind: Literal["hotfix_step"] = "hotfix_step"
    step: HotfixStepName
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormIncident(Event):
    """The requests `members` (ids) have the same cause as this one, which leads them from now on; `title` in a few words."""

    kind: Literal["form_incident"] = "form_incident"
    members: tuple[int, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Update `number` of the request that leads. `warn_at` and `neutral_at` as in UP-3."""

    number: int
    what: Literal["preliminary", "estimate", "final"]
    text: str
    promise: datetime | None = None
    warn_at: datetime | None = None
    neutral_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinIncident(Event):
    """Request `leader` (with its reference) leads this one from now on. `owner` takes it when nobody has it.

    `escalated` and `assigned` say how far the leader is; `given` is its newest update, which this client does not know of.
    """

    kind: Literal["join_incident"] = "join_incident"
    leader: int
    leader_ref: str
    title: str
    owner: str = ""
    escalated: bool = False
    assigned: bool = False
    given: Given | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """Request `member` of `client` is led by this one now."""

    kind: Literal["member_joined"] = "member_joined"
    member: int
    member_ref: str
    client: str
    title: str
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """Request `member` is not led by this one any more."""

    kind: Literal["member_left"] = "member_left"
    member: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDown(Event):
    """The client of a request that this one leads says that production is down."""

    kind: Literal["member_down"] = "member_down"
    member: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderAssigned(Event):
    """The request that leads this one has its developer."""

    kind: Literal["leader_assigned"] = "leader_assigned"
    leader: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderGave(Event):
    """Development gave an update on the request that leads this one; a final one resolves both."""

    kind: Literal["leader_gave"] = "leader_gave"
    leader: int
    given: Given
    cause: str = ""
    steps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderSent(Event):
    """A person sent update `number` of the leading request to every client. `text` is empty for the words of the draft.

    `zone` (IANA) is the one in which `text` names moments.
    """

    kind: Literal["leader_sent"] = "leader_sent"
    leader: int
    number: int
    text: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderGone(Event):
    """The request that led this one was opened again: each goes on by itself."""

    kind: Literal["leader_gone"] = "leader_gone"
    leader: int


AnyIncidentEvent = (
    InformExecutives | HotfixStep | FormIncident | JoinIncident | MemberJoined | MemberLeft | MemberDown
    | LeaderAssigned | LeaderGave | LeaderSent | LeaderGone
)  # fmt: skip
