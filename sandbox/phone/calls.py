"""A telephone call: what was asked for, how it stands, and how Twilio's API shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Literal

from sandbox.cast import ACCOUNT_SID
from sandbox.clock import isoformat
from sandbox.phone.twiml import Verb

API_VERSION = "2010-04-01"
ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
EVENTS = ("initiated", "ringing", "answered", "completed")
"""What a status callback can be asked for; `completed` stands for every way to end."""

Who = Literal["bot", "person", "system"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address of the bot and how it is asked. An empty url means none."""

    url: str = ""
    method: str = "POST"


NOWHERE = Webhook()


@dataclass(frozen=True, slots=True)
class Plan:
    """What the bot asked for when it created the call. Times are seconds."""

    to: str
    from_: str
    answer: Webhook = NOWHERE
    twiml: str = ""
    fallback: Webhook = NOWHERE
    callback: Webhook = NOWHERE
    events: tuple[str, ...] = ("completed",)
    timeout: int = 60
    time_limit: int = 14400
    machine_detection: str = ""
    async_amd: bool = False
    amd_callback: Webhook = NOWHERE


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what was said or happened on a call; `at` is sandbox time as text."""

    at: str
    who: Who
    text: str


@dataclass(slots=True)
class Call:
    """A call under way or ended. `timers` hold what will happen to it by itself and when.

    `asking` is the number of the fetch whose document is awaited, 0 for none: an older one's answer no longer counts.
    """

    sid: str
    plan: Plan
    queued_at: datetime
    status: str = "queued"
    dialled_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    sip_code: str = ""
    machine: bool = False
    answered_by: str = ""
    digits: str = ""
    sequence: int = 0
    transcript: list[Line] = field(default_factory=list)
    timers: dict[str, datetime] = field(default_factory=dict)
    verbs: list[Verb] = field(default_factory=list)
    gather: Verb | None = None
    collected: str = ""
    document_url: str = ""
    fetches: int = 0
    asking: int = 0

    @property
    def live(self) -> bool:
        """Whether it has not ended."""
        return self.status not in ENDED

    @property
    def seconds(self) -> int:
        """How long it was talked, whole seconds, rounded as a bill is: a started call of 0 s counts 0."""
        if self.answered_at is None or self.ended_at is None:
            return 0
        return round((self.ended_at - self.answered_at).total_seconds())

    def write(self, at: datetime, who: Who, text: str) -> None:
        """Add a line to the transcript."""
        self.transcript.append(Line(isoformat(at), who, text))

    def can(self) -> list[str]:
        """What the person at this telephone can do now, as names of control routes."""
        if self.status == "ringing":
            return ["answer", "busy", "voicemail"]
        return ["press", "hangup"] if self.status == "in-progress" else []


def rfc2822(moment: datetime | None) -> str | None:
    """Twilio's spelling of a moment: whole seconds, +0000."""
    return None if moment is None else format_datetime(moment.replace(microsecond=0))


def parameters(call: Call, status: str) -> dict[str, str]:
    """The fields that every webhook about this call carries. Blank ones are sent blank, as Twilio does."""
    given = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": status,
        "Direction": "outbound-api",
        "From": call.plan.from_,
        "To": call.plan.to,
        "Caller": call.plan.from_,
        "Called": call.plan.to,
    }
    blank = (f"{end}{part}" for end in ("From", "To") for part in ("City", "State", "Zip", "Country"))
    return given | dict.fromkeys(blank, "")


def resource(call: Call) -> dict[str, Any]:
    """The call as Twilio's API returns it."""
    uri = f"/{API_VERSION}/Accounts/{ACCOUNT_SID}/Calls/{call.sid}"
    waited = (call.dialled_at or call.queued_at) - call.queued_at
    return {
        "sid": call.sid,
        "account_sid": ACCOUNT_SID,
        "api_version": API_VERSION,
        "to": call.plan.to,
        "to_formatted": call.plan.to,
        "from": call.plan.from_,
        "from_formatted": call.plan.from_,
        "status": call.status,
        "direction": "outbound-api",
        "date_created": rfc2822(call.queued_at),
        "date_updated": rfc2822(call.ended_at or call.answered_at or call.dialled_at or call.queued_at),
        "start_time": rfc2822(call.answered_at or call.dialled_at),
        "end_time": rfc2822(call.ended_at),
        "duration": None if call.ended_at is None else str(call.seconds),
        "answered_by": call.answered_by or None,
        "queue_time": str(int(waited.total_seconds() * 1000)),
        "price": None,
        "price_unit": "USD",
        "parent_call_sid": None,
        "phone_number_sid": None,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "trunk_sid": "",
        "uri": f"{uri}.json",
        "subresource_uris": {"events": f"{uri}/Events.json", "notifications": f"{uri}/Notifications.json"},
    }


def for_page(call: Call) -> dict[str, Any]:
    """The call as the control API and the page show it."""

    def told(moment: datetime | None) -> str | None:
        return None if moment is None else isoformat(moment)

    return {
        "sid": call.sid,
        "to": call.plan.to,
        "from": call.plan.from_,
        "status": call.status,
        "queued_at": told(call.queued_at),
        "ringing_at": told(call.ringing_at),
        "answered_at": told(call.answered_at),
        "ended_at": told(call.ended_at),
        "ended_as": None if call.live else call.status,
        "ended_by": call.ended_by or None,
        "answered_by": call.answered_by or None,
        "digits": call.digits,
        "listening": call.gather is not None,
        "transcript": [{"at": line.at, "who": line.who, "text": line.text} for line in call.transcript],
        "can": call.can(),
    }
