"""A client goes live with everything recorded (ON-1)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from policies.going_live import is_live, missing
from policies.hours import Hours
from policies.people import Client, Contact
from policies.terms import SEVERITIES, Terms

CLIENT = Client(
    key="retail",
    name="Example Retail",
    channels=("C0RETAIL01",),
    zone="America/New_York",
    live_on=date(2026, 12, 1),
    contacts=(Contact(name="Casey Client", reach="telephone"),),
    change_process="In writing.",
    known_limits="Forty tills.",
    benchmarks="A sale in 0.4 s.",
)


def test_nothing_is_missing_of_a_client_that_is_recorded() -> None:
    assert missing(CLIENT, Terms()) == ()


@pytest.mark.parametrize(
    ("client", "terms", "words"),
    [
        (replace(CLIENT, live_on=None), Terms(), "a date of go-live"),
        (replace(CLIENT, contacts=()), Terms(), "contacts"),
        (replace(CLIENT, change_process=""), Terms(), "a change process"),
        (replace(CLIENT, known_limits=""), Terms(), "known limits"),
        (replace(CLIENT, benchmarks=""), Terms(), "benchmarks"),
        (CLIENT, Terms(business=Hours(zone="UTC", windows=())), "hours"),
        (CLIENT, Terms(severities={"S1": SEVERITIES["S1"]}), "targets"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_thing_that_is_not_recorded_is_named(client: Client, terms: Terms, words: str) -> None:
    assert missing(client, terms) == (words,)


def test_a_client_is_live_from_the_date_in_its_own_zone() -> None:
    """New York's 1 December begins at five in London."""
    assert not is_live(CLIENT, datetime(2026, 12, 1, 4, 59, tzinfo=UTC))
    assert is_live(CLIENT, datetime(2026, 12, 1, 5, tzinfo=UTC))
    assert not is_live(replace(CLIENT, live_on=None), datetime(2026, 12, 1, 5, tzinfo=UTC))
