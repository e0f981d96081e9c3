"""The numbers agreed with a client: every default has its rule id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from policies.hours import Amount, Days, Hours, Open, Plain, always

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Severity = Literal["S1", "S2", "S3", "S4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is promised for a severity. Open time and days are those of the terms' `business` hours.

    `response`: an engineer is assigned and investigating (SV-1); `flagged` takes its place when it was declared urgent out of
    hours. `resolution` is a goal, None for "with the next release". `updates`: how long the client waits for a word at most.
    """

    response: Amount
    resolution: Amount | None
    flagged: Amount | None = None
    updates: timedelta | None = None


SEVERITIES: Mapping[Severity, Target] = MappingProxyType(
    {
        "S1": Target(response=Plain(HOUR), resolution=Plain(4 * HOUR), updates=HOUR),
        "S2": Target(response=Open(4 * HOUR), resolution=Days(1), flagged=Plain(2 * HOUR)),
        "S3": Target(response=Days(1), resolution=Days(5)),
        "S4": Target(response=Days(2), resolution=None),
    }
)
"""The table of the process; S1 counts day and night, the others in business hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The windows of the process. All amounts are plain time; `development` and `support` are working calendars."""

    short_wait: timedelta = timedelta(seconds=10)
    """IN-2: how long the bot leaves a person the first word."""
    first_response: timedelta = 2 * MINUTE
    """IN-2: what the client is promised."""
    first_response_check: timedelta = timedelta(seconds=90)
    """IN-2: not confirmed as posted by then, support is alerted another way."""
    grouping: timedelta = 10 * MINUTE
    """IN-3: further messages of the same author join the request within this."""
    unclaimed: timedelta = 10 * MINUTE
    """IN-5: put before support again."""
    unclaimed_ring: timedelta = 5 * MINUTE
    """IN-5: then support is telephoned."""
    attention: timedelta = 30 * MINUTE
    """No silent ticket: a claimed request that nothing happened to is put before its owner again."""
    acknowledge: timedelta = 5 * MINUTE
    """ES-2 in development's working hours."""
    acknowledge_outside: timedelta = 15 * MINUTE
    """ES-2 outside them."""
    ring: timedelta = timedelta(seconds=25)
    """ES-3: how long a telephone rings."""
    call_guard: timedelta = 3 * MINUTE
    """A call of which nothing is heard any more counts as ended after this."""
    round_pauses: tuple[timedelta, ...] = (2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
    """ES-3: pauses between rounds; the last one repeats."""
    calls_a_day: int = 60
    """ES-3: a cap per day that raises an alarm and never silences."""
    assign_nudge: timedelta = 10 * MINUTE
    """ES-4: acknowledged and not assigned."""
    assign_ring: timedelta = 20 * MINUTE
    """ES-4: then the lead is telephoned."""
    first_update: timedelta = 30 * MINUTE
    """UP-1."""
    second_update: timedelta = 90 * MINUTE
    """UP-2."""
    heard: timedelta = 10 * MINUTE
    """UP-1: what key 4 gives on a call about a missed update."""
    warning_share: float = 0.2
    """UP-3: share of an estimate's length before its end."""
    warning_least: timedelta = 10 * MINUTE
    """UP-3: at least this long before its end."""
    relay: timedelta = 10 * MINUTE
    """UP-4: an update that nobody sent to the client yet."""
    silence: tuple[timedelta, ...] = (DAY, 3 * DAY)
    """TR-6: reminders to a silent client."""
    ask_to_close: timedelta = 4 * DAY
    """TR-6: then support is asked to close, and every day again."""
    close_silent: timedelta | None = None
    """TR-6: automatic closing after this much silence; None is never."""
    reopen: timedelta = 7 * DAY
    """RS-2."""
    development: Hours = field(default_factory=always)
    """ES-2: development's working hours."""
    support: Hours = field(default_factory=always)
    """IN-2, IN-5: when support is there."""
    business: Hours = field(default_factory=always)
    """SV-1: the hours that the targets of S2 to S4 count in."""
    severities: Mapping[Severity, Target] = field(default_factory=lambda: SEVERITIES)
    """The severity table."""
    default_severity: Severity = "S2"
    """The severity of a request until somebody sets it."""
    target_warnings: tuple[float | timedelta, ...] = (0.25, 15 * MINUTE)
    """SV-1: before a target lapses people are warned: a share of the target that is left, or so much plain time before it."""
    next_reply: Amount | None = None
    """How soon a further message of the client is answered; None promises nothing."""
    executives: timedelta = 15 * MINUTE
    """SV-2: whoever is to inform the executives is asked again after this, until it is recorded."""
    low_waits: bool = False
    """ES-6: the escalation and update clocks of S3 and S4 wait for development's opening."""
    intensive: timedelta = 30 * DAY
    """HC-1: how long after a client's go-live the intensive period lasts."""
    intensive_share: float = 0.5
    """HC-1: what share of the response targets is left in it."""
    intensive_fix: timedelta = DAY
    """HC-4: how soon a defect that was escalated in the intensive period is fixed for good."""
    sms: bool = False
    """Send a text message beside each call."""
