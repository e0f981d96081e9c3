"""The records room: sheet, tracker and calendar behind the one way out that delivery knows."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from bot.ending import end
from bot.in_force import InForce
from bot.ports import Job, NotSent, Sent
from bot.reverts import revert_of
from handlers.records.calendar import FileCalendar
from handlers.records.columns import client_name, person_name, row
from handlers.records.ports import Calendar, Entry, Sheet, Tracker
from handlers.records.sheet import FileSheet
from handlers.records.tracker import FileTracker
from policies.effects import Reminder, SheetRow, TrackerEntry
from policies.ticket import Ticket

KINDS = frozenset({"sheet", "tracker", "reminder"})

log = logging.getLogger(__name__)


class Archive(Protocol):
    """Every ticket there is, for the sheet at the start."""

    def all_tickets(self) -> AsyncIterator[Ticket]:
        """Each ticket with its messages, oldest first."""
        ...


class RecordsRoom:
    """Keeps the Support Issues Sheet, the tracker and the reminders in `directory`; other ones may be handed in."""

    kinds = KINDS

    def __init__(
        self,
        directory: Path,
        board: Archive,
        in_force: InForce,
        *,
        sheet: Sheet | None = None,
        tracker: Tracker | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        self._board, self._in_force = board, in_force
        self._sheet: Sheet = sheet or FileSheet(directory, in_force.office.zone)
        self._tracker: Tracker = tracker or FileTracker(directory)
        self._calendar: Calendar = calendar or FileCalendar(directory, in_force.office.zone)
        self._filling: asyncio.Task[None] | None = None

    @property
    def sender(self) -> "RecordsRoom":
        """The room is its own sender."""
        return self

    async def start(self) -> None:
        """Begin to fill the sheet with every ticket; it goes on beside everything else."""
        self._filling = asyncio.get_running_loop().create_task(self._fill())

    async def stop(self) -> None:
        """Write what is not written yet."""
        if self._filling is not None:
            await end(self._filling)
            with contextlib.suppress(asyncio.CancelledError):
                await self._filling
        await self._sheet.close()

    async def send(self, job: Job) -> Sent:
        """Make the record of one effect true; as often as asked, it stands there once. Raises NotSent."""
        if job.ticket is None:
            raise NotSent("there is no request to be recorded")
        match job.effect:
            case SheetRow():
                await self._sheet.put(row(job.ticket, self._in_force.office))
                return Sent()
            case TrackerEntry(number=number):
                return Sent(external_id=await self._tracker.log(self._entry(job.ticket, number)))
            case Reminder(number=number):
                return await self._remind(job, job.ticket, number)
            case other:
                raise NotSent(f"the records do not know {other.kind}")

    async def look_up(self, job: Job) -> Sent | None:
        """Nothing to read back: writing a record again changes nothing."""
        del job
        return None

    async def _fill(self) -> None:
        rows = [row(ticket, self._in_force.office) async for ticket in self._board.all_tickets()]
        await self._sheet.fill(tuple(rows))

    def _entry(self, ticket: Ticket, number: int) -> Entry:
        change = next((change for change in ticket.code_changes if change.number == number), None)
        if change is None:
            raise NotSent(f"{ticket.ref} has no code change {number}")
        return Entry(
            id=change.entry,
            ref=ticket.ref,
            client=client_name(ticket, self._in_force.office),
            summary=change.summary,
            urgent=change.urgent,
            scope=change.scope,
            developer=person_name(ticket.developer, self._in_force.office),
        )

    async def _remind(self, job: Job, ticket: Ticket, number: int) -> Sent:
        try:
            revert = revert_of(ticket, number, self._in_force.office.roster, job.first_at)
        except LookupError as error:
            raise NotSent(str(error)) from error
        return Sent(external_id=await self._calendar.remind(revert)) if revert is not None else Sent()
