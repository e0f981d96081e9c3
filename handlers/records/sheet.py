"""The Support Issues Sheet as two files that are always current: changes close together share one writing."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path

from handlers.records.files import disk_or_not_sent
from handlers.records.ports import Row

REST = 9.0
"""A writing of a long sheet that took one second is followed by nine of rest: a tenth of one processor at most."""
PATIENCE = 2.0
"""Seconds that a change waits for its writing; the writing goes on when it takes longer."""
SHORT, FEW, STEP_BACK = 200, 4, 0.001
"""Rows of a short sheet, rows in one go (a millisecond or two), and seconds that others have after them."""
RETRY = 30.0
"""Seconds after which a failed writing is tried again."""

log = logging.getLogger(__name__)


class FileSheet:
    """`support-issues.xlsx` and `.csv` in `directory`, with moments in `zone` (IANA). Rows are kept in memory."""

    def __init__(self, directory: Path, zone: str) -> None:
        self._directory, self._zone = directory, zone
        self._rows: dict[int, Row] = {}
        self._changed, self._closing = asyncio.Event(), asyncio.Event()
        self._unwritten = False
        self._next: asyncio.Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def fill(self, rows: tuple[Row, ...]) -> None:
        """Know every request; rows that came in meanwhile are newer and stay."""
        self._rows = {row.ticket: row for row in rows} | self._rows
        self._mark()

    async def put(self, row: Row) -> None:
        """Make one row true: at most two seconds later it stands in the files, unless the sheet is very long."""
        self._rows[row.ticket] = row
        written = self._mark()
        with disk_or_not_sent(), contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(written), PATIENCE)

    async def close(self) -> None:
        """Write what is not written yet, and stop."""
        self._closing.set()
        if self._writer is not None:
            self._changed.set()
            await self._writer
            self._writer = None

    def _mark(self) -> asyncio.Future[None]:
        """Ask for a writing; what to wait for."""
        loop = asyncio.get_running_loop()
        if self._next is None:
            self._next = loop.create_future()
            self._next.add_done_callback(_seen)
        self._unwritten = True
        self._changed.set()
        if self._writer is None:
            self._writer = loop.create_task(self._write_until_closed())
        return self._next

    async def _write_until_closed(self) -> None:
        clock = asyncio.get_running_loop()
        while not self._closing.is_set():
            began = clock.time()
            failed = await self._write() if self._unwritten else None
            rest = (clock.time() - began) * REST if len(self._rows) > SHORT else 0
            await self._rest(RETRY if failed else rest)
            await self._changed.wait()
        if self._unwritten:
            await self._write()

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _write(self) -> OSError | None:
        """Write all rows as they are now; what was waited for is done, or has the error."""
        waiting, self._next = self._next, None
        self._unwritten = False
        self._changed.clear()
        rows = tuple(self._rows[ticket] for ticket in sorted(self._rows))
        try:
            await asyncio.to_thread(self._write_both, rows)
        except OSError as error:
            log.error("the Support Issues Sheet cannot be written: %s", error)
            self._unwritten = True
            self._changed.set()
            _settle(waiting, error)
            return error
        _settle(waiting, None)
        return None

    def _write_both(self, rows: tuple[Row, ...]) -> None:
        # Imported by the first writing, in its thread: it would slow every start down.
        from handlers.records import workbook

        workbook.write_csv(self._directory / "support-issues.csv", _gently(rows), self._zone)
        workbook.write_xlsx(self._directory / "support-issues.xlsx", _gently(rows), self._zone)


def _gently(rows: tuple[Row, ...]) -> Iterator[Row]:
    """The rows; in a long sheet the thread steps back after every few, so that answering a client never waits for it."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % FEW == 0 and len(rows) > SHORT:
            time.sleep(STEP_BACK)


def _settle(waiting: asyncio.Future[None] | None, error: OSError | None) -> None:
    if waiting is None or waiting.done():
        return
    if error is None:
        waiting.set_result(None)
    else:
        waiting.set_exception(error)


def _seen(done: asyncio.Future[None]) -> None:
    """An error that nobody waits for any more was logged where it happened."""
    if not done.cancelled():
        done.exception()
