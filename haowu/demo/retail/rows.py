"""Reading the export: each physical line becomes a row or a refusal that names it. Nothing is written anywhere.

Row numbers are the file's line numbers as an editor shows them: the header is 1. A row stands on one line, so that a
quote left open spoils that row alone.
"""

import csv
import gzip
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from haowu.demo.retail.reasons import RowRefused
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.inputs import MAX_AMOUNT_FEN
from haowu.ground.money import fen_from_yuan

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
NOT_GOODS = frozenset({"POST", "DOT", "C2", "M", "D", "S", "AMAZONFEE", "BANK CHARGES"})
"""Codes of freight, discounts, fees and manual bookings. They earn no commission (rulebook §3)."""

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


class ExportUnreadable(Refused):
    """The file as a whole cannot be read: nothing was imported."""

    code = "EXPORT_UNREADABLE"
    text = _("{file}：{why}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that can be an order line or a refund. ``quantity`` is positive; ``price_fen`` is for one unit."""

    number: int
    invoice: str
    code: str
    title: str
    quantity: int
    at: datetime
    price_fen: int
    customer: str
    country: str

    @property
    def is_refund(self) -> bool:
        return self.invoice.startswith("C")

    @property
    def amount_fen(self) -> int:
        return self.quantity * self.price_fen


@dataclass(frozen=True, slots=True)
class Refusal:
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
    refused: list[Refusal]


def read(path: Path, *, now: datetime) -> Export:
    """The rows of ``path`` (CSV, plain or gzip). Raises ExportUnreadable where there is no such file or header."""
    lines = _lines(path)
    order = _column_order(path, lines[0] if lines else b"")
    rows, refused = [], []
    for number, line in enumerate(lines[1:], start=2):
        try:
            rows.append(_row(number, _fields(line, order), now))
        except RowRefused as refusal:
            refused.append(Refusal(number, refusal.reason, refusal.message))
    return Export(path, max(len(lines) - 1, 0), rows, refused)


def _lines(path: Path) -> list[bytes]:
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ExportUnreadable(file=path, why=_("gzip 压缩不完整。请重新传送此文件。")) from error
    except OSError as error:
        why = _("{error}。请核对文件名与权限。").format(error=error.strerror)
        raise ExportUnreadable(file=path, why=why) from error
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _column_order(path: Path, header: bytes) -> list[int]:
    """Where each of ``COLUMNS`` stands in the file."""
    try:
        names = [name.strip() for name in header.decode().split(",")]
    except UnicodeDecodeError as error:
        why = _("第 1 行不是 UTF-8 编码。请另存为 UTF-8 的 CSV。")
        raise ExportUnreadable(file=path, why=why) from error
    if sorted(names) != sorted(COLUMNS):
        why = _("第 1 行表头缺少 {missing}，不认识 {unknown}。须恰好为：{columns}。").format(
            missing="、".join(name for name in COLUMNS if name not in names) or "–",
            unknown="、".join(name for name in names if name not in COLUMNS)[:200] or "–",
            columns=",".join(COLUMNS),
        )
        raise ExportUnreadable(file=path, why=why)
    return [names.index(column) for column in COLUMNS]


def _fields(line: bytes, order: list[int]) -> list[str]:
    try:
        fields = next(csv.reader([line.decode().rstrip("\r")], strict=True), [])
    except UnicodeDecodeError:
        raise RowRefused("ROW_NOT_UTF8") from None
    except csv.Error:
        raise RowRefused("ROW_QUOTES_OPEN") from None
    if len(fields) != len(order):
        raise RowRefused("ROW_CUT", found=len(fields), wanted=len(order))
    return [fields[place].strip() for place in order]


def _row(number: int, fields: list[str], now: datetime) -> Row:
    invoice, code, title, quantity, at, price, customer, country = fields
    for column, text in (("InvoiceNo", invoice), ("StockCode", code), ("CustomerID", customer)):
        if (not text and column != "CustomerID") or len(text) > 40 or not text.isprintable():
            raise RowRefused("FIELD_UNREADABLE", field=column, value=text[:40])
    if code.upper() in NOT_GOODS:
        raise RowRefused("NOT_GOODS", value=code)
    units = _units(invoice, quantity)
    price_fen = _price_fen(price)
    if units * price_fen > MAX_AMOUNT_FEN:
        raise RowRefused("AMOUNT_TOO_LARGE")
    return Row(number, invoice, code, _plain(title), units, _moment(at, now), price_fen, customer, country)


@lru_cache(maxsize=10_000)
def _plain(title: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in title).split())


def _units(invoice: str, text: str) -> int:
    """How many were sold or given back. The sign must be that of the invoice: negative on a cancellation alone."""
    if not _WHOLE.fullmatch(text):
        raise RowRefused("FIELD_UNREADABLE", field="Quantity", value=text[:40])
    quantity = int(text)
    if invoice.startswith("C"):
        if quantity >= 0:
            raise RowRefused("REFUND_NOT_NEGATIVE", value=quantity)
        return -quantity
    if quantity <= 0:
        raise RowRefused("QUANTITY_NOT_POSITIVE", value=quantity)
    return quantity


@lru_cache(maxsize=20_000)
def _price_fen(text: str) -> int:
    """Yuan to fen, half a fen up."""
    if not _DECIMAL.fullmatch(text):
        raise RowRefused("FIELD_UNREADABLE", field="UnitPrice", value=text[:40])
    price_fen = fen_from_yuan(text)
    if price_fen <= 0:
        raise RowRefused("PRICE_NOT_POSITIVE", value=text)
    return price_fen


@lru_cache(maxsize=1000)
def _moment(text: str, now: datetime) -> datetime:
    try:
        if not _MINUTE.fullmatch(text):
            raise ValueError(text)
        at = datetime.fromisoformat(text).replace(tzinfo=days.SHANGHAI)
    except ValueError:
        raise RowRefused("FIELD_UNREADABLE", field="InvoiceDate", value=text[:40]) from None
    if at > now:
        raise RowRefused("DATE_IN_FUTURE", value=text)
    if at < days.BEGINNING:
        raise RowRefused("FIELD_UNREADABLE", field="InvoiceDate", value=text)
    return at
