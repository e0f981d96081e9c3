"""Calendars of others as turns, and ours as a calendar: zones, whole days, repeating events with their exceptions."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import ical
from policies.people import Role
from tests.policies.cast import ROSTER

BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
LEADS = (*ROSTER.holders(Role.LEAD), *ROSTER.holders(Role.BACKUP))


def calendar(*events: str) -> str:
    inside = "\n".join(
        f"BEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT" for event in events
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}\nEND:VCALENDAR\n".replace("\n", "\r\n")


def read(*events: str) -> list[str]:
    found = ical.turns(calendar(*events), LEADS, "Asia/Karachi", BEGIN, END)
    return [f"{turn.person} {turn.start:%d.%m. %H:%M} {turn.end:%d.%m. %H:%M}" for turn in found.turns]


def test_a_weekly_rule_keeps_its_local_time_over_daylight_saving() -> None:
    """Handed over on Mondays at nine in London; an exception is left out, and one week was moved by two hours."""
    weekly = (
        "SUMMARY:On call: Lee Cast\nDTSTART;TZID=Europe/London:20260316T090000\n"
        "DTEND;TZID=Europe/London:20260317T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=5\n"
        "EXDATE;TZID=Europe/London:20260323T090000"
    )
    moved = (
        "SUMMARY:Bo Cast\nDTSTART;TZID=Europe/London:20260406T110000\nDTEND;TZID=Europe/London:20260407T110000\n"
        "RECURRENCE-ID;TZID=Europe/London:20260406T090000"
    )
    assert read(weekly, moved) == [
        "lee 16.03. 09:00 17.03. 09:00",
        "lee 30.03. 08:00 31.03. 08:00",
        "bo 06.04. 10:00 07.04. 10:00",
        "lee 13.04. 08:00 14.04. 08:00",
    ]


def test_a_rule_ends_with_its_last_moment() -> None:
    rule = "SUMMARY:lee\nDTSTART:20260302T000000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY;UNTIL=20260304T000000Z"
    assert [line.split()[1] for line in read(rule)] == ["02.03.", "03.03.", "04.03."]


def test_a_rule_that_began_years_ago_gives_its_turns_of_now() -> None:
    rule = "SUMMARY:bo\nDTSTART:20220307T080000Z\nDURATION:P7D\nRRULE:FREQ=WEEKLY;INTERVAL=4"
    assert [line.split()[1] for line in read(rule)] == ["02.03.", "30.03.", "27.04."]


def test_whole_days_are_those_of_the_desk_and_what_was_cancelled_is_left_out() -> None:
    day = "SUMMARY:Lee Cast\nDTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260312"
    off = "SUMMARY:Bo Cast\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260310"
    assert read(day, off) == ["lee 09.03. 19:00 11.03. 19:00"]


def test_an_attendee_counts_and_a_stranger_is_counted() -> None:
    ours = 'SUMMARY:Primary\nATTENDEE;CN="Bo Cast":mailto:bo@example.org\nDTSTART:20260310T080000Z\nDURATION:PT1H'
    text = calendar(ours, "SUMMARY:Leeroy\nDTSTART:20260310T080000Z\nDURATION:PT1H")
    found = ical.turns(text, LEADS, "UTC", BEGIN, END)
    assert ([turn.person for turn in found.turns], found.strangers) == (["bo"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "no calendar",
        calendar("SUMMARY:lee\nDTSTART:20260302T000000Z\nRRULE:FREQ=SECONDLY"),
        calendar("SUMMARY:lee\nDTSTART:20260302T000000Z\nRRULE:FREQ=WEEKLY;BYDAY=XX"),
        calendar("SUMMARY:lee\nDTSTART:20260302T000000Z\nRRULE:FREQ=DAILY;INTERVAL=0;BYMONTH=1"),
        calendar("SUMMARY:lee\nDTSTART:yesterday"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ical.NoCalendar):
        ical.turns(text, LEADS, "UTC", BEGIN, END)


def test_what_we_write_we_can_read() -> None:
    found = ical.turns(
        calendar("SUMMARY:lee\nDTSTART:20260310T080000Z\nDURATION:PT8H"), LEADS, "UTC", BEGIN, END
    )
    text = ical.feed([(turn, "Development lead: Lee Cast") for turn in found.turns], BEGIN)
    again = ical.turns(text, LEADS, "UTC", BEGIN, END + timedelta(days=1))
    assert again.turns == found.turns
    assert text == ical.feed([(turn, "Development lead: Lee Cast") for turn in found.turns], BEGIN)
