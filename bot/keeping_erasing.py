"""Erasing what people wrote in one request, for good, and keeping the record whole."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import TypeAdapter

from bot.clock import SystemClock
from bot.emission import Emission
from bot.opening import CannotRun, open_database
from bot.storage import erasing, tickets, timeline
from bot.storage.engine import Connection, StoreFailed, sqlite_path
from bot.storage.erasing import Erasure
from bot.storage.ledger import Ledger
from bot.storage.tickets import Stored
from bot.transaction import Outcome
from policies.clocks import running
from policies.effects import AnyEffect, Card, Reminder, SheetRow, TrackerEntry
from policies.facts import Erased
from policies.folding.fold import apply
from policies.ticket import ERASED, Ticket

Ask = Callable[[Ticket], None]
"""Raises when the person does not want it after all."""
OPERATOR = "operator"
_ANSWER = TypeAdapter(Outcome).dump_json(Outcome(accepted=False, said=ERASED)).decode()


async def erase(url: str, ref: str, ask: Ask) -> tuple[Ticket, Erasure]:
    """Erase the words of the request called `ref`, which has ended; on SQLite the bot must not run.

    What shows them (cards, sheet, tracker, reminders) is drawn anew by the bot. Raises CannotRun and Misconfigured.
    """
    async with open_database(url) as database:
        try:
            ticket = await database.read(lambda conn: _found(conn, ref).ticket)
            ask(ticket)
            done = await database.write(lambda conn: _erase(conn, ref, SystemClock().now()))
            if (path := sqlite_path(url)) is not None:
                await asyncio.to_thread(erasing.wipe, path)
        except StoreFailed as error:
            raise CannotRun(f"The database could not do it: {error}. Erase it again.") from error
    return ticket, done


def _found(conn: Connection, ref: str, *, lock: bool = False) -> Stored:
    number = tickets.by_ref(conn, ref)
    stored = tickets.load(conn, number, lock=lock) if number is not None else None
    if stored is None:
        raise CannotRun(f"There is no request {ref}.")
    ticket = stored.ticket
    if ticket.is_open:
        raise CannotRun(f"{ticket.ref} is open: close it first.")
    if waiting := erasing.waiting(conn, ticket.id):
        raise CannotRun(
            f"{waiting} effects of {ticket.ref} are not carried out yet: let the bot finish them."
        )
    return stored


def _erase(conn: Connection, ref: str, now: datetime) -> Erasure:
    stored = _found(conn, ref, lock=True)
    done = erasing.erase(conn, stored.ticket, _ANSWER)
    if not done.anything:
        return done
    fact = Erased(at=now, by=OPERATOR, facts=done.facts, messages=done.messages)
    head, links = timeline.chained(stored.ticket.id, stored.head, (fact,))
    ticket = apply(stored.ticket, fact)
    emission = Emission(ledger=Ledger(conn, now))
    emission.ledger.enter(ticket, head, links, running(ticket))
    effects = _drawn_anew(ticket, erasing.cards(conn, ticket.id))
    emission.emit(f"{ticket.id}:{head.seq}", ticket, effects)
    emission.flush()
    return done


def _drawn_anew(ticket: Ticket, cards: Sequence[str]) -> list[AnyEffect]:
    """Whatever shows words of a ticket elsewhere."""
    slots = [card for card in (Card(slot="card:support"), Card(slot="card:escalation")) if card.slot in cards]
    changes = [TrackerEntry(number=change.number) for change in ticket.code_changes]
    reminders = [Reminder(number=workaround.number) for workaround in ticket.workarounds]
    return [*slots, SheetRow(), *changes, *reminders]
