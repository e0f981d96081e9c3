"""What is to be done outside: plain data, carried out by delivery through the senders of the rooms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Lane = Literal["call", "first_response", "escalation", "client", "internal", "cosmetic"]
LANES: tuple[Lane, ...] = ("call", "first_response", "escalation", "client", "internal", "cosmetic")
"""In order of urgency: a page never waits for a card."""

PlaceKind = Literal["client_thread", "support", "support_thread", "escalation", "escalation_thread", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words go. `person` is a Slack user id for a direct message; `client_thread` is the ticket's own thread, or the one given."""

    kind: PlaceKind
    person: str = ""
    channel: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under words. `verb` is what pressing asks for, `value` its subject."""

    verb: str
    label: str
    value: str = ""
    style: Literal["", "primary", "danger"] = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Say `text` (mrkdwn, client words already defanged) once. `slot` names it within the ticket and its cycle."""

    kind: Literal["post"] = "post"
    slot: str
    to: Place
    text: str
    lane: Lane
    buttons: tuple[Button, ...] = ()
    not_after: datetime | None = None
    report: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take back our own message in `slot` (TR-5)."""

    kind: Literal["remove"] = "remove"
    slot: str
    to: Place
    lane: Lane = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """Give our own message in `slot` other words and these buttons: none once what it asked for is done.

    With `below` its words stay, and `text` stands under them: for what was said of no request.
    """

    kind: Literal["revise"] = "revise"
    slot: str
    to: Place
    text: str
    buttons: tuple[Button, ...] = ()
    below: bool = False
    lane: Lane = "cosmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Make the card true: posted the first time, updated afterwards; rendered from the ticket when sent."""

    kind: Literal["card"] = "card"
    slot: Literal["card:support", "card:escalation"]
    lane: Lane = "cosmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Make a person's App Home true; `user` is the Slack id."""

    kind: Literal["home"] = "home"
    user: str
    lane: Lane = "cosmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Ring `person` at `number` (E.164) for at most `ring`; `token` correlates everything that comes back.

    A test call `says` its words and takes no key; it is not begun after `not_after`.
    """

    kind: Literal["call"] = "call"
    person: str
    number: str
    token: str
    ring: timedelta
    says: str = ""
    not_after: datetime | None = None
    lane: Lane = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """End the call with this token, if it was placed."""

    kind: Literal["hang_up"] = "hang_up"
    token: str
    number: str
    lane: Lane = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """A text message beside a call."""

    kind: Literal["sms"] = "sms"
    person: str
    number: str
    text: str
    lane: Lane = "escalation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """Make this ticket's row in the Support Issues Sheet true (RC-1)."""

    kind: Literal["sheet"] = "sheet"
    lane: Lane = "cosmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerEntry:
    """Log a code change for planning (UP-5); `number` counts within the ticket."""

    kind: Literal["tracker"] = "tracker"
    number: int
    lane: Lane = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """Write the .ics of workaround `number` into the calendar (WA-1, WA-2)."""

    kind: Literal["reminder"] = "reminder"
    number: int
    lane: Lane = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Send the .ics of workaround `number` to `person` (a Slack user id), as it is when sent: a request, or its withdrawal (WA-2)."""

    kind: Literal["invitation"] = "invitation"
    number: int
    person: str
    lane: Lane = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """Goes nowhere: the canary's effect, which shows that the way from a clock (due at `due`) to a sender is open."""

    kind: Literal["echo"] = "echo"
    due: datetime
    lane: Lane = "first_response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """Look once more whether an earlier attempt of the effect in `row` of the outbox landed after all, and take it back."""

    kind: Literal["recheck"] = "recheck"
    row: int
    lane: Lane = "cosmetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """What a person says of our words in `slot` that are not known to have arrived: they are `there`, or are to be said again.

    Carried out with the decision itself: it changes what waits to be sent, and is never sent.
    """

    kind: Literal["settle"] = "settle"
    slot: str
    there: bool
    lane: Lane = "client"


AnyEffect = (
    Post
    | Remove
    | Revise
    | Card
    | Home
    | Call
    | HangUp
    | Sms
    | SheetRow
    | TrackerEntry
    | Reminder
    | Invitation
    | Echo
    | Recheck
    | Settle
)
