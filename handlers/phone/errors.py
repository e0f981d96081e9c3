"""What Twilio's refusals mean for a call or a message: data, and the one function that reads it."""

from dataclasses import dataclass

from bot.ports import NotSent, Unknown

CREDENTIALS = 20003
BAD_CALLBACK = 21609
NOT_IN_PROGRESS = 21220
TOO_MANY = 429

BACK_OFF = 5.0
"""Seconds to wait after "too many requests" when Twilio does not say how long (documented as not processed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a code means, in words for support. `alarm`: a setting of ours is wrong, which no other person's number cures.

    `retry_after` in seconds means surely not done and worth another try; None means never with this number.
    """

    words: str
    alarm: bool = False
    retry_after: float | None = None


GEOGRAPHY = Trouble(words="calls to this country are not enabled in the telephone account", alarm=True)
TRIAL = Trouble(words="the telephone account is on trial and may only reach verified numbers", alarm=True)
SUSPENDED = Trouble(
    words="the telephone account is closed or suspended, or its balance is used up", alarm=True
)
INVALID = Trouble(words="the number is not a valid telephone number")
UNREACHABLE = Trouble(words="the telephone cannot be reached")

TROUBLES: dict[int, Trouble] = {
    CREDENTIALS: Trouble(words="the telephone service does not accept our account and token", alarm=True),
    20005: SUSPENDED,
    10001: SUSPENDED,
    20404: Trouble(words="the telephone service does not know it"),
    20429: Trouble(words="the telephone service asks us to slow down", retry_after=BACK_OFF),
    21205: Trouble(words="the telephone service does not accept our public address", alarm=True),
    21210: Trouble(words="our own number does not belong to the telephone account", alarm=True),
    21211: INVALID,
    21217: INVALID,
    13223: INVALID,
    13224: INVALID,
    21214: Trouble(words="the number cannot be routed"),
    21215: GEOGRAPHY,
    13227: GEOGRAPHY,
    32205: GEOGRAPHY,
    21216: Trouble(words="the telephone account may not call this number", alarm=True),
    21219: TRIAL,
    573005: TRIAL,
    NOT_IN_PROGRESS: Trouble(words="the call is over already"),
    BAD_CALLBACK: Trouble(
        words="the telephone service does not accept our address for call results", alarm=True
    ),
    11200: Trouble(
        words="the telephone service could not fetch what to say from our public address", alarm=True
    ),
    12100: Trouble(words="the telephone service could not read what we gave it to say", alarm=True),
    21408: Trouble(words="messages to this country are not enabled in the telephone account", alarm=True),
    21610: Trouble(words="the person has unsubscribed from our messages"),
    21614: Trouble(words="the number cannot take messages"),
    30003: UNREACHABLE,
    30004: Trouble(words="the message was blocked"),
    30005: UNREACHABLE,
    30006: Trouble(words="the number is a landline and cannot take messages"),
    30007: Trouble(words="the carrier filtered the message"),
    30008: Trouble(words="the message was not delivered, for a reason the carrier does not give"),
}
"""Twilio's error codes for the requests that we make (twilio.com/docs/api/errors)."""


def trouble(code: int) -> Trouble:
    """The meaning of a code; one that is not in the table is final and raises the alarm."""
    return TROUBLES.get(code) or Trouble(
        words=f"the telephone service refused it with code {code}", alarm=True
    )


def refusal(status: int, code: int | None, *, scope: str = "") -> NotSent | Unknown:
    """What to raise for an answer of Twilio that is not a success.

    4xx was surely not done; anything else (5xx, a redirect from something on the way) may have been.
    """
    if not 400 <= status < 500 or status == 408:
        return Unknown(f"the telephone service answered {status}")
    if status == TOO_MANY:
        code = 20429
    found = trouble(code or status)
    return NotSent(
        found.words,
        retry_after=found.retry_after,
        scope=scope if found.retry_after is not None else "",
        alarm="telephone" if found.alarm else "",
    )
