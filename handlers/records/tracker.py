"""The tracker as pages: one Markdown file for each code change, and an index of all of them."""

import asyncio
import re
from pathlib import Path

from handlers.records.files import disk_or_not_sent, replace
from handlers.records.ports import Entry
from policies.markup import clean

FOLDER = "tracker"
SUMMARY = 3_000
"""Characters of a summary that the page keeps."""
SCOPES = {"site": "one site", "client": "the whole client", "all": "all clients"}


class FileTracker:
    """`tracker/CHG-12-1.md` and `tracker/index.md` in `directory`; the index is read from the pages."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / FOLDER
        self._one_at_a_time = asyncio.Lock()

    async def log(self, entry: Entry) -> str:
        """Write the entry's page and the index; the path of the page within the records."""
        async with self._one_at_a_time:
            with disk_or_not_sent():
                return await asyncio.to_thread(self._write, entry)

    def _write(self, entry: Entry) -> str:
        name = re.sub(r"[^A-Za-z0-9_-]", "-", entry.id) + ".md"
        text = page(entry)
        replace(self._folder / name, lambda path: _fill(path, text))
        pages = [path for path in self._folder.glob("*.md") if path.name != "index.md"]
        index = "# Code changes\n\n" + "".join(f"- {_line(path)}\n" for path in sorted(pages, key=_by_number))
        replace(self._folder / "index.md", lambda path: _fill(path, index))
        return f"{FOLDER}/{name}"


def page(entry: Entry) -> str:
    """The page of an entry, as Markdown in which nobody's words are markup."""
    summary = clean(entry.summary, SUMMARY)
    quoted = "\n".join(f"    {line}" for line in summary.split("\n"))
    path = "Hotfix: at once" if entry.urgent else "Planned with the next release"
    return (
        f"# {entry.id}: {plain(summary)}\n\n"
        f"- Request: {plain(entry.ref)}\n"
        f"- Client: {plain(entry.client)}\n"
        f"- Concerns: {SCOPES.get(entry.scope, 'not recorded')}\n"
        f"- Path: {path}\n"
        f"- Developer: {plain(entry.developer) or 'not assigned'}\n"
        f"\n{quoted}\n"
    )


def plain(text: str) -> str:
    """One line of Markdown that says these words and does nothing else."""
    line = " ".join(text.split())[:120]
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~&])", r"\\\1", line)


def _fill(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _line(path: Path) -> str:
    heading = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    number, _, words = heading.partition(": ")
    return f"[{number}]({path.name}): {words}"


def _by_number(path: Path) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", path.stem)]
