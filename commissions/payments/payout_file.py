"""The channels by which a batch reaches a bank, and the one that is a file. No rows, no clock.

Both files are CSV with a header line and a last line of control totals. What we write is UTF-8 with a byte order mark,
which spreadsheets open as it is and which holds every character of a name; what we read may also be GB18030, and padded
with NUL bytes, as fields of a fixed width are.
"""

import csv
import hashlib
import io
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from django.utils.translation import gettext_lazy as _

from haowu.ground import inputs
from haowu.ground.errors import Refused
from haowu.ground.money import MAX_FEN, yuan
from haowu.ground.tables import safe

BOM = b"\xef\xbb\xbf"
TOTAL = "合计"
ORDER_COLUMNS = ["流水号", "户名", "开户银行", "账号", "金额（分）", "金额（元）", "附言"]
RESULT_COLUMNS = ["流水号", "金额（分）", "结果", "说明"]
PAID, FAILED = "成功", "失败"


@dataclass(frozen=True)
class Instruction:
    """One payment to make. Names and account numbers stay out of ``repr``."""

    reference: str
    holder: str = field(repr=False)
    bank: str
    account: str = field(repr=False)
    amount_fen: int


@dataclass(frozen=True)
class Result:
    """What the bank says of one payment. ``row`` is its line in the file, from 1 for the header.

    ``unreadable`` names what is wrong with the line itself; the other fields are then as far as they could be read.
    """

    row: int
    reference: str
    amount_fen: int
    is_paid: bool
    note: str = ""
    unreadable: str = ""


class Channel(Protocol):
    """A way to pay. A payment provider's adapter is another: ``write`` gives the request, ``read`` takes the answer."""

    code: ClassVar[str]

    def write(self, batch: str, instructions: Sequence[Instruction]) -> bytes:
        """The whole batch, the same bytes for the same batch."""

    def read(self, content: bytes) -> list[Result]:
        """The results in ``content``; a ResultsRefused where it is not whole."""


class ResultsRefused(Refused):
    """Nothing of the file is taken."""


class NotReadable(ResultsRefused):
    code = "FILE_NOT_READABLE"
    text = _("文件不是 UTF-8 或 GB18030 编码的 CSV。请按原样上传银行给出的回盘文件。")


class HeaderUnknown(ResultsRefused):
    code = "HEADER_UNKNOWN"
    text = _("第 1 行须为：{columns}。请确认选对了文件。")


class HalfFile(ResultsRefused):
    code = "HALF_FILE"
    text = _("文件没有以「合计」行结束，可能没有传完。请重新取得完整的文件。")


class TotalsWrong(ResultsRefused):
    code = "TOTALS_WRONG"
    text = _("合计行写明 {stated} 笔、{stated_fen} 分，明细为 {count} 笔、{sum_fen} 分。请重新取得完整的文件。")


class ChecksumWrong(ResultsRefused):
    code = "CHECKSUM_WRONG"
    text = _("文件内容与合计行的校验和不符，可能被改动过。请重新取得原文件。")


class FileChannel:
    """Files that a person carries to the bank and back."""

    code: ClassVar[str] = "file"

    def write(self, batch: str, instructions: Sequence[Instruction]) -> bytes:
        lines = [
            [
                order.reference,
                order.holder,
                order.bank,
                order.account,
                order.amount_fen,
                _plain(order.amount_fen),
                batch,
            ]
            for order in instructions
        ]
        body = _csv([ORDER_COLUMNS, *lines])
        total_fen = sum(one.amount_fen for one in instructions)
        return body + _csv([[TOTAL, batch, len(lines), "", total_fen, _plain(total_fen), checksum(body)]], bom=False)

    def read(self, content: bytes) -> list[Result]:
        """``流水号,金额（分）,结果,说明`` for each row, then ``合计,<sum in fen>,<count>,<checksum or nothing>``."""
        rows = _rows(content)
        if not rows or rows[0] != RESULT_COLUMNS:
            raise HeaderUnknown(columns=",".join(RESULT_COLUMNS))
        if rows[-1][0] != TOTAL or len(rows[-1]) != len(RESULT_COLUMNS):
            raise HalfFile()
        results = [_result(number, row) for number, row in enumerate(rows[1:-1], start=2)]
        stated_fen, stated, sealed = rows[-1][1:]
        count, sum_fen = len(results), sum(result.amount_fen for result in results)
        adds_up = stated_fen == str(sum_fen) or any(result.unreadable for result in results)
        if stated != str(count) or not adds_up:
            raise TotalsWrong(stated=stated, stated_fen=stated_fen, count=count, sum_fen=sum_fen)
        if sealed and sealed != checksum(_before_last_line(content)):
            raise ChecksumWrong()
        return results


def results_file(results: Iterable[tuple[str, int, bool, str]]) -> bytes:
    """``(reference, amount in fen, is paid, note)`` as the file that ``FileChannel.read`` takes: what banks follow."""
    results = list(results)
    lines = [[reference, fen, PAID if is_paid else FAILED, note] for reference, fen, is_paid, note in results]
    body = _csv([RESULT_COLUMNS, *lines])
    return body + _csv([[TOTAL, sum(fen for _r, fen, _p, _n in results), len(lines), checksum(body)]], bom=False)


def checksum(content: bytes) -> str:
    """SHA-256 of every byte before the line of totals, the byte order mark included."""
    return hashlib.sha256(content).hexdigest()


def _result(number: int, row: list[str]) -> Result:
    reference, amount, result, note = (*row, "", "", "", "")[:4]
    amount_fen = _amount_fen(amount)
    wrong = next(
        (
            name
            for name, holds in (
                ("列数", len(row) == len(RESULT_COLUMNS)),
                ("流水号", inputs.is_storable(reference)),
                ("金额（分）", amount_fen is not None),
                ("结果", result in (PAID, FAILED)),
            )
            if not holds
        ),
        "",
    )
    return Result(number, inputs.printable(reference), amount_fen or 0, result == PAID, _readable(note), wrong)


def _amount_fen(text: str) -> int | None:
    try:
        return inputs.whole_text(text, high=MAX_FEN)
    except inputs.InputInvalid:
        return None


def _rows(content: bytes) -> list[list[str]]:
    """The lines that are not empty. A line that the end of the file cut is there as far as it goes."""
    try:
        reader = csv.reader(io.StringIO(inputs.decoded(content), newline=""), strict=True)
        rows = ([_unpadded(cell) for cell in row] for row in reader)
        return [row for row in rows if any(row)]
    except (inputs.InputInvalid, csv.Error) as error:
        raise NotReadable() from error


def _unpadded(cell: str) -> str:
    """``cell`` without the blanks and NUL bytes that fill up its width."""
    return cell.strip(string.whitespace + "\x00")


def _readable(note: str) -> str:
    """The bank's words without what no database keeps: NUL bytes in them are padding, other such signs are blanks."""
    kept = (sign if inputs.is_storable(sign) else " " for sign in note.replace("\x00", ""))
    return " ".join("".join(kept).split())


def _before_last_line(content: bytes) -> bytes:
    return content[: content.rstrip(b"\r\n\x00").rfind(b"\n") + 1]


def _csv(rows: Iterable[Sequence[Any]], *, bom: bool | None = None) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return (b"" if bom is False else BOM) + text.getvalue().encode()


def _plain(fen: int) -> str:
    return yuan(fen).replace(",", "")


FILE = FileChannel()
