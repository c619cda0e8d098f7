"""A table of products as people send it: CSV in any usual encoding, or XLSX, read into rows of text.

An XLSX file is a ZIP of XML: a small one can open into gigabytes. So the sizes that it declares are looked at before
anything is unpacked (nothing unpacks to more than it declares), only the first sheet is read, row by row, and reading
ends at ROW_LIMIT rows of COLUMN_LIMIT cells.
"""

import csv
import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
from django.utils.translation import gettext as _

from haowu.ground import inputs
from haowu.ground.tables import safe
from merchants.importing.columns import places_of
from merchants.refusals import SheetInvalid, SheetTooLong

ROW_LIMIT = 10_000
"""Rows of goods, without the head."""
LINES_LIMIT = 5 * ROW_LIMIT
"""Empty ones too."""
COLUMN_LIMIT = 60
CELL_LIMIT = 4_000
"""Characters of a cell that are read; what is longer is refused where it is judged."""
BYTES_LIMIT = 5 * 1024 * 1024
UNPACKED_LIMIT = 30 * 1024 * 1024
ENTRIES_LIMIT = 500
DELIMITERS = (",", "\t", ";")
IS_ZIP = b"PK\x03\x04"
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    SyntaxError,
    OSError,
    EOFError,
)
"""What readers of ZIP, XML and spreadsheets raise at what is none."""


@dataclass(frozen=True)
class Sheet:
    """``rows`` are numbered as a spreadsheet numbers them; those without a cell are left out."""

    head: list[str]
    rows: list[tuple[int, list[str]]]

    @property
    def places(self) -> dict[str, int]:
        return places_of(self.head)


def read(content: bytes) -> Sheet:
    """SheetInvalid or SheetTooLong say what is wrong with the file as a whole."""
    cells = _xlsx_rows(content) if content.startswith(IS_ZIP) else _csv_rows(content)
    sheet = _sheet(cells)
    places_of(sheet.head)
    if not sheet.rows:
        raise SheetInvalid(why=_("除了列名没有别的行。"))
    return sheet


def packed(sheet: Sheet) -> bytes:
    """For keeping: CSV under gzip, each row at the number that it had."""
    text = io.StringIO()
    writer = csv.writer(text)
    for number, row in [(1, sheet.head), *((n, row) for n, row in sheet.rows)]:
        writer.writerow([number, *row])
    return gzip.compress(text.getvalue().encode(), 1)


def unpacked(content: bytes) -> Sheet:
    rows = csv.reader(io.StringIO(gzip.decompress(bytes(content)).decode(), newline=""))
    (_number, *head), *others = rows
    return Sheet(head, [(int(number), row) for number, *row in others])


def _sheet(cells: Iterable[Sequence[str]]) -> Sheet:
    head: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    for number, row in enumerate(cells, 1):
        if number > LINES_LIMIT:
            raise SheetTooLong(limit=ROW_LIMIT)
        if not any(cell.strip() for cell in row):
            continue
        if not head:
            head = _without_empty_end([cell.strip() for cell in row])
        elif len(rows) == ROW_LIMIT:
            raise SheetTooLong(limit=ROW_LIMIT)
        else:
            rows.append((number, [_unescaped(cell) for cell in [*row, *[""] * len(head)][: len(head)]]))
    return Sheet(head, rows)


def _without_empty_end(cells: list[str]) -> list[str]:
    filled = [place for place, cell in enumerate(cells) if cell]
    return cells[: filled[-1] + 1]


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    try:
        text = inputs.decoded(content)
    except inputs.InputInvalid as error:
        raise SheetInvalid(why=error.why) from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    try:
        for row in reader:
            yield [cell[: CELL_LIMIT + 1] for cell in row[:COLUMN_LIMIT]]
    except csv.Error as error:
        raise SheetInvalid(why=_("第 {line} 行不是有效的 CSV。").format(line=reader.line_num)) from error


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            entries = parts.infolist()
        if len(entries) > ENTRIES_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
            raise SheetTooLong(limit=ROW_LIMIT)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_col=COLUMN_LIMIT, values_only=True):
            yield [_text_of(value)[: CELL_LIMIT + 1] for value in row]
    except UNREADABLE as error:
        raise SheetInvalid(why=_("不是可读的 XLSX。请在表格软件里另存一次，或改用 CSV。")) from error


def _text_of(value: Any) -> str:
    """A cell as somebody would have typed it: 129.0 as ``129``, 129.9 without the noise of a float."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        case date():
            return value.isoformat()
    return str(value)


def _unescaped(cell: str) -> str:
    """``'=a`` → ``=a``, as our own files lead what would be a formula; an apostrophe of another meaning stays."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and safe(cell[1:]) == cell else cell
