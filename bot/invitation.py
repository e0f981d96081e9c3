"""One revert as an invitation that any calendar program takes in (RFC 5545; what is said with it: RFC 5546)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from bot.reverts import Revert
from policies.markup import clean
from policies.people import Person

LENGTH = timedelta(minutes=15)
"""How long the appointment is."""
AHEAD = (timedelta(minutes=30), timedelta(0))
"""When it rings, before its beginning."""
WORDS = 4_000
"""Characters of the original configuration that the appointment carries; the ticket has all of it."""


def invitation(revert: Revert, zone: str) -> bytes:
    """The .ics: REQUEST for a new or moved appointment, CANCEL once it is reverted.

    The appointment keeps its UID for ever and counts its changes, so that a calendar replaces what it has. Its time is told
    in the zone of whoever carries it, or in `zone` (IANA); it rings, and its description says what to restore.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Frontdoor//Workarounds//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if revert.done else "REQUEST")
    calendar.add_component(_event(revert, ZoneInfo(revert.people[0].zone if revert.people else zone)))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(revert: Revert, zone: ZoneInfo) -> Event:
    start = revert.at.astimezone(zone)
    event = Event()
    event.add("uid", f"{revert.ref}-workaround-{revert.number}@frontdoor")
    event.add("dtstamp", revert.stamp)
    event.add("sequence", revert.sequence)
    event.add("dtstart", start)
    event.add("dtend", start + LENGTH)
    event.add("status", "CANCELLED" if revert.done else "CONFIRMED")
    event.add(
        "summary", clean(f"Revert the workaround of {revert.ref}: {' '.join(revert.what.split())}", 200)
    )
    event.add("description", clean(f"Made: {revert.what}\n\nOriginal to restore:\n{revert.original}", WORDS))
    event.add("organizer", _organizer())
    for person in revert.people:
        event.add("attendee", _attendee(person))
    for ahead in () if revert.done else AHEAD:
        event.add_component(_alarm(ahead, revert.ref))
    return event


def _organizer() -> vCalAddress:
    """Who invites is the desk itself, which reads no mail: nobody has to answer."""
    organizer = vCalAddress("urn:x-frontdoor:desk")
    organizer.params["cn"] = vText("Frontdoor")
    return organizer


def _attendee(person: Person) -> vCalAddress:
    """A person without an address of mail: their Slack member id is what we know of them."""
    attendee = vCalAddress(f"urn:x-slack:{person.slack}")
    attendee.params["cn"] = vText(person.name)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee


def _alarm(ahead: timedelta, ref: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Revert the workaround of {ref}")
    alarm.add("trigger", -ahead)
    return alarm
