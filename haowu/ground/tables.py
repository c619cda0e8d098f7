"""Tables as files that spreadsheets open as they are: CSV (UTF-8 with a byte-order mark) and XLSX.

Money takes two columns: yuan with two decimals for people, whole fen for programs. Nothing passes through a float: yuan
are ``Decimal``, and an amount beyond the 15 digits that a spreadsheet keeps is written as text. Text that a spreadsheet
would run as a formula is led by an apostrophe in both kinds of file.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from haowu.ground.money import yuan

FORMULA_STARTS = frozenset("=+-@")
"""Of full width and in small forms too: spreadsheets of East Asia read ``＝`` as ``=``."""
UNSEEN = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
"""Categories of characters that spreadsheets pass over before a formula: spaces, tabs, zero-width characters."""
BOM = "\ufeff"
"""Without it spreadsheets read UTF-8 as something else."""
EXACT_FEN = 10**15
"""Up to here a spreadsheet keeps every fen."""
SHEET_ROWS = 1_000_000
"""Rows of one sheet; the format ends at 1,048,576."""


@dataclass(frozen=True)
class Column:
    """``label`` may be a lazy text. ``is_money``: cells are whole fen."""

    label: Any
    is_money: bool = False
    width: int = 14


@dataclass(frozen=True)
class Table:
    """``rows`` hold a cell for each column (text, whole numbers, days, None), read once; ``note`` stands above."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = field(default="")


def csv_lines(tables: Iterable[Table]) -> Iterator[str]:
    """``tables`` one below the other, an empty row between them. One text a row, so that it can be streamed."""
    writer = csv.writer(_Echo())
    for number, table in enumerate(tables):
        yield "\r\n" if number else BOM
        if table.note:
            yield writer.writerow([safe(table.note)])
        yield writer.writerow(_head(table))
        for row in table.rows:
            yield writer.writerow(_csv_cells(table.columns, row))


def xlsx_file(tables: Iterable[Table]) -> IO[bytes]:
    """A temporary file with a sheet for each table, more where a table is longer than a sheet; at its start."""
    file = TemporaryFile()  # noqa: SIM115 -- the caller closes it, as a FileResponse does
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    formats = {
        "head": book.add_format({"bold": True}),
        "yuan": book.add_format({"num_format": "#,##0.00"}),
        "fen": book.add_format({"num_format": "0"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for table in tables:
        _write_sheets(book, table, formats)
    book.close()
    file.seek(0)
    return file


def safe(text: str) -> str:
    """What would start a formula is shown with an apostrophe before it; so is what begins with a tab or a new line."""
    seen = next((each for each in text if unicodedata.category(each) not in UNSEEN), "")
    is_formula = unicodedata.normalize("NFKC", seen) in FORMULA_STARTS
    return f"'{text}" if is_formula or text.startswith(("\t", "\r", "\n")) else text


def plain_yuan(fen: int) -> str:
    """123456 → ``1234.56``, without the commas that people read."""
    return yuan(fen).replace(",", "")


class _Echo:
    """A file whose ``write`` hands the text back, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def _head(table: Table) -> list[str]:
    return [label for column in table.columns for label in _labels(column)]


def _labels(column: Column) -> list[str]:
    if not column.is_money:
        return [str(column.label)]
    return [_("{label}（元）").format(label=column.label), _("{label}（分）").format(label=column.label)]


def _csv_cells(columns: Sequence[Column], row: Sequence[Any]) -> Iterator[Any]:
    for column, cell in zip(columns, row, strict=True):
        if column.is_money:
            yield from ("", "") if cell is None else (plain_yuan(cell), cell)
        else:
            yield safe(cell) if isinstance(cell, str) else cell


def _write_sheets(book: Any, table: Table, formats: dict[str, Any]) -> None:
    sheet, place, sheets = None, 0, 0
    for row in table.rows:
        if sheet is None or place >= SHEET_ROWS:
            sheets += 1
            sheet, place = _new_sheet(book, table, sheets, formats)
        _write_row(sheet, place, table.columns, row, formats)
        place += 1
    if sheet is None:
        _new_sheet(book, table, 1, formats)


def _new_sheet(book: Any, table: Table, number: int, formats: dict[str, Any]) -> tuple[Any, int]:
    """A sheet with note and head, and the place of its first row."""
    sheet = book.add_worksheet(table.title[:27] if number == 1 else f"{table.title[:27]} {number}")
    index = 0
    for column in table.columns:
        for _label in _labels(column):
            sheet.set_column(index, index, column.width)
            index += 1
    place = 0
    if table.note:
        sheet.write_string(0, 0, safe(table.note))
        place = 1
    for index, label in enumerate(_head(table)):
        sheet.write_string(place, index, label, formats["head"])
    sheet.freeze_panes(place + 1, 0)
    return sheet, place + 1


def _write_row(sheet: Any, place: int, columns: Sequence[Column], row: Sequence[Any], formats: dict[str, Any]) -> None:
    index = 0
    for column, cell in zip(columns, row, strict=True):
        if column.is_money:
            _write_money(sheet, place, index, cell, formats)
            index += 2
            continue
        if isinstance(cell, str):
            sheet.write_string(place, index, safe(cell))
        elif isinstance(cell, date):
            sheet.write_datetime(place, index, cell, formats["day"])
        elif cell is not None:
            sheet.write_number(place, index, cell)
        index += 1


def _write_money(sheet: Any, place: int, index: int, fen: int | None, formats: dict[str, Any]) -> None:
    if fen is None:
        return
    if abs(fen) < EXACT_FEN:
        sheet.write_number(place, index, Decimal(fen).scaleb(-2), formats["yuan"])
        sheet.write_number(place, index + 1, fen, formats["fen"])
    else:
        sheet.write_string(place, index, plain_yuan(fen))
        sheet.write_string(place, index + 1, str(fen))
