"""What must be recorded of a client before it goes live (ON-1)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from policies.people import Client
from policies.terms import SEVERITIES, Terms


def missing(client: Client, terms: Terms) -> tuple[str, ...]:
    """What is not recorded yet, in the words of the rule; nothing when the client may go live."""
    calendars = (terms.support, terms.development, terms.business)
    recorded = {
        "a date of go-live": client.live_on is not None,
        "hours": all(hours.windows or hours.dated for hours in calendars),
        "targets": set(SEVERITIES) <= set(terms.severities),
        "contacts": bool(client.contacts),
        "a change process": bool(client.change_process),
        "known limits": bool(client.known_limits),
        "benchmarks": bool(client.benchmarks),
    }
    return tuple(words for words, there in recorded.items() if not there)


def is_live(client: Client, now: datetime) -> bool:
    """Whether the date of go-live has come, in the client's zone."""
    return client.live_on is not None and client.live_on <= now.astimezone(ZoneInfo(client.zone)).date()
