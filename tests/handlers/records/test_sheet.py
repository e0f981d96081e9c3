"""The Support Issues Sheet: every request, always current, and nobody's words are ever a formula."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.in_force import InForce
from bot.ports import NotSent
from handlers.records import workbook
from handlers.records.columns import COLUMNS, row
from handlers.records.ports import Row
from handlers.records.room import RecordsRoom
from handlers.records.workbook import guarded, headings, write_csv, write_xlsx
from policies.effects import Home, SheetRow
from policies.ticket import Stage, Ticket
from tests.handlers.records import cast


class Archive:
    """The tickets there are at the start."""

    def __init__(self, *tickets: Ticket) -> None:
        self._tickets = tickets

    async def all_tickets(self) -> AsyncIterator[Ticket]:
        """Each of them."""
        for ticket in self._tickets:
            yield ticket


def _read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _read_xlsx(path: Path) -> list[list[Any]]:
    book = load_workbook(path)
    try:
        return [[cell.value for cell in line] for line in book.active.iter_rows()]
    finally:
        book.close()


def _both(directory: Path) -> tuple[list[str], list[str]]:
    """The references that stand in each file."""
    lines = _read_csv(directory / "support-issues.csv")[1:]
    rows = _read_xlsx(directory / "support-issues.xlsx")[1:]
    return [line[0] for line in lines], [str(cells[0]) for cells in rows]


def _column(name: str) -> int:
    return [column.name for column in COLUMNS].index(name)


def test_a_whole_life_stands_in_one_row_in_the_desks_zone(tmp_path: Path) -> None:
    """Every column of a closed request, people by name, moments in Karachi's time."""
    write_csv(tmp_path / "sheet.csv", [row(cast.lived(), cast.office())], "Asia/Karachi")

    head, line = _read_csv(tmp_path / "sheet.csv")
    assert dict(zip(head, line, strict=True)) == {
        "Reference": "SUP-12",
        "Opened (Asia/Karachi)": "2026-11-18 14:00:00",
        "Client": "Example Retail",
        "Stage": "Closed",
        "Outcome": "Fixed",
        "New work": "",
        "Severity": "S2, urgent",
        "Severity set by": "Lee Lead",
        "Request": "Printing fails at Harbour Street",
        "Production down": "yes",
        "Author": "Example Retail (U0CASEY001)",
        "Channel": "C0RETAIL01",
        "First response by": "Frontdoor",
        "Owner": "Sam Support",
        "Escalated (Asia/Karachi)": "2026-11-18 14:10:00",
        "Escalated by": "Sam Support",
        "Window": "working hours",
        "SaaS Name": "Till",
        "SaaS URL": "https://till.example-retail.example",
        "Branch": "Harbour Street",
        "Branch Env": "production",
        "Device Type": "printer",
        "Build Version": "Unknown",
        "Issue Platform": "Windows",
        "Issue Detail": "Receipts are empty since 9:00",
        "Acknowledged (Asia/Karachi)": "2026-11-18 14:12:00",
        "Acknowledged by": "Lee Lead",
        "Calls": "2",
        "Assigned (Asia/Karachi)": "2026-11-18 14:15:00",
        "Developer": "Devi Developer",
        "Response due (Asia/Karachi)": "2026-11-18 16:00:00",
        "Response met": "yes",
        "First update (Asia/Karachi)": "2026-11-18 14:35:00",
        "Last update": "Driver replaced",
        "Last estimate (Asia/Karachi)": "2026-11-18 15:35:00",
        "Resolved (Asia/Karachi)": "2026-11-18 15:30:00",
        "Resolution due (Asia/Karachi)": "2026-11-18 15:20:00",
        "Resolution met": "no",
        "Permanent fix due (Asia/Karachi)": "",
        "Resolution": "Driver replaced",
        "Cause": "A driver update",
        "Steps": "Roll back, then replace",
        "Code changes": "CHG-12-1 (urgent): Ask the driver for its version\nCHG-12-2: Log *empty* <receipts>\n# twice",
        "Workarounds": "Old driver pinned (live, carried by Devi Developer until Fri 20 Nov 14:00 PKT)\n"
        "Spooler restarted (live, carried by nobody)",
        "Vendors": "",
        "Confirmed (Asia/Karachi)": "2026-11-18 15:40:00",
        "Confirmed by": "Example Retail (U0CASEY001)",
        "Closed (Asia/Karachi)": "2026-11-18 15:41:00",
        "Times opened": "1",
        "Previous": "",
        "Merged into": "",
    }


def test_whether_a_target_was_met_is_said_once_it_is_known() -> None:
    """Nothing while it runs; a lapse as soon as people were told of it; what meets it first counts."""
    due = cast.OPENED + 60 * cast.MINUTE
    running = replace(cast.ticket(), dues=(("response", due), ("resolution", due)))
    cases = (
        (running, "", ""),
        (replace(running, announced=frozenset({("response", "missed", due)})), "no", ""),
        (replace(running, assigned_at=due), "yes", ""),
        (replace(running, resolved_at=due), "yes", "yes"),
        (replace(running, assigned_at=due + cast.MINUTE), "no", ""),
        (cast.ticket(), "", ""),
    )
    for ticket, response, resolution in cases:
        cells = row(ticket, cast.office()).cells
        assert (cells[_column("Response met")], cells[_column("Resolution met")]) == (response, resolution)


def test_the_workbook_says_the_same_as_the_csv(tmp_path: Path) -> None:
    """Cell by cell; moments are dates for a spreadsheet program, numbers are numbers."""
    rows = [row(cast.lived(), cast.office())]
    write_csv(tmp_path / "sheet.csv", rows, "Asia/Karachi")
    write_xlsx(tmp_path / "sheet.xlsx", rows, "Asia/Karachi")

    head, line = _read_csv(tmp_path / "sheet.csv")
    workbook_head, cells = _read_xlsx(tmp_path / "sheet.xlsx")
    assert workbook_head == head == headings("Asia/Karachi")
    assert ["" if cell is None else str(cell) for cell in cells] == line


HOSTILE = [
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\n=1+1",
    "{=1+1}",
    "https://evil.example",
    "123",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_clients_words_never_become_a_formula_a_link_or_a_number(tmp_path: Path, words: str) -> None:
    """In the workbook they are text; in the .csv a quote stands before what a program would calculate."""
    write_xlsx(tmp_path / "sheet.xlsx", [row(cast.ticket(words=words), cast.office())], "UTC")

    book = load_workbook(tmp_path / "sheet.xlsx")
    cell = book.active.cell(row=2, column=_column("Request") + 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == words.replace("\r", "\n")
    book.close()


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+92 300", "'+92 300"),
        ("-1", "'-1"),
        ("@here", "'@here"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("\n=1", "'\n=1"),
        ("|calc", "'|calc"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_the_csv_guards_what_looks_like_a_formula(words: str, written: str) -> None:
    """And nothing else."""
    assert guarded(words) == written


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("bell\x07 and null\x00 and escape\x1b[0m", "bell and null and escape[0m"),
        ("x" * 12_000, "x" * 12_000),
        ("x" * 40_000, "x" * 32_766 + "…"),
        ("الطابعة لا تعمل", "الطابعة لا تعمل"),
        ("پرنٹر 🖨️ خراب ہے", "پرنٹر 🖨️ خراب ہے"),
        ("line one\r\nline two", "line one\nline two"),
        ("half a \ud83d pair", "half a  pair"),
        ("", ""),
    ],
    ids=["control", "12,000", "too long", "arabic", "urdu with emoji", "lines", "surrogate", "empty"],
)
def test_any_words_can_be_written_and_read_back(tmp_path: Path, words: str, kept: str) -> None:
    """Both files hold them, without what no file format takes."""
    rows = [row(cast.ticket(words=words), cast.office())]
    write_csv(tmp_path / "sheet.csv", rows, "UTC")
    write_xlsx(tmp_path / "sheet.xlsx", rows, "UTC")

    at = _column("Request")
    assert _read_csv(tmp_path / "sheet.csv")[1][at] == kept
    assert (_read_xlsx(tmp_path / "sheet.xlsx")[1][at] or "") == kept


async def test_a_change_stands_in_both_files_when_it_counts_as_sent(tmp_path: Path) -> None:
    """And a later one replaces its row instead of adding another."""
    room = RecordsRoom(tmp_path, Archive(), InForce(cast.office()))
    try:
        await room.send(cast.job(SheetRow(), cast.ticket(12)))
        assert _both(tmp_path) == (["SUP-12"], ["SUP-12"])

        await room.send(cast.job(SheetRow(), cast.ticket(12, stage=Stage.CLOSED)))
        await room.send(cast.job(SheetRow(), cast.ticket(3)))
        assert _both(tmp_path) == (["SUP-3", "SUP-12"], ["SUP-3", "SUP-12"])
        assert _read_csv(tmp_path / "support-issues.csv")[2][_column("Stage")] == "Closed"
    finally:
        await room.stop()


async def test_at_the_start_the_sheet_is_made_of_every_request(tmp_path: Path) -> None:
    """What an earlier process did not write is there, and a newer row is not overwritten by it."""
    room = RecordsRoom(tmp_path, Archive(cast.ticket(1), cast.ticket(2)), InForce(cast.office()))
    await room.start()
    await room.send(cast.job(SheetRow(), cast.ticket(2, stage=Stage.CLAIMED)))
    await room.stop()

    lines = _read_csv(tmp_path / "support-issues.csv")
    assert [(line[0], line[_column("Stage")]) for line in lines[1:]] == [
        ("SUP-1", "New"),
        ("SUP-2", "With support"),
    ]


async def test_many_changes_share_few_writings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred changes at once are written a handful of times, and all of them are there."""
    writings = []

    def counted(path: Path, rows: Iterable[Row], zone: str) -> None:
        listed = list(rows)
        writings.append(len(listed))
        write_csv(path, listed, zone)

    monkeypatch.setattr(workbook, "write_csv", counted)
    room = RecordsRoom(tmp_path, Archive(), InForce(cast.office()))
    await asyncio.gather(*(room.send(cast.job(SheetRow(), cast.ticket(number))) for number in range(1, 201)))
    await room.stop()

    assert writings[-1] == 200
    assert len(writings) <= 5
    assert cast.files(tmp_path) == ["support-issues.csv", "support-issues.xlsx"]


async def test_a_disk_that_refuses_is_tried_again_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delivery hears that it is to be tried again; the row is written with the next change that can be."""
    refusing = [True]

    def moody(path: Path, rows: Iterable[Row], zone: str) -> None:
        if refusing[0]:
            raise OSError(28, "No space left on device")
        write_csv(path, rows, zone)

    monkeypatch.setattr(workbook, "write_csv", moody)
    room = RecordsRoom(tmp_path, Archive(), InForce(cast.office()))
    with pytest.raises(NotSent, match="the records cannot be written: No space left on device") as caught:
        await room.send(cast.job(SheetRow(), cast.ticket(12)))
    assert caught.value.retry_after == 30.0

    refusing[0] = False
    await room.stop()
    assert _both(tmp_path) == (["SUP-12"], ["SUP-12"])


async def test_what_the_room_cannot_do_is_refused_for_good(tmp_path: Path) -> None:
    """No request, no such part, no such kind: a plain reason, and nothing is tried again."""
    room = RecordsRoom(tmp_path, Archive(), InForce(cast.office()))

    for effect, of in ((SheetRow(), None), (Home(user="U0SAM00001"), cast.ticket())):
        with pytest.raises(NotSent) as caught:
            await room.send(cast.job(effect, of))
        assert caught.value.retry_after is None
    assert cast.files(tmp_path) == []
