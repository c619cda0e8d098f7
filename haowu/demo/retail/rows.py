"""Reading the export: each physical line becomes a row or a refusal that names it. Nothing is written anywhere.

Row numbers are the file's line numbers as an editor shows them: the header is 1. A row stands on one line, so that a
quote left open spoils that row alone. Columns stand in any order, cells in quotes or not, between commas, semicolons or
tabs; the file is UTF-8, with or without a byte order mark, or GBK.
"""

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from haowu.demo.retail.reasons import RowRefused
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.money import line_fen

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
NOT_GOODS = frozenset({"POST", "DOT", "C2", "M", "D", "S", "AMAZONFEE", "BANK CHARGES"})
"""Codes of freight, discounts, fees and manual bookings. They earn no commission (rulebook §3)."""

DELIMITERS = ",;\t"
CODE_LENGTH, NAME_LENGTH = 40, 120
MAX_QUANTITY = 10**9 - 1

Pricing = Callable[[Decimal], Decimal]
"""The yuan of one unit, from what the file says."""

_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,12})?")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


class ExportUnreadable(Refused):
    """The file as a whole cannot be read: nothing was imported."""

    code = "EXPORT_UNREADABLE"
    text = _("{file}：{why}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be an order line or a refund. ``quantity`` is positive.

    ``price_fen`` is for one unit, at least a fen; ``amount_fen`` is for the whole row, which a unit's fen cannot give:
    units may cost less than one.
    """

    number: int
    invoice: str
    code: str
    title: str
    quantity: int
    at: datetime
    price_fen: int
    amount_fen: int
    customer: str
    country: str

    @property
    def is_refund(self) -> bool:
        return self.invoice.startswith("C")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not imported, and why."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class Export:
    """``count`` rows of ``path``: every one is in ``rows`` or in ``refused``."""

    path: Path
    count: int
    rows: list[Row]
    refused: list[RefusedRow]


def read(path: Path, *, now: datetime, price: Pricing | None = None) -> Export:
    """The rows of ``path`` (CSV, plain or gzip), their unit prices turned into yuan by ``price``, else as they are.

    Raises ExportUnreadable where there is no such file or header.
    """
    content = _content(path)
    encoding = _encoding(content)
    lines = content.split(b"\n")
    lines = lines if lines[-1] else lines[:-1]
    layout = _layout(path, lines[0] if lines else b"", encoding)
    rows, refused = [], []
    for number, line in enumerate(lines[1:], start=2):
        try:
            rows.append(_row(number, _fields(line, layout), now, price))
        except RowRefused as refusal:
            refused.append(RefusedRow(number, refusal.reason, refusal.message))
    return Export(path, max(len(lines) - 1, 0), rows, refused)


@dataclass(frozen=True)
class _Layout:
    """How the file is written: ``order`` is where each of COLUMNS stands in it."""

    encoding: str
    delimiter: str
    order: list[int]


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ExportUnreadable(file=path, why=_("gzip 压缩不完整。请重新传送此文件。")) from error
    except OSError as error:
        why = _("{error}。请核对文件名与权限。").format(error=error.strerror)
        raise ExportUnreadable(file=path, why=why) from error
    return content.removeprefix(codecs.BOM_UTF8)


def _encoding(content: bytes) -> str:
    """GB 18030 for a file that reads as such and in which nearly all of it is common Chinese, else UTF-8.

    One line of Latin-1 in a file of UTF-8 reads as GB 18030 too: it is refused by itself, not read as Chinese.
    """
    try:
        content.decode()
    except UnicodeDecodeError:
        try:
            content.decode("gb18030")
        except UnicodeDecodeError:
            return "utf-8"
        common = content.decode("gb2312", "replace")
        return "gb18030" if len(_CHINESE.findall(common)) > 10 * common.count("\ufffd") else "utf-8"
    return "utf-8"


def _layout(path: Path, header: bytes, encoding: str) -> _Layout:
    try:
        text = header.decode(encoding).rstrip("\r")
    except UnicodeDecodeError as error:
        why = _("第 1 行不是 UTF-8 编码。请另存为 UTF-8 的 CSV。")
        raise ExportUnreadable(file=path, why=why) from error
    for delimiter in DELIMITERS:
        names = _cells(text, delimiter)
        if names and sorted(names) == sorted(COLUMNS):
            return _Layout(encoding, delimiter, [names.index(column) for column in COLUMNS])
    names = _cells(text, DELIMITERS[0]) or []
    why = _("第 1 行表头缺少 {missing}，不认识 {unknown}。须恰好为：{columns}。").format(
        missing="、".join(name for name in COLUMNS if name not in names) or "–",
        unknown=inputs.printable("、".join(name for name in names if name not in COLUMNS)[:200]) or "–",
        columns=",".join(COLUMNS),
    )
    raise ExportUnreadable(file=path, why=why)


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line, out of their quotes; None where a quote is left open."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error:
        return None


def _fields(line: bytes, layout: _Layout) -> list[str]:
    try:
        fields = _cells(line.decode(layout.encoding).rstrip("\r"), layout.delimiter)
    except UnicodeDecodeError:
        raise RowRefused("ROW_NOT_UTF8") from None
    if fields is None:
        raise RowRefused("ROW_QUOTES_OPEN")
    if len(fields) != len(layout.order):
        raise RowRefused("ROW_CUT", found=len(fields), wanted=len(layout.order))
    return [fields[place] for place in layout.order]


def _row(number: int, fields: list[str], now: datetime, price: Pricing | None) -> Row:
    invoice, code, title, quantity, at, written, customer, country = fields
    _check("InvoiceNo", invoice, CODE_LENGTH)
    _check("StockCode", code, CODE_LENGTH)
    if customer:
        _check("CustomerID", customer, CODE_LENGTH)
    if country:
        _check("Country", country, NAME_LENGTH)
    if code.upper() in NOT_GOODS:
        raise RowRefused("NOT_GOODS", value=code)
    units = _units(invoice, quantity)
    unit_yuan = _unit_yuan(written, price)
    amount_fen = line_fen(unit_yuan, units)
    if not amount_fen:
        raise RowRefused("PRICE_NOT_POSITIVE", value=f"{units} × {written}")
    if amount_fen > inputs.MAX_AMOUNT_FEN:
        raise RowRefused("AMOUNT_TOO_LARGE")
    price_fen = max(1, line_fen(unit_yuan, 1))
    return Row(number, invoice, code, _plain(title), units, _moment(at, now), price_fen, amount_fen, customer, country)


def _check(column: str, value: str, max_length: int) -> None:
    try:
        inputs.text(value, max_length=max_length)
    except inputs.InputInvalid:
        raise _unreadable(column, value) from None


def _unreadable(column: str, value: str) -> RowRefused:
    return RowRefused("FIELD_UNREADABLE", field=column, value=inputs.printable(value[:CODE_LENGTH]))


@lru_cache(maxsize=10_000)
def _plain(title: str) -> str:
    return " ".join("".join(mark if inputs.is_storable(mark) else " " for mark in title).split())


def _units(invoice: str, text: str) -> int:
    """How many were sold or given back. The sign must be that of the invoice: negative on a cancellation alone."""
    try:
        quantity = inputs.whole_text(text, low=-MAX_QUANTITY, high=MAX_QUANTITY)
    except inputs.InputInvalid:
        raise _unreadable("Quantity", text) from None
    if invoice.startswith("C"):
        if quantity >= 0:
            raise RowRefused("REFUND_NOT_NEGATIVE", value=quantity)
        return -quantity
    if quantity <= 0:
        raise RowRefused("QUANTITY_NOT_POSITIVE", value=quantity)
    return quantity


@lru_cache(maxsize=20_000)
def _unit_yuan(text: str, price: Pricing | None) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise _unreadable("UnitPrice", text)
    unit_yuan = Decimal(text)
    if unit_yuan <= 0:
        raise RowRefused("PRICE_NOT_POSITIVE", value=text)
    return price(unit_yuan) if price else unit_yuan


@lru_cache(maxsize=1000)
def _moment(text: str, now: datetime) -> datetime:
    try:
        if not _MINUTE.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(text).replace(tzinfo=days.SHANGHAI)
    except ValueError:
        raise _unreadable("InvoiceDate", text) from None
    if at > now:
        raise RowRefused("DATE_IN_FUTURE", value=text)
    if at < days.BEGINNING:
        raise _unreadable("InvoiceDate", text)
    return at
