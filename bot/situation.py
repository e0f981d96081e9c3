"""What a decision may know beside the event and the ticket, gathered inside the transaction."""

from dataclasses import replace
from datetime import datetime

from bot.roster import Office
from bot.storage import absences, counters, tickets
from bot.storage.engine import Connection
from policies.decision import Context
from policies.people import Roster
from policies.ticket import Ticket


def calls_of(day: datetime) -> str:
    """The name of the counter of a day's calls; a day begins at midnight UTC."""
    return f"calls:{day:%Y-%m-%d}"


def roster(conn: Connection, office: Office, now: datetime) -> Roster:
    """The office's people with the absences of now and later."""
    away = absences.since(conn, now)
    return office.with_absences(away) if away else office.roster


def context(
    conn: Connection,
    office: Office,
    ticket: Ticket | None,
    channel: str,
    now: datetime,
    *,
    lock: bool = False,
) -> Context:
    """The context of a decision about `ticket`, or about what happens in `channel` where there is none yet.

    `lock` reserves the next reference until the commit.
    """
    everybody = roster(conn, office, now)
    client = everybody.by_channel.get(channel)
    key = ticket.client if ticket is not None else client.key if client is not None else ""
    if lock and conn.dialect.name != "sqlite":
        counters.peek(conn, counters.TICKETS, lock=True)
    last, calls = counters.peek_both(conn, counters.TICKETS, calls_of(now))
    return Context(
        now=now,
        roster=everybody,
        terms=office.terms(key),
        zone=office.zone,
        next_ref=f"{office.ref_prefix}{last + 1}",
        calls_today=calls,
        telephone=office.telephone,
    )


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
