"""The one door for what comes from outside: text, whole numbers, moments, days, JSON and files' bytes.

Whatever another system, a file, an address or a person sends is judged here, before a rule or the database sees it.
What cannot be used raises ``InputInvalid`` with a sentence that says what is wanted; the caller adds the field's name
and refuses that entry alone.
"""

import codecs
import io
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from haowu.ground import days

MAX_WHOLE = 2**31 - 1
"""Counts and ordinal numbers: what an ``integer`` column holds."""
MAX_AMOUNT_FEN = 10**14
"""A thousand billion yuan: no order line, and sums of 90,000 of them still fit 64 bits."""
MAX_DIGITS = 20
"""Longer numbers are none of ours. Python itself refuses 5,000 digits, with an error that names no field."""
MAX_DEPTH = 100
"""Lists and objects within each other; no document that we read needs ten."""
MAX_KEY = 64
"""Codes and numbers of other systems; our own public ids are shorter."""
BYTE_ORDER_MARK = "\ufeff"
_CHUNK = 1024 * 1024
PLAIN = "[A-Za-z0-9][A-Za-z0-9._:-]*"
"""Numbers that a bank's remark, an address and a file's name carry unchanged."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_VISIBLE_ASCII = re.compile("[\x21-\x7e]+")
_WHOLE = re.compile(rf"[+-]?[0-9]{{1,{MAX_DIGITS}}}")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class InputInvalid(ValueError):
    """``why`` is a sentence for people: what is wanted instead."""

    def __init__(self, why: Any) -> None:
        self.why = why
        super().__init__(why)

    def __str__(self) -> str:
        return str(self.why)


def text(value: Any, *, max_length: int, lines: bool = False) -> str:
    """``value`` as text of 1 to ``max_length`` characters; ``lines``: it may run over several lines.

    Every character of every script is taken, joined emoji, wide spaces and new letters too: text of other systems is
    theirs to choose. Control characters (NUL among them) and halves of surrogate pairs are not: no database keeps them.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > max_length:
        raise InputInvalid(_("须为 1 到 {n} 个字符的文本。").format(n=max_length))
    if not is_storable(value, lines=lines):
        raise InputInvalid(_("含有控制字符或残缺的字符（例如被截断的表情）。请去掉后重试。"))
    return value


def visible_ascii(value: Any, *, max_length: int) -> str:
    """``value`` as 1 to ``max_length`` visible ASCII characters without blanks, as numbers in headers are written."""
    if not isinstance(value, str) or len(value) > max_length or not _VISIBLE_ASCII.fullmatch(value):
        raise InputInvalid(_("须为 1 到 {n} 个可见的 ASCII 字符，不含空格。").format(n=max_length))
    return value


def key(value: str | None) -> str:
    """``value`` where it could be an id or a code, else '', as nothing is called. For look-ups without a form."""
    return value if value and len(value) <= MAX_KEY and is_storable(value) else ""


def plain(value: Any, *, max_length: int) -> str:
    """``value`` as a number of letters, digits and ``._:-``, as PLAIN says."""
    if not isinstance(value, str) or len(value) > max_length or not re.fullmatch(PLAIN, value):
        raise InputInvalid(_("须为 1 到 {n} 个字母、数字或 ._:-，以字母或数字开头。").format(n=max_length))
    return value


def is_storable(value: str, *, lines: bool = False) -> bool:
    """Whether ``value`` holds no control character and no half of a surrogate pair."""
    return not (_CONTROL_IN_LINES if lines else _CONTROL).search(value)


def printable(value: str) -> str:
    """``value`` for a message, a log or a report: what could not be stored is shown as ``\\x00`` or ``\\ud83d``."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), value)


def json_line(value: Any) -> str:
    """``value`` as JSON that any output in UTF-8 carries: a half of a surrogate pair is escaped, all else readable."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def whole(value: Any, *, low: int = 0, high: int = MAX_WHOLE) -> int:
    """A JSON number: a whole one from ``low`` to ``high``. No text, no ``true``, no ``1000.0``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputInvalid(_("须为 {low} 到 {high} 之间的整数。").format(low=low, high=high))
    return value


def whole_text(value: str, *, low: int = 0, high: int = MAX_WHOLE) -> int:
    """As ``whole``, of ASCII digits in a file's cell or an address."""
    if not isinstance(value, str) or not _WHOLE.fullmatch(value.strip()):
        raise InputInvalid(_("须为 {low} 到 {high} 之间的整数。").format(low=low, high=high))
    return whole(int(value), low=low, high=high)


def amount(value: Any) -> int:
    """A JSON number of whole fen, not negative."""
    return whole(value, high=MAX_AMOUNT_FEN)


def moment(value: Any) -> datetime:
    """RFC 3339 text with an offset (``t`` and ``z`` of either case) → aware datetime in UTC, of 1970 to 2199."""
    try:
        return days.moment(value)
    except ValueError:
        why = _("须为带时区的时间，例如 2024-06-01T08:30:00+08:00，年份在 1970 到 2199 之间。")
        raise InputInvalid(why) from None


def day(value: Any) -> date:
    """``2024-06-01`` → its date, of 1970 to 2199."""
    try:
        return days.day(value)
    except ValueError:
        raise InputInvalid(_("须为日期，例如 2024-06-01，年份在 1970 到 2199 之间。")) from None


def json_of(document: str | bytes) -> Any:
    """The value of a JSON ``document`` in UTF-8, with or without a byte order mark.

    Refused: what is no JSON, ``NaN`` and ``Infinity``, and nesting that no reader of ours needs. A whole number of more
    than MAX_DIGITS becomes a ``Decimal``, which ``whole`` refuses: it spoils the entry in which it stands and no other.
    """
    try:
        content = (
            document.decode("utf-8-sig") if isinstance(document, bytes) else document.removeprefix(BYTE_ORDER_MARK)
        )
        return json.loads(content, parse_int=_whole_or_decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise InputInvalid(_("不是可读的 UTF-8 JSON。请检查括号、引号、编码和嵌套层数。")) from None


def json_of_entries(document: bytes) -> Any:
    """As ``json_of``, for one document of many entries: what no reader takes is left to its own entry to refuse.

    ``NaN``, ``Infinity`` and all that is nested deeper than MAX_DEPTH become the float NaN; a half of a surrogate pair
    is read as it stands. Refused as a whole, with its line: what is no JSON, and what is not in UTF-8.
    """
    try:
        content = document.decode("utf-8", "surrogatepass").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise InputInvalid(_("不是 UTF-8 编码。请另存为 UTF-8。")) from None
    try:
        try:
            return json.loads(content, parse_int=_whole_or_decimal)
        except RecursionError:
            return json.loads(_without_depths(content), parse_int=_whole_or_decimal)
    except json.JSONDecodeError as error:
        why = _("第 {line} 行第 {column} 列不是有效的 JSON。").format(line=error.lineno, column=error.colno)
        raise InputInvalid(why) from None
    except RecursionError:
        raise InputInvalid(_("嵌套层数过多。请检查括号是否成对。")) from None


def _without_depths(content: str) -> str:
    """JSON ``content`` with ``NaN`` for each list or object that lies deeper than MAX_DEPTH."""
    kept: list[str] = []
    depth = copied = 0
    for token in _STRING_OR_BRACKET.finditer(content):
        if token[0] in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept.append(content[copied : token.start()])
        elif token[0] in "]}":
            if depth == MAX_DEPTH + 1:
                kept.append("NaN")
                copied = token.end()
            depth -= 1
    return "".join(kept) + content[copied:]


def decoded(document: bytes) -> str:
    """The text of a file that a person uploads, in an encoding of ``encoding_of``.

    NUL bytes, as files of older systems are padded with, stay: they are judged with the cell in which they stand.
    """
    return document.decode(encoding_of(io.BytesIO(document)))


def encoding_of(file: BinaryIO) -> str:
    """How a person's file is written, as Python calls it: UTF-16 or UTF-8 with its mark, UTF-8, else GB 18030 (GBK).

    Reads ``file`` to its end in little memory, and rewinds it. Refused: what is none of these.
    """
    head = file.read(len(codecs.BOM_UTF8))
    mark = len(codecs.BOM_UTF8) if head == codecs.BOM_UTF8 else 0
    for encoding in ("utf-16",) if _is_utf_16(head) else ("utf-8", "gb18030"):
        file.seek(mark if encoding == "utf-8" else 0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        file.seek(0)
        return "utf-8-sig" if encoding == "utf-8" else encoding
    raise InputInvalid(_("文件编码无法识别。请另存为 UTF-8 或 GBK 的文件。"))


def _is_utf_16(head: bytes) -> bool:
    """By its byte order mark, without which spreadsheets do not write it."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _whole_or_decimal(digits: str) -> int | Decimal:
    """Python refuses to read integers of thousands of digits, and with them the whole document."""
    return int(digits) if len(digits) <= MAX_DIGITS else Decimal(digits)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
