"""What a decision may know beside the event and the ticket, gathered inside the transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.roster import Office
from bot.storage import counters, day, tickets
from bot.storage.engine import Connection
from policies.decision import Context
from policies.people import Roster
from policies.ticket import Ticket


def calls_of(day: datetime) -> str:
    """The name of the counter of a day's calls; a day begins at midnight UTC."""
    return f"calls:{day:%Y-%m-%d}"


def roster(conn: Connection, office: Office, now: datetime) -> Roster:
    """The office's people and clients with what changes by the day: absences, covers, announced maintenance."""
    rows = day.rows(conn, now)
    return office.of_the_day(rows, lambda: day.read(rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is the same for every request: who is there, the number of the last request, and the calls of today.

    `reserved`: nobody else takes the next number before the commit.
    """

    roster: Roster
    last: int
    reserved: bool
    calls: int


def surroundings(conn: Connection, office: Office, now: datetime, *, lock: bool = False) -> Surroundings:
    """As of `now`; `lock` reserves the next reference until the commit."""
    today = roster(conn, office, now)
    last, calls = counters.peek_both(
        conn, counters.TICKETS, calls_of(now), lock=lock
    )  # late: others wait for it
    return Surroundings(roster=today, last=last, reserved=lock, calls=calls)


def next_number(conn: Connection, around: Surroundings | None) -> int:
    """The number of a new request: what its decision took for the next one where that was reserved for it."""
    if around is None or not around.reserved:
        return counters.raise_by(conn, counters.TICKETS)
    counters.count(conn, counters.TICKETS, 1)
    return around.last + 1


def within(
    around: Surroundings,
    office: Office,
    ticket: Ticket | None,
    channel: str,
    now: datetime,
    *,
    proposed: str = "",
) -> Context:
    """The context of a decision about `ticket`, or about what happens in `channel` where there is none yet.

    `proposed` is the id of an office that nobody has applied yet.
    """
    client = around.roster.by_channel.get(channel)
    key = ticket.client if ticket is not None else client.key if client is not None else ""
    return Context(
        now=now,
        roster=around.roster,
        terms=office.terms(key),
        terms_id=office.terms_id(key),
        zone=office.zone,
        next_ref=f"{office.ref_prefix}{around.last + 1}",
        calls_today=around.calls,
        telephone=office.telephone,
        calls_from=office.calls_from,
        in_force=office.id,
        proposed=proposed,
    )


def context(conn: Connection, office: Office, ticket: Ticket | None, channel: str, now: datetime) -> Context:
    """The same, with a look at what is around."""
    return within(surroundings(conn, office, now), office, ticket, channel, now)


def full_context(conn: Connection, office: Office, ticket: Ticket | None, now: datetime) -> Context:
    """The same with what forms are filled from: the developers' loads, the author's last branch, the products' builds."""
    blocks = tickets.last_blocks(conn, ticket.client) if ticket is not None else ()
    return replace(
        context(conn, office, ticket, "", now),
        loads=tickets.loads(conn),
        known_branch=tickets.last_branch(conn, ticket.client, ticket.author) if ticket is not None else "",
        known_build=blocks[0].build_version if blocks else "",
        known_builds={block.saas_name: block.build_version for block in reversed(blocks)},
    )
