"""The intensive period after a client's go-live (HC-1 to HC-5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from policies.people import Client
from policies.terms import Terms


def day_of(client: Client, at: datetime) -> int | None:
    """How-manieth day since go-live `at` is, in the client's zone; the date of go-live is day 1, None before it or without one."""
    if client.live_on is None:
        return None
    day = (at.astimezone(ZoneInfo(client.zone)).date() - client.live_on).days + 1
    return day if day > 0 else None


def is_intensive(client: Client, at: datetime, terms: Terms) -> bool:
    """Whether `at` lies in the client's intensive period: whole days of its zone, the date of go-live included (HC-1)."""
    day = day_of(client, at)
    return day is not None and day <= terms.intensive.days
