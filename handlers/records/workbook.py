"""The two files of the sheet: .xlsx for people, .csv for programs. Nobody's words ever become a formula or a link."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter

from handlers.records.columns import COLUMNS, MOMENTS
from handlers.records.files import replace
from handlers.records.ports import Cell, Row
from policies.markup import clean

LONGEST = 32_767
"""Characters that a cell of a spreadsheet holds."""
STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
"""With these a spreadsheet program begins a formula when it reads a .csv."""


def headings(zone: str) -> list[str]:
    """The first line: moments name their zone."""
    return [
        f"{column.name} ({zone})" if index in MOMENTS else column.name for index, column in enumerate(COLUMNS)
    ]


def write_xlsx(path: Path, rows: Iterable[Row], zone: str) -> None:
    """Write the workbook, whole or not at all."""
    replace(path, lambda unfinished: _workbook(unfinished, rows, zone))


def write_csv(path: Path, rows: Iterable[Row], zone: str) -> None:
    """Write the .csv, whole or not at all; UTF-8 with a mark, so that spreadsheet programs read every script."""
    replace(path, lambda unfinished: _csv(unfinished, rows, zone))


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: a quote stands before what looks like one."""
    return f"'{text}" if text.lstrip(" \n").startswith(STARTS) or text.startswith("\n") else text


def _csv(path: Path, rows: Iterable[Row], zone: str) -> None:
    local = ZoneInfo(zone)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings(zone))
        writer.writerows([_text(cell, local) for cell in row.cells] for row in rows)


def _text(cell: Cell, zone: ZoneInfo) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return guarded(clean(cell, LONGEST)) if isinstance(cell, str) else "" if cell is None else str(cell)


def _workbook(path: Path, rows: Iterable[Row], zone: str) -> None:
    local = ZoneInfo(zone)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("Support issues")
        head = book.add_format(
            {"bold": True, "bg_color": "#1f3a4d", "font_color": "#ffffff", "text_wrap": True}
        )
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})
        words = book.add_format({"text_wrap": True, "valign": "top"})
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, column.width)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, headings(zone), head)
        last = 0
        for last, row in enumerate(rows, 1):
            for index, cell in enumerate(row.cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(
                        last, index, cell.astimezone(local).replace(tzinfo=None, microsecond=0), moment
                    )
                elif isinstance(cell, int):
                    sheet.write_number(last, index, cell, words)
                elif cell:
                    sheet.write_string(last, index, clean(cell, LONGEST), words)
        sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)
