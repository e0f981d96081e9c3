"""What can happen to a request. Every event has a key that makes it unique, the moment it happened, and who did it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events.base import BOT, CLOCK, Actor, Event, Verb
from policies.events.incident import AnyIncidentEvent
from policies.events.office import AnyOfficeEvent
from policies.events.people import AnyPeopleEvent
from policies.events.terms import (
    AskVendor,
    CarryWorkaround,
    CheckVendors,
    CloseCarried,
    SetSeverity,
    VendorAnswer,
    Work,
)
from policies.people import Absence

__all__ = [
    "BOT",
    "CLOCK",
    "Actor",
    "AnyEvent",
    "AskVendor",
    "CarryWorkaround",
    "CheckVendors",
    "CloseCarried",
    "Event",
    "VendorAnswer",
    "Verb",
    "Work",
]

Outcome = Literal["client_side", "answered"]
"""How support may resolve without development: TR-1 and TR-2."""

CallOutcome = Literal["no_answer", "busy", "failed", "canceled", "unconfirmed", "passed"]
"""How a call ended without reaching a person; `unconfirmed` was picked up by a voicemail or by someone who pressed nothing."""

UpdateKind = Literal["preliminary", "estimate", "final"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Event):
    """Somebody wrote in a client's channel. `thread` is the root's ts when it is a reply; `files` are names.

    `split` marks a message that support took out of its request: it always opens one of its own. `gone` marks one that was
    deleted before we heard of it. `away` is from when to
    when we could not be reached, where that kept it from us; `more` says that somebody wrote after it, which comes next.
    """

    kind: Literal["message_posted"] = "message_posted"
    channel: str
    ts: str
    thread: str | None = None
    text: str = ""
    files: tuple[str, ...] = ()
    split: bool = False
    away: tuple[datetime, datetime] | None = None
    more: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    """A client's message has other words now. `posted` is the message as it is now, in case that nobody brought it yet."""

    kind: Literal["message_edited"] = "message_edited"
    channel: str
    ts: str
    text: str
    posted: MessagePosted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    """A client took a message back. `posted` is the message as it was, in case that nobody brought it yet."""

    kind: Literal["message_deleted"] = "message_deleted"
    channel: str
    ts: str
    posted: MessagePosted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest(Event):
    """One of us opens a request for a client: by command (no `ts`) or from a message."""

    kind: Literal["open_request"] = "open_request"
    channel: str
    text: str
    ts: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Event):
    """A wish that needs nothing but its verb: claim, acknowledge, pass_on, call_now, confirm, close...

    `subject` names a part (the number of a workaround), `note` is free text where there is some.
    """

    kind: Literal["pressed"] = "pressed"
    verb: Verb
    note: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Event):
    """Support writes to the client; with `asks` the client is the one to answer (TR-6)."""

    kind: Literal["reply"] = "reply"
    text: str
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Event):
    """Support resolves without development (TR-1, TR-2). `text` goes to the client; cause and steps stay with us."""

    kind: Literal["answer"] = "answer"
    outcome: Outcome
    text: str
    cause: str = ""
    steps: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest(Event):
    """It is new work (TR-4) of the kind `work`; `text` is added to the kind words the client reads."""

    kind: Literal["change_request"] = "change_request"
    work: Work
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The escalation block (TR-3). Every field is text; "Unknown" and "Not applicable" are answers and shown as gaps."""

    saas_name: str
    saas_url: str
    branch: str
    branch_env: str
    device_type: str
    build_version: str
    issue_platform: str
    issue_detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Event):
    """Support escalates with the whole block (ES-1)."""

    kind: Literal["escalate"] = "escalate"
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Event):
    """The lead gives it to a developer, by roster key (ES-4)."""

    kind: Literal["assign"] = "assign"
    developer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpdate(Event):
    """An update from development (UP-1, UP-2). `promise` is the moment the estimate names (aware UTC)."""

    kind: Literal["give_update"] = "give_update"
    what: UpdateKind
    text: str
    promise: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Event):
    """Development resolves. A code change is logged in the tracker; urgent ones take the hotfix path (UP-5)."""

    kind: Literal["resolve"] = "resolve"
    text: str
    cause: str = ""
    steps: str = ""
    code_change: str = ""
    urgent: bool = False
    scope: Literal["site", "client", "all", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange(Event):
    """A code change is logged for planning (UP-5) with its scope (UP-6)."""

    kind: Literal["code_change"] = "code_change"
    summary: str
    urgent: bool = False
    scope: Literal["site", "client", "all"] = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay(Event):
    """Support sends update number `update` to the client, in the words of `text` (UP-4)."""

    kind: Literal["relay"] = "relay"
    update: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workaround(Event):
    """A temporary change of configuration, with the original (WA-1)."""

    kind: Literal["workaround"] = "workaround"
    what: str
    original: str
    revert_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeInto(Event):
    """Support joins this request to another one, by reference such as SUP-12 (IN-3)."""

    kind: Literal["merge"] = "merge"
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb(Event):
    """Another request was merged into this one; its people and place come along."""

    kind: Literal["absorb"] = "absorb"
    other: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Event):
    """Support makes a request of its own of one message of this one (IN-3)."""

    kind: Literal["split"] = "split"
    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAway(Event):
    """Somebody is away; by themselves or by one with the right. An absence that ends at its start is a return."""

    kind: Literal["away"] = "away"
    absence: Absence


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Event):
    """A key on the telephone: 4 acknowledges, 5 passes on. Reaches every ticket that waits for this person."""

    kind: Literal["key_pressed"] = "key_pressed"
    token: str
    digit: Literal["4", "5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(Event):
    """Somebody or something picked up: nothing is confirmed yet."""

    kind: Literal["call_answered"] = "call_answered"
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """A call is over without a key. `reason` is plain words for the record."""

    kind: Literal["call_ended"] = "call_ended"
    token: str
    outcome: CallOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFired(Event):
    """A clock of this ticket ran out: `generation` tells which arming of it; `due` is when it was to fire."""

    kind: Literal["clock_fired"] = "clock_fired"
    clock: str
    subject: str
    generation: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSettled(Event):
    """Words have come to an end: where they asked to report, and always where a client was not reached.

    `ts` is the message's when it was sent. Not sent and in `doubt`: it could not be read whether they are there. `place` is
    the channel, `text` the beginning of the words.
    """

    kind: Literal["effect_settled"] = "effect_settled"
    slot: str
    sent: bool
    ts: str = ""
    reason: str = ""
    doubt: bool = False
    place: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A message that was read back: who wrote it when, the request it went to, and when it was taken in."""

    actor: Actor
    channel: str
    ticket: int
    at: datetime
    taken: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp(Event):
    """What came from `since` to `until` has been read back (IN-6). `unread`: channel and Slack's word for why it could not be.

    `known` is False where we cannot tell that we were away: Slack did not bring it, and we looked.
    """

    kind: Literal["caught_up"] = "caught_up"
    since: datetime
    until: datetime
    missed: tuple[Missed, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter(Event):
    """An event failed at every try: `letter` is its key, `what` its kind, `came` when it happened, `ref` the request's."""

    kind: Literal["dead_letter"] = "dead_letter"
    letter: str
    what: str
    came: datetime
    place: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFailed(Event):
    """Nothing like it can be done until somebody mends it: no call placed, or nothing said in the channel `place`."""

    kind: Literal["outside_failed"] = "outside_failed"
    what: Literal["telephone", "channel"]
    place: str = ""
    reason: str


AnyEvent = (
    MessagePosted | MessageEdited | MessageDeleted | OpenRequest | Pressed | Reply | Answer
    | ChangeRequest | Escalate | Assign | GiveUpdate | Resolve | CodeChange | Relay | Workaround
    | MergeInto | Absorb | Split | SetAway | KeyPressed | CallAnswered | CallEnded | ClockFired
    | EffectSettled | CaughtUp | DeadLetter | OutsideFailed | SetSeverity
    | CarryWorkaround | CloseCarried | AskVendor | VendorAnswer | CheckVendors | AnyPeopleEvent
    | AnyIncidentEvent | AnyOfficeEvent
)  # fmt: skip

GAPS = frozenset({"Unknown", "Not applicable"})
FIELDS: tuple[tuple[str, str], ...] = (
    ("saas_name", "SaaS Name"),
    ("saas_url", "SaaS URL"),
    ("branch", "Branch"),
    ("branch_env", "Branch Env"),
    ("device_type", "Device Type"),
    ("build_version", "Build Version"),
    ("issue_platform", "Issue Platform"),
    ("issue_detail", "Issue Detail"),
)
"""TR-3: the eight fields, in the order of the form."""
