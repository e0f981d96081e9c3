"""Reads the calendars of the rota: at the start, when the office changed, and every hour."""

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import structlog

from bot import ical
from bot.calendars import Calendars, Feed
from bot.clock import Clock
from bot.in_force import InForce
from policies.people import Roster
from policies.rota import Calendar

EVERY = 3600.0
"""Machine seconds between two readings."""
LOOK = 5.0
"""Machine seconds between two looks whether another office came into force."""
PATIENCE = 10.0
BACK, AHEAD = timedelta(days=1), timedelta(days=60)
"""What is read of a calendar. Unread for that long, it does not count any more."""
LARGEST = 5_000_000
"""Bytes of a calendar; more is none of ours."""

log = structlog.get_logger(__name__)


async def read(feed: Feed, roster: Roster, clock: Clock) -> tuple[Calendar, int]:
    """What a feed says now, and how many of its events name nobody. Raises OSError, TimeoutError, aiohttp's own, NoCalendar."""
    text = await _text(feed.source)
    begin, end = clock.now() - BACK, clock.now() + AHEAD
    people = roster.holders(feed.role)
    found = await asyncio.to_thread(ical.turns, text, people, feed.zone, begin, end)
    return Calendar(turns=found.turns, start=begin, until=end), found.strangers


async def _text(source: str) -> str:
    if "://" not in source:
        return await asyncio.to_thread(Path(source).read_text, encoding="utf-8", errors="replace")
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(source) as answer:
        answer.raise_for_status()
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > LARGEST:
                raise ical.NoCalendar(f"it has more than {LARGEST} bytes")
    return body.decode("utf-8", errors="replace")


class Feeds:
    """The loop of a running bot. What cannot be read is said in the log, and what was read last still counts."""

    def __init__(self, in_force: InForce, clock: Clock) -> None:
        self._in_force, self._clock = in_force, clock

    async def read_all(self) -> None:
        """Every feed of the office in force, once."""
        office = self._in_force.office
        for feed in office.feeds:
            await self._take(office.calendars, feed, office.roster)

    async def run(self) -> None:
        """Until cancelled; the first reading is at once."""
        while True:
            office = self._in_force.office
            await self.read_all()
            for _ in range(int(EVERY / LOOK)):
                await asyncio.sleep(LOOK)
                if self._in_force.office is not office:
                    break

    async def _take(self, calendars: Calendars, feed: Feed, roster: Roster) -> None:
        try:
            calendar, strangers = await read(feed, roster, self._clock)
        except (OSError, TimeoutError, aiohttp.ClientError, ical.NoCalendar) as error:
            log.error("a calendar of the rota cannot be read", role=feed.role, reason=type(error).__name__)
            return
        if strangers:
            log.warning("events of a rota's calendar name nobody of ours", role=feed.role, count=strangers)
        calendars.take(feed, calendar)
