"""What was decided, for ever: each fact carries the deadlines, windows and people that were used, so history never moves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from policies.events import Block, CallOutcome, UpdateKind, Work
from policies.events.incident import HotfixStepName
from policies.hours import Pause
from policies.terms import Severity

Purpose = Literal["claim", "down", "check", "acknowledge", "assign", "update", "decide"]
"""Why the ladder rings: unclaimed, production down, first response unconfirmed, unacknowledged, unassigned, update missed,
Severity 1 proposed and undecided."""

Nudge = Literal[
    "unclaimed", "attention", "assign", "relay", "silence", "revert", "warning", "vendor", "decide"
]

AimKind = Literal["response", "resolution", "fix", "updates", "next_reply"]
"""What is promised by the severity: an engineer assigned (SV-1), a resolution, the permanent fix (SV-4), words to the client."""

Because = Literal[
    "opened", "reopened", "severity", "asked", "answered", "escalated", "told", "wrote", "terms"
]
"""Why the targets were computed anew; `asked` and `answered` are the client (TR-6), `told` and `wrote` words to and from it."""

ExecutiveNews = Literal["declared", "estimate", "resolved", "again", "lowered"]
"""Of what the executives hear (SV-2): Severity 1 was declared, has an estimate, is resolved, is open again, is none any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`at` is aware UTC: when it happened; `by` is a roster key, a Slack user id of a client, "clock", "bot" or "phone"."""

    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One target: due at `due_at`, counted from `since`, for `amount` in words ("4 business hours").

    `warnings` are still to come: when, and what is left then ("25%", "15 minutes"). `next_at` is when somebody is told next:
    a warning, the lapse, or asking again; None while it rests, and once it was missed.
    """

    kind: AimKind
    since: datetime
    amount: str
    due_at: datetime
    warnings: tuple[tuple[datetime, str], ...] = ()
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Fact):
    """A request exists (IN-1). The first response is said at `respond_at`, promised for `promised`, checked at `check_at`."""

    kind: Literal["opened"] = "opened"
    ref: str
    client: str
    channel: str
    ts: str
    thread: str
    author: str
    respond_at: datetime
    check_at: datetime
    unclaimed_at: datetime
    grouping_until: datetime
    late: bool = False
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote(Fact):
    """A message joined the request; the words are in the messages, `side` says whose."""

    kind: Literal["wrote"] = "wrote"
    channel: str
    ts: str
    side: Literal["client", "staff"]
    grouping_until: datetime
    woke: bool = False
    attention_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Fact):
    """A message has other words, or was taken back."""

    kind: Literal["edited"] = "edited"
    ts: str
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponse(Fact):
    """The client was answered: by the bot (`slot` is being posted) or by a person of support (IN-2)."""

    kind: Literal["first_response"] = "first_response"
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponsePosted(Fact):
    """Slack has confirmed the bot's first response, or said that it will not be there."""

    kind: Literal["first_response_posted"] = "first_response_posted"
    sent: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered(Fact):
    """Our words in `slot` did not reach the client; in `doubt` nobody could read whether they are there. A person is asked."""

    kind: Literal["undelivered"] = "undelivered"
    slot: str
    doubt: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettled(Fact):
    """A person has looked: the words in `slot` are there, or are said again."""

    kind: Literal["delivery_settled"] = "delivery_settled"
    slot: str
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadStarted(Fact):
    """A request that began without a client's message has its thread in the client's channel now."""

    kind: Literal["thread_started"] = "thread_started"
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponseUnconfirmed(Fact):
    """Not confirmed in time: support is alerted another way (IN-2)."""

    kind: Literal["first_response_unconfirmed"] = "first_response_unconfirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionDown(Fact):
    """The client says that production is down: telephones at once (IN-5). The moments are as in SeveritySet (ES-6)."""

    kind: Literal["production_down"] = "production_down"
    acknowledge_at: datetime | None = None
    nudge_at: datetime | None = None
    ring_at: datetime | None = None
    update_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Fact):
    """A support person has it; put before them again at `attention_at` when nothing happens."""

    kind: Literal["claimed"] = "claimed"
    owner: str
    attention_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudged(Fact):
    """Somebody was reminded; the next time is `next_at`, None when nothing more follows from this nudge."""

    kind: Literal["nudged"] = "nudged"
    what: Nudge
    subject: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Fact):
    """Support wrote to the client through the bot. `silence_at` is set when the client is the one to answer (TR-6)."""

    kind: Literal["replied"] = "replied"
    text: str
    grouping_until: datetime
    silence_at: datetime | None = None
    attention_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Fact):
    """Support escalated (ES-1): the window in force at that moment is written down (ES-2)."""

    kind: Literal["escalated"] = "escalated"
    block: Block
    lead: str
    acknowledge_at: datetime
    in_hours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStarted(Fact):
    """The telephone is taken up (ES-3) for a purpose."""

    kind: Literal["ladder_started"] = "ladder_started"
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(Fact):
    """A person is being rung: rung number `rung` of round `round`; counts as ended at `guard_at` if nothing is heard."""

    kind: Literal["called"] = "called"
    person: str
    purpose: Purpose
    token: str
    rung: int
    round: int
    guard_at: datetime
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Fact):
    """A rung nobody could be rung on, and why (ES-5)."""

    kind: Literal["skipped"] = "skipped"
    role: str
    person: str
    why: str
    rung: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedUp(Fact):
    """The call was answered by somebody or something; no key yet."""

    kind: Literal["picked_up"] = "picked_up"
    person: str
    token: str
    guard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOver(Fact):
    """A call ended without reaching the person."""

    kind: Literal["call_over"] = "call_over"
    person: str
    token: str
    outcome: CallOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOver(Fact):
    """Nobody of the ladder was reached; the next round begins at `next_at` (ES-3)."""

    kind: Literal["round_over"] = "round_over"
    round: int
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachedByVoice(Fact):
    """Support spoke with a person; only that person's own click or key acknowledges (ES-7)."""

    kind: Literal["reached_by_voice"] = "reached_by_voice"
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Fact):
    """A person has the escalation; assigning is due (ES-4)."""

    kind: Literal["acknowledged"] = "acknowledged"
    person: str
    via: str
    nudge_at: datetime
    ring_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Fact):
    """Key 4 on a call that asks for no acknowledgement: ten minutes more (UP-1), or none needed."""

    kind: Literal["heard"] = "heard"
    person: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Fact):
    """A developer has it. Reassigning keeps the clock of the update (UP-1); `update_at` is None while a promise runs."""

    kind: Literal["assigned"] = "assigned"
    developer: str
    update_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(Fact):
    """The developer cannot take it: assigning is due again (ES-4)."""

    kind: Literal["declined"] = "declined"
    developer: str
    why: str
    nudge_at: datetime
    ring_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated(Fact):
    """An update from development, number `number`; to be sent to the client by `relay_at`. Promise as in UP-3."""

    kind: Literal["updated"] = "updated"
    number: int
    what: UpdateKind
    text: str
    relay_at: datetime
    promise: datetime | None = None
    warn_at: datetime | None = None
    neutral_at: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Fact):
    """The promise is about to expire: developer and support were asked (UP-3)."""

    kind: Literal["warned"] = "warned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientToldNeutral(Fact):
    """Nobody told the client in time: the bot said the fixed neutral sentence (UP-3)."""

    kind: Literal["client_told_neutral"] = "client_told_neutral"
    next_word: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMissed(Fact):
    """The client was told to hear from us by `due`, and has not: support is asked, and the line in its thread says so (UP-3)."""

    kind: Literal["word_missed"] = "word_missed"
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMissed(Fact):
    """An update or a promise lapsed; the ladder follows (UP-1 to UP-3)."""

    kind: Literal["update_missed"] = "update_missed"
    which: Literal["first_update", "second_update", "promise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relayed(Fact):
    """A person sent update `number` to the client (UP-4), in these words; `promised` is the moment of the next word in them."""

    kind: Literal["relayed"] = "relayed"
    number: int
    text: str
    grouping_until: datetime
    silence_at: datetime | None = None
    promised: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChangeLogged(Fact):
    """A code change is in the tracker as `entry` (UP-5, UP-6)."""

    kind: Literal["code_change"] = "code_change"
    number: int
    entry: str
    summary: str
    urgent: bool
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkaroundRecorded(Fact):
    """A temporary change with its original (WA-1); asked about from `ask_at` on: its `revert_at`, or for one if there is none."""

    kind: Literal["workaround"] = "workaround"
    number: int
    what: str
    original: str
    author: str
    lead: str
    revert_at: datetime | None
    ask_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkaroundCarried(Fact):
    """Workaround `number` is carried by `carrier` until `revert_at`, as somebody said, and why."""

    kind: Literal["workaround_carried"] = "workaround_carried"
    number: int
    carrier: str
    revert_at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverted(Fact):
    """Workaround `number` is undone."""

    kind: Literal["reverted"] = "reverted"
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAsked(Fact):
    """A vendor was asked (VE-1) and promised an answer at `answer_at`; whoever has the request is asked to look at `look_at`."""

    kind: Literal["vendor_asked"] = "vendor_asked"
    vendor: str
    told: str
    reference: str
    answer_at: datetime | None
    look_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorAnswered(Fact):
    """The vendor has answered."""

    kind: Literal["vendor_answered"] = "vendor_answered"
    vendor: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork(Fact):
    """It is new work rather than support (TR-4), of this kind; the client was told so."""

    kind: Literal["new_work"] = "new_work"
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved(Fact):
    """Answered or fixed; the client is asked to confirm (RS-1). `silence_at` as in TR-6, None until the client was told."""

    kind: Literal["resolved"] = "resolved"
    outcome: Literal["client_side", "answered", "change_request", "fixed"]
    text: str
    cause: str = ""
    steps: str = ""
    silence_at: datetime | None = None
    attention_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Fact):
    """The client confirmed: itself, or through support; closing is due, asked again at `attention_at`."""

    kind: Literal["confirmed"] = "confirmed"
    attention_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Fact):
    """The request is closed; a word of the client until `reopen_until` reopens it (RS-2)."""

    kind: Literal["closed"] = "closed"
    outcome: str
    reopen_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed(Fact):
    """Not a request at all (TR-5)."""

    kind: Literal["dismissed"] = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Fact):
    """The client came back (RS-2): a new cycle with its own first response and claim."""

    kind: Literal["reopened"] = "reopened"
    respond_at: datetime
    check_at: datetime
    unclaimed_at: datetime
    grouping_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Fact):
    """This request went into another one."""

    kind: Literal["merged"] = "merged"
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed(Fact):
    """Another request came into this one; its thread hears what this one's client hears."""

    kind: Literal["absorbed"] = "absorbed"
    other: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff(Fact):
    """One message of this request became a request of its own."""

    kind: Literal["split_off"] = "split_off"
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySet(Fact):
    """The severity was set by somebody with the right; `fix_at` is the date of the permanent fix (SV-4), None leaves it.

    The other moments are clocks of development that waited for its opening and do so no longer (ES-6); None leaves them.
    """

    kind: Literal["severity_set"] = "severity_set"
    severity: Severity
    urgent: bool = False
    why: str = ""
    fix_at: datetime | None = None
    acknowledge_at: datetime | None = None
    nudge_at: datetime | None = None
    ring_at: datetime | None = None
    update_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityProposed(Fact):
    """Support or the developer would have it so; the lead is asked. Undecided at `decide_at` the telephone is taken up (SV-2)."""

    kind: Literal["severity_proposed"] = "severity_proposed"
    severity: Severity
    urgent: bool = False
    why: str = ""
    fix_at: datetime | None = None
    decide_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeted(Fact):
    """All targets as they stand from now on (SV-3), computed from `since`, the request's own start, without `pauses`.

    `resting_since` is set while the client is the one to answer (TR-6). `terms` is the content hash of the terms used, and
    `intensive` whether the request began in the client's intensive period (HC-1).
    """

    kind: Literal["targeted"] = "targeted"
    because: Because
    severity: Severity
    since: datetime
    aims: tuple[Aim, ...] = ()
    pauses: tuple[Pause, ...] = ()
    resting_since: datetime | None = None
    fix_at: datetime | None = None
    terms: str = ""
    intensive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWarned(Fact):
    """People were told that `target` is due at `due`, when `threshold` of it was left ("25%", "15 minutes"); next at `next_at`."""

    kind: Literal["target_warned"] = "target_warned"
    target: AimKind
    threshold: str
    due: datetime
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMissed(Fact):
    """`target` was due at `due` and is not met; asked again at `next_at` where that helps."""

    kind: Literal["target_missed"] = "target_missed"
    target: AimKind
    due: datetime
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAskedAgain(Fact):
    """People were asked once more for a target that was missed; the next time at `next_at`."""

    kind: Literal["target_asked_again"] = "target_asked_again"
    target: AimKind
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FixIsIn(Fact):
    """The permanent fix is in place: nobody is asked for it any more (SV-4)."""

    kind: Literal["fix_is_in"] = "fix_is_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutivesAsked(Fact):
    """`person` is to inform the executives of both sides of `news`, the request's `number`th (SV-2); asked again at `next_at`."""

    kind: Literal["executives_asked"] = "executives_asked"
    number: int
    news: ExecutiveNews
    person: str
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutivesInformed(Fact):
    """The executives have heard of news `number`: whom somebody informed, and how."""

    kind: Literal["executives_informed"] = "executives_informed"
    number: int
    whom: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotfixStepDone(Fact):
    """A step of the hotfix path of code change `number` is done (UP-5)."""

    kind: Literal["hotfix_step_done"] = "hotfix_step_done"
    number: int
    step: HotfixStepName
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLed(Fact):
    """Request `member` of `client` has the same cause as this one, which leads it. `since` is this one's newest update then."""

    kind: Literal["incident_led"] = "incident_led"
    member: int
    ref: str
    client: str
    title: str = ""
    since: int = 0
    down: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentJoined(Fact):
    """Request `leader` leads this one: its development clocks rest; `attention_at` is when its owner looks after the client.

    `assigned`: the leader has its developer already.
    """

    kind: Literal["incident_joined"] = "incident_joined"
    leader: int
    ref: str
    title: str
    attention_at: datetime
    assigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLeft(Fact):
    """The request with the reference `ref` and this one go their own ways: this one's own clocks, where it was the one led."""

    kind: Literal["incident_left"] = "incident_left"
    ref: str
    member: int = 0
    attention_at: datetime | None = None
    acknowledge_at: datetime | None = None
    nudge_at: datetime | None = None
    ring_at: datetime | None = None
    update_at: datetime | None = None
    relay_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDown(Fact):
    """The client of `member`, which this request leads, says that production is down."""

    kind: Literal["incident_down"] = "incident_down"
    member: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderHasDeveloper(Fact):
    """The request that leads this one has its developer (SV-1)."""

    kind: Literal["leader_has_developer"] = "leader_has_developer"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCarried(Fact):
    """Update `of` of the leading request is this one's update `number` (UP-4).

    It is sent to every client by one approval on the leader; with `relay_at` this client has a draft of its own.
    """

    kind: Literal["update_carried"] = "update_carried"
    number: int
    of: int
    what: UpdateKind
    text: str
    attention_at: datetime
    promise: datetime | None = None
    warn_at: datetime | None = None
    neutral_at: datetime | None = None
    relay_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedTry(Fact):
    """Somebody asked for what they may not have, or what cannot be now: nothing changed."""

    kind: Literal["refused"] = "refused"
    verb: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapReached(Fact):
    """The day's number of calls is unusually high: an alarm, and calling goes on (ES-3)."""

    kind: Literal["cap_reached"] = "cap_reached"
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Fact):
    """What people wrote was erased, in so many fields of `facts` and so many `messages`; `by` is "operator"."""

    kind: Literal["erased"] = "erased"
    facts: int
    messages: int


AnyFact = (
    Opened
    | Wrote
    | Edited
    | FirstResponse
    | FirstResponsePosted
    | Undelivered
    | DeliverySettled
    | ThreadStarted
    | FirstResponseUnconfirmed
    | ProductionDown
    | Claimed
    | Nudged
    | Replied
    | Escalated
    | LadderStarted
    | Called
    | Skipped
    | PickedUp
    | CallOver
    | RoundOver
    | ReachedByVoice
    | Acknowledged
    | Heard
    | Assigned
    | Declined
    | Updated
    | Warned
    | ClientToldNeutral
    | WordMissed
    | UpdateMissed
    | Relayed
    | CodeChangeLogged
    | WorkaroundRecorded
    | WorkaroundCarried
    | Reverted
    | VendorAsked
    | VendorAnswered
    | NewWork
    | Resolved
    | Confirmed
    | Closed
    | Dismissed
    | Reopened
    | Merged
    | Absorbed
    | SplitOff
    | SeveritySet
    | SeverityProposed
    | Targeted
    | TargetWarned
    | TargetMissed
    | TargetAskedAgain
    | FixIsIn
    | ExecutivesAsked
    | ExecutivesInformed
    | HotfixStepDone
    | IncidentLed
    | IncidentJoined
    | IncidentLeft
    | IncidentDown
    | LeaderHasDeveloper
    | UpdateCarried
    | RefusedTry
    | CapReached
    | Erased
)
