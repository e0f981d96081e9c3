"""What `frontdoor doctor` says of people: whether somebody would be reached, and whose telephone was proven when."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import aiohttp

from bot import feeds, ical
from bot.calendars import Feed
from bot.clock import Clock
from bot.doctor import Finding
from bot.opening import reading
from bot.roster import Office
from bot.settings import Misconfigured, Refused, Settings
from policies import coverage
from policies.markup import stamp
from policies.people import Person, Role, Roster
from policies.terms import Terms
from policies.words.people import joined

ABOUT = "coverage"
RUNG = frozenset({Role.SUPPORT, Role.SUPPORT_LEAD, Role.LEAD, Role.BACKUP})
MANY = 5
VERIFY = "They type /frontdoor verify in Slack."


def coverage_findings(roster: Roster, terms: Terms, now: datetime, zone: str) -> list[Finding]:
    """RV-4: the coming 14 days as of `now`, and telephones that nobody was reached at for long."""
    lines = joined(coverage.gaps(roster, terms, now, now + coverage.AHEAD))
    found = [
        Finding(
            ABOUT,
            "warn",
            f"nobody would be reached from {stamp(gap.start, zone)} to {stamp(gap.end, zone)} "
            f"({gap.ladder}, {', '.join(gap.severities)}): {'; '.join(gap.why)}",
            "Set a cover (/frontdoor cover), end an absence, or have numbers verified.",
        )
        for gap in lines[:MANY]
    ]
    if len(lines) > MANY:
        found.append(Finding(ABOUT, "warn", f"and {len(lines) - MANY} more gaps", "See /frontdoor rota."))
    if not lines:
        found.append(Finding(ABOUT, "ok", "somebody would be reached in every hour of the coming 14 days"))
    for person in roster.people:
        found += _telephone(person, roster, now, zone)
    return found


def _telephone(person: Person, roster: Roster, now: datetime, zone: str) -> list[Finding]:
    if person.phone is None or person.roles.isdisjoint(RUNG):
        return []
    if not person.verified:
        return [Finding(ABOUT, "warn", f"the number of {person.name} is not verified", VERIFY)]
    last = coverage.stale(person, roster, now)
    if last is None:
        return []
    said = f"{person.name} was last reached by telephone on {stamp(last, zone)}"
    return [Finding(ABOUT, "warn", said, VERIFY)]


def people_check(
    settings: Settings, office: Office, clock: Clock
) -> Callable[[], Awaitable[Sequence[Finding]]]:
    """The calendars of the rota, and with them, the day's absences and covers, the coming 14 days."""

    async def check() -> Sequence[Finding]:
        found = [finding for feed in office.feeds for finding in await _calendar(feed, office, clock)]
        now, roster = clock.now(), office.roster
        # Without a database there is no day yet; what is wrong with one that is there its own check says.
        with contextlib.suppress(Refused, Misconfigured):
            async with reading(settings, office) as board:
                roster = await board.roster(now)
        return [*found, *coverage_findings(roster, office.terms(""), now, office.zone)]

    return check


async def _calendar(feed: Feed, office: Office, clock: Clock) -> list[Finding]:
    about = f"calendar of the {feed.role}"
    try:
        calendar, strangers = await feeds.read(feed, office.roster, clock)
    except (OSError, TimeoutError, aiohttp.ClientError, ical.NoCalendar) as error:
        mend = "Look at `calendar` of [[rota]]. Until it can be read, everybody with the role counts."
        why = (
            str(error) if isinstance(error, ical.NoCalendar) else type(error).__name__
        )  # others tell the address
        return [Finding(about, "fail", f"cannot be read ({why})", mend)]
    office.calendars.take(feed, calendar)
    said = f"read: {len(calendar.turns)} turns"
    if not strangers:
        return [Finding(about, "ok", said)]
    mend = "Write the names or keys of people into the titles of the events."
    return [Finding(about, "warn", f"{said}, and {strangers} events that name nobody of ours", mend)]
