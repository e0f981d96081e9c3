"""One revert as an appointment in the iCalendar format."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from handlers.records.files import clean
from handlers.records.ports import Revert
from policies.people import Person

LENGTH = timedelta(minutes=15)
"""How long the appointment is."""
AHEAD = (timedelta(minutes=30), timedelta(0))
"""When it rings, before its beginning."""
WORDS = 4_000
"""Characters of the original configuration that the appointment carries; the ticket has all of it."""


def appointment(revert: Revert, zone: str) -> bytes:
    """The .ics: an appointment with an alarm, a description that says what to restore, and its time zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdoor//Workarounds//EN")
    calendar.add("version", "2.0")
    calendar.add_component(_event(revert, ZoneInfo(revert.author.zone if revert.author else zone)))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(revert: Revert, zone: ZoneInfo) -> Event:
    start = revert.at.astimezone(zone)
    event = Event()
    event.add("uid", f"{revert.ref}-workaround-{revert.number}@frontdoor")
    event.add("dtstamp", revert.stamp)
    event.add("sequence", int(revert.done))
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("status", "CANCELLED" if revert.done else "CONFIRMED")
    event.add(
        "summary", clean(f"Revert the workaround of {revert.ref}: {' '.join(revert.what.split())}", 200)
    )
    event.add("description", clean(f"Made: {revert.what}\n\nOriginal to restore:\n{revert.original}", WORDS))
    for person in dict.fromkeys(person.key for person in (revert.author, revert.lead) if person):
        event.add(
            "attendee", _attendee(next(p for p in (revert.author, revert.lead) if p and p.key == person))
        )
    for ahead in AHEAD:
        event.add_component(_alarm(ahead, revert.ref))
    return event


def _attendee(person: Person) -> vCalAddress:
    """A person without an address of mail: their Slack member id is what we know of them."""
    attendee = vCalAddress(f"urn:x-slack:{person.slack}")
    attendee.params["cn"] = vText(person.name)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    return attendee


def _alarm(ahead: timedelta, ref: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Revert the workaround of {ref}")
    alarm.add("trigger", -ahead)
    return alarm
