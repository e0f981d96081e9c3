"""What the machinery asks of the outside: the shapes that rooms of handlers fill in and tests replace."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from policies.effects import AnyEffect
from policies.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A place of ours in Slack: the message that fills `slot` of a ticket. `digest` is of what was last shown there."""

    slot: str
    channel: str
    ts: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One effect, leased: everything a sender may know. `key` is unique and opaque; `attempt` counts from 1.

    `ticket` is as of now, not as of the decision (None for effects of no ticket). `posts` are the ticket's places by slot.
    """

    id: int
    key: str
    attempt: int
    effect: AnyEffect
    ticket: Ticket | None
    posts: dict[str, Posted]
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It is done. `external_id` is the provider's id (ts, call sid); `posted` is stored together with `sent`.

    `removed` names slots whose message is gone.
    """

    external_id: str = ""
    posted: tuple[Posted, ...] = ()
    removed: tuple[str, ...] = ()


class NotSent(Exception):
    """Surely not done. With `retry_after` seconds it is worth trying again, without it never; `reason` is plain words.

    `scope` names what has to wait with it (a method and channel), so that nothing else does. `alarm` names what keeps
    everything like it from being done until somebody mends it, the telephone or a channel: people are told.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        scope: str = "",
        alarm: Literal["", "telephone", "channel"] = "",
    ) -> None:
        super().__init__(reason)
        self.reason, self.retry_after, self.scope, self.alarm = reason, retry_after, scope, alarm


class Unknown(Exception):
    """Perhaps done: timeout, reset, 5xx. Read back before it is sent again.

    Of a reading: it is not known what is there. `retry_after` are the seconds a provider asked to be left alone for.
    """

    def __init__(self, reason: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class TooEarly(Exception):
    """What it stands on is not there yet (the card of a thread): again soon, without counting an attempt."""


class Sender(Protocol):
    """One room's way out: carries out its kinds of effect."""

    kinds: frozenset[str]

    async def send(self, job: Job) -> Sent:
        """Do it once. Raises NotSent, Unknown or TooEarly; never retries by itself; bounded to 10 seconds."""
        ...

    async def look_up(self, job: Job) -> Sent | None:
        """After an unknown outcome: what the provider has of it, or None when a complete reading found nothing.

        Of more than one it keeps the first and takes the others back. Raises Unknown when the reading itself failed or
        was not complete.
        """
        ...
