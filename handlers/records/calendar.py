"""The calendar as .ics files that any calendar program takes in."""

import asyncio
from pathlib import Path

from bot.reverts import Revert
from handlers.records.files import disk_or_not_sent, replace

FOLDER = "reminders"


class FileCalendar:
    """`reminders/SUP-12-workaround-1.ics` in `directory`; times in the zone of whoever carries it, or in `zone` (IANA)."""

    def __init__(self, directory: Path, zone: str) -> None:
        self._folder, self._zone = directory / FOLDER, zone

    async def remind(self, revert: Revert) -> str:
        """Write the appointment; its path within the records."""
        name = f"{revert.name}.ics"
        with disk_or_not_sent():
            await asyncio.to_thread(self._write, name, revert)
        return f"{FOLDER}/{name}"

    def _write(self, name: str, revert: Revert) -> None:
        # Imported when the first one is written: it would slow every start down.
        from bot.invitation import invitation

        content = invitation(revert, self._zone)
        replace(self._folder / name, lambda path: _fill(path, content))


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)
