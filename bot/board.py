"""What can be seen without changing anything: tickets, their people, calls and places."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.in_force import InForce
from bot.ports import Posted
from bot.roster import Office
from bot.situation import full_context, roster, surroundings, within
from bot.storage import addresses, clocks, inbox, meta, outbox, posts, said, stats, terms, tickets, timeline
from bot.storage.engine import Connection, Database
from bot.storage.inbox import Failed
from bot.storage.outbox import CallRow
from bot.storage.said import Said
from bot.storage.stats import Counts
from bot.storage.terms import Applied
from policies.coverage import AHEAD, Gap, gaps
from policies.decision import Context
from policies.events.office import Moved
from policies.facts import AnyFact
from policies.people import Roster
from policies.terms_changes import moved
from policies.ticket import Ticket

PAGE = 200
"""How many tickets are folded in one look, so that no look holds up the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """A call: whom it rings (roster key) at which number, for which ticket; `sid` is Twilio's, empty until known.

    `state` is the outbox's: pending, sending, sent, rejected, unknown, cancelled or gave_up. A test call has no ticket, and
    `says` its words.
    """

    person: str
    number: str
    ticket: int | None
    sid: str
    state: str
    says: str = ""


class Board:
    """Reads only. Every method raises bot.storage.engine.StoreFailed when the database cannot be read."""

    def __init__(self, database: Database, in_force: InForce, clock: Clock) -> None:
        self._database, self._in_force, self._clock = database, in_force, clock

    async def ticket(self, number: int) -> Ticket | None:
        """The ticket with its messages, None for a number nobody has."""
        stored = await self._database.read(lambda conn: tickets.load(conn, number))
        return stored.ticket if stored is not None else None

    async def by_ref(self, ref: str) -> Ticket | None:
        """The ticket called `ref`, in any case, or by its bare number."""

        def look(conn: Connection) -> Ticket | None:
            number = tickets.by_ref(conn, ref)
            stored = tickets.load(conn, number) if number is not None else None
            return stored.ticket if stored is not None else None

        return await self._database.read(look)

    async def find(self, kind: str, value: str) -> int | None:
        """The number of the ticket at an address such as ("thread", "C1:17.2")."""
        return await self._database.read(lambda conn: addresses.find(conn, kind, value))

    async def open_tickets(self) -> tuple[Ticket, ...]:
        """Every open request, oldest first."""
        numbers = await self._database.read(tickets.open_ids)
        return tuple([ticket async for ticket in self._page(numbers)])

    async def all_tickets(self) -> AsyncIterator[Ticket]:
        """Every request there ever was, oldest first, a page at a time."""
        numbers = await self._database.read(tickets.all_ids)
        async for ticket in self._page(numbers):
            yield ticket

    async def mine(self, person: str) -> tuple[Ticket, ...]:
        """Open requests that a person (roster key) owns, leads or develops, oldest first."""
        numbers = await self._database.read(lambda conn: tickets.open_ids_of(conn, person))
        return tuple([ticket async for ticket in self._page(numbers)])

    async def carrying(self) -> tuple[Ticket, ...]:
        """Requests with a live workaround, closed ones too (WA-3), oldest first."""
        numbers = await self._database.read(lambda conn: clocks.tickets_running(conn, "revert"))
        return tuple([ticket async for ticket in self._page(numbers)])

    async def waiting_for(self, person: str) -> tuple[Ticket, ...]:
        """Requests for which `person` (roster key) is being rung, oldest first."""
        numbers = await self._database.read(lambda conn: clocks.tickets_with(conn, "call", person))
        return tuple([ticket async for ticket in self._page(numbers)])

    async def call(self, token: str) -> CallInfo | None:
        """The call with this token, None for a token nobody gave out."""
        row = await self._database.read(lambda conn: outbox.call(conn, token))
        return _info(row) if row is not None else None

    async def others_on(self, number: str, token: str) -> tuple[CallInfo, ...]:
        """Calls to `number` under any other token than this, in hand or placed."""
        rows = await self._database.read(lambda conn: outbox.calls_to(conn, number))
        return tuple(_info(row) for row in rows if row.token != token)

    async def any_known(self, keys: Sequence[str]) -> bool:
        """Whether one of the events with these keys has come, at whichever replica."""
        return await self._database.read(lambda conn: inbox.any_known(conn, keys))

    async def posts(self, number: int) -> dict[str, Posted]:
        """Where our own messages about a ticket stand, by slot."""
        return await self._database.read(lambda conn: posts.of(conn, number))

    async def said(self, slot: str) -> Said | None:
        """Our last message in this slot, of those that belong to no request."""
        return await self._database.read(lambda conn: said.last(conn, slot))

    async def timeline(self, number: int) -> tuple[AnyFact, ...]:
        """Every fact of a ticket, oldest first."""
        return await self._database.read(lambda conn: timeline.facts(conn, number))

    async def context(self, ticket: Ticket | None) -> Context:
        """What forms and cards are filled from: the roster of the day, the terms, now, loads, the last branch and build."""
        now = self._clock.now()
        return await self._database.read(lambda conn: full_context(conn, self._in_force.office, ticket, now))

    async def roster(self, at: datetime) -> Roster:
        """Everybody who may take part, with what is known of their absences from `at` (aware UTC) on."""
        return await self._database.read(lambda conn: roster(conn, self._in_force.office, at))

    async def gaps(self) -> tuple[Gap, ...]:
        """RV-4: when nobody would be reached in the coming 14 days, by the default terms."""
        now = self._clock.now()
        return gaps(await self.roster(now), self._in_force.office.terms(""), now, now + AHEAD)

    async def counts(self) -> Counts:
        """The figures of the moment."""
        now = self._clock.now()
        return await self._database.read(lambda conn: stats.counts(conn, now))

    async def moved_by(self, office: Office) -> tuple[Moved, ...]:
        """Which targets of open requests would move, were `office` in force now."""
        numbers, now = await self._database.read(tickets.open_ids), self._clock.now()
        found: list[Moved] = []
        for start in range(0, len(numbers), PAGE):
            look = partial(_moved, office=office, ids=numbers[start : start + PAGE], now=now)
            found += await self._database.read(look)
        return tuple(found)

    async def applied(self) -> Applied | None:
        """The frontdoor.toml that came into force last, None before the first start."""
        return await self._database.read(terms.last_applied)

    async def heard_at(self) -> datetime | None:
        """Until when everything of Slack has surely been taken in; None before the first time."""
        return await self._database.read(lambda conn: meta.moment_of(conn, meta.HEARD))

    async def letters(self) -> Sequence[Failed]:
        """Events that failed and have not succeeded since, longest waiting first; a page of them."""
        return await self._database.read(lambda conn: inbox.letters(conn, PAGE))

    async def taken_at(self, keys: Sequence[str]) -> dict[str, datetime]:
        """When each of these events was taken in, whoever brought it; without those that never came."""
        found: dict[str, datetime] = {}
        for start in range(0, len(keys), PAGE):
            found |= await self._database.read(partial(inbox.taken_at, keys=keys[start : start + PAGE]))
        return found

    async def _page(self, numbers: Sequence[int]) -> AsyncIterator[Ticket]:
        for start in range(0, len(numbers), PAGE):
            for ticket in await self._database.read(
                partial(tickets.load_many, ids=numbers[start : start + PAGE])
            ):
                yield ticket


def _moved(conn: Connection, office: Office, ids: Sequence[int], now: datetime) -> list[Moved]:
    around = surroundings(conn, office, now)
    return [
        one
        for ticket in tickets.load_many(conn, ids)
        for one in moved(ticket, within(around, office, ticket, "", now))
    ]


def _info(row: CallRow) -> CallInfo:
    return CallInfo(
        person=row.person, number=row.number, ticket=row.ticket, sid=row.sid, state=row.state, says=row.says
    )
