"""An upstream file of orders and settlements, read row by row.

CSV with a header that names, in any order::

    order_no, line_no, paid_fen, refunded_fen, commission_fen, settled_on

Amounts are whole fen ≥ 0; ``commission_fen`` is the streamer's gross commission; ``settled_on`` is ``2024-06-09``, or
empty while a line has not settled. Other columns are passed over, in whatever encoding they are.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.errors import Refused
from haowu.ground.money import MAX_FEN

COLUMNS = ("order_no", "line_no", "paid_fen", "refunded_fen", "commission_fen", "settled_on")


class FileUnreadable(Refused):
    code = "FILE_UNREADABLE"
    text = _("无法读取 {file}：{error}。请检查路径，并另存为 UTF-8 编码的 CSV。")


class HeaderWrong(Refused):
    code = "HEADER_WRONG"
    text = _("表头缺少 {missing}。第一行须包含：order_no,line_no,paid_fen,refunded_fen,commission_fen,settled_on。")


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be compared: its number in the file (the header is 1), and what to do about it."""

    row_no: int
    code: str
    message: str


class _Wrong(Exception):
    def __init__(self, code: str, sentence: Any, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.message = code, str(sentence).format(**facts)


def digest_of(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(file=file, error=error.strerror) from error


def rows_of(file: Path) -> Iterator[dict[str, Any] | BadRow]:
    """Each row as columns with ``row_no``, or what is wrong with it. Blank rows are passed over.

    Raises FileUnreadable and HeaderWrong.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as content:
            yield from _rows(csv.reader(content, strict=True))
    except OSError as error:
        raise FileUnreadable(file=file, error=error.strerror) from error
    except csv.Error as error:
        raise FileUnreadable(file=file, error=error) from error


def _rows(reader: Any) -> Iterator[dict[str, Any] | BadRow]:
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise HeaderWrong(missing=", ".join(missing))
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            if len(cells) != len(header):
                raise _Wrong(
                    "CELLS_WRONG", _("有 {n} 列，表头有 {m} 列。请补齐或删去多余的列。"), n=len(cells), m=len(header)
                )
            yield {"row_no": reader.line_num} | _row(dict(zip(header, cells, strict=True)))
        except _Wrong as wrong:
            yield BadRow(reader.line_num, wrong.code, wrong.message)


def _row(cells: dict[str, str]) -> dict[str, Any]:
    order_no = cells["order_no"].strip()
    try:
        inputs.text(order_no, max_length=64)
    except inputs.InputInvalid:
        raise _Wrong("ORDER_NO_WRONG", _("订单号须为 1 至 64 个字符。请填写订单号。")) from None
    row: dict[str, Any] = {
        "order_no": order_no,
        "line_no": _whole(cells, "line_no", inputs.MAX_WHOLE),
        "paid_fen": _whole(cells, "paid_fen"),
        "refunded_fen": _whole(cells, "refunded_fen"),
        "commission_fen": _whole(cells, "commission_fen"),
        "settled_on": _day(cells["settled_on"].strip()),
    }
    if row["refunded_fen"] > row["paid_fen"]:
        raise _Wrong("REFUND_EXCEEDS_PAYMENT", _("refunded_fen 大于 paid_fen。请核对退款。"))
    return row


def _whole(cells: dict[str, str], name: str, most: int = MAX_FEN) -> int:
    text = cells[name].strip()
    try:
        return inputs.whole_text(text, high=most)
    except inputs.InputInvalid:
        raise _Wrong(
            "NUMBER_WRONG",
            _("{name} 为「{text}」，须为不小于 0 的整数（金额以分计）。请改正。"),
            name=name,
            text=inputs.printable(text[:40]),
        ) from None


def _day(text: str) -> date | None:
    try:
        return inputs.day(text) if text else None
    except inputs.InputInvalid:
        raise _Wrong(
            "DAY_WRONG",
            _("settled_on 为「{text}」，须为 2024-06-09 这样的日期，未结算留空。请改正。"),
            text=inputs.printable(text[:40]),
        ) from None
