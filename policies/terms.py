"""The numbers agreed with a client: every default has its rule id."""

from dataclasses import dataclass, field
from datetime import timedelta

from policies.hours import Hours, always

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


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
    sms: bool = False
    """Send a text message beside each call."""
