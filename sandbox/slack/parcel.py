"""What goes out to the app, and what comes back."""

from dataclasses import dataclass
from html import unescape
from typing import Any, Literal, Protocol

from sandbox.slack.errors import Json

Kind = Literal["events_api", "interactive", "slash_commands"]
QUOTE = 80


@dataclass(frozen=True, slots=True)
class Parcel:
    """One payload for the app. `name` and `summary` are for the wire log; `answers` when an answer may carry a body."""

    kind: Kind
    name: str
    payload: Json
    summary: str
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app said. `why_not` is Slack's retry reason when it was not acknowledged in time."""

    acked: bool
    body: Any = None
    status: int = 0
    why_not: str = ""
    no_retry: bool = False

    def json(self) -> Json:
        """As the control API and the wire log show it."""
        if not self.acked:
            return {"acked": False, "status": self.status, "reason": self.why_not}
        return {"acked": True, "status": self.status, "body": self.body}


NOBODY = Answer(acked=False, why_not="connection_failed")
TIMEOUT = Answer(acked=False, why_not="timeout")


class Carrier(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    def connected(self) -> bool:
        """Whether somebody is there to hear."""
        ...

    async def carry(self, parcel: Parcel, attempt: int, reason: str) -> Answer:
        """Bring one parcel, wait up to three seconds for its acknowledgement."""
        ...


def quoted(text: str, limit: int = QUOTE) -> str:
    """Words for a one-line summary, shortened."""
    line = " ".join(unescape(text).split())
    if not line:
        return "(no text)"
    return f"“{line}”" if len(line) <= limit else f"“{line[: limit - 1]}…”"
