"""Reminders of reverts as .ics files that any calendar takes in."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Alarm, Event, vCalAddress, vText
from icalendar import Calendar as Ics

from handlers.records.files import clean, disk_or_not_sent, replace
from handlers.records.ports import Revert
from policies.people import Person

FOLDER = "reminders"
LENGTH = timedelta(minutes=15)
"""How long the appointment is."""
AHEAD = (timedelta(minutes=30), timedelta(0))
"""When it rings, before its beginning."""
WORDS = 4_000
"""Characters of the original configuration that the appointment carries; the ticket has all of it."""


class FileCalendar:
    """`reminders/SUP-12-workaround-1.ics` in `directory`; times in the author's zone, or in `zone` (IANA)."""

    def __init__(self, directory: Path, zone: str) -> None:
        self._folder, self._zone = directory / FOLDER, zone

    async def remind(self, revert: Revert) -> str:
        """Write the appointment; its path within the records."""
        name = re.sub(r"[^A-Za-z0-9_-]", "-", f"{revert.ref}-workaround-{revert.number}") + ".ics"
        with disk_or_not_sent():
            await asyncio.to_thread(self._write, name, revert)
        return f"{FOLDER}/{name}"

    def _write(self, name: str, revert: Revert) -> None:
        content = appointment(revert, self._zone)
        replace(self._folder / name, lambda path: _fill(path, content))


def appointment(revert: Revert, zone: str) -> bytes:
    """The .ics: an appointment with an alarm, a description that says what to restore, and its time zone."""
    calendar = Ics()
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


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)
