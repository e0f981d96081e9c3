"""What every event has: a key that makes it unique, the moment it happened, and who did it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verb = Literal[
    "claim", "reply", "answer", "change_request", "dismiss", "merge", "split", "escalate", "call_now",
    "reached_by_voice", "acknowledge", "pass_on", "assign", "decline", "update", "relay", "code_change",
    "scope", "workaround", "reverted", "resolve", "confirm", "close", "reopen", "production_down",
    "solved", "still_broken", "away", "open", "try_again", "it_is_there", "say_again", "severity", "fix_is_in",
    "carry", "vendor", "vendor_answered", "rota", "verify",
    "executives", "hotfix", "incident", "leave_incident",
    "terms", "maintenance",
]  # fmt: skip
"""What a person may ask for; the same word names the button, the right and the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: a Slack user (with the workspace), a roster key (a telephone's owner), or one of our own loops.

    `ours` is True when the user belongs to the workspace the bot is installed in.
    """

    user: str = ""
    team: str = ""
    ours: bool = False
    person: str = ""
    via: Literal["slack", "phone", "clock", "bot", "command"] = "slack"


CLOCK = Actor(via="clock")
BOT = Actor(via="bot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`key` is unique for ever; `at` is aware UTC; `ticket` is the id where the sender knows it."""

    key: str
    at: datetime
    actor: Actor
    ticket: int | None = None
