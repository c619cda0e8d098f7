"""The rows of a feed on their way in: read from CSV or JSON, checked for shape, packed as COPY text under gzip.

What a row means is for ``merging`` to judge; here it must only be five cells of which two are whole numbers. A row
that is not is handed back beside the packed ones, never dropped.
"""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from reprlib import Repr
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from bases.refusals import FeedInvalid, FeedTooLarge
from haowu.ground import inputs

COLUMNS = ("merchant", "product", "sku", "price_fen", "quantity")
ROW_LIMIT = 2_000_000
UNREADABLE_LIMIT = 50_000
"""Beyond that the file is no feed, and keeping what it holds would only fill the memory."""
ROW_CHARACTERS = 20_000
KEPT_CHARACTERS = 200
MAX_NUMBER = 10**13
CHUNK = 20_000


@dataclass
class Packed:
    """``unreadable`` is ``[(line number, cells)]``; ``checksum`` is over all rows as they came."""

    rows: int = 0
    checksum: str = ""
    content: bytes = b""
    unreadable: list[tuple[int, Sequence[str]]] = field(default_factory=list)


def pack(rows: Iterable[Sequence[Any]]) -> Packed:
    """Five cells a row, in the order of COLUMNS. FeedTooLarge beyond ROW_LIMIT rows."""
    packed = Packed()
    digest = hashlib.sha256()
    squeeze = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    content: list[bytes] = []
    lines: list[str] = []
    for line_no, row in enumerate(rows, 1):
        cells = [str(cell).strip() for cell in row]
        line = _copy_line(line_no, cells)
        if line is None:
            packed.unreadable.append((line_no, [cell[:KEPT_CHARACTERS] for cell in cells[: len(COLUMNS)]]))
            if len(packed.unreadable) > UNREADABLE_LIMIT:
                raise FeedInvalid(
                    why=_("超过 {limit} 行不能读。请检查列的次序和数字的写法。").format(limit=UNREADABLE_LIMIT)
                )
            line = "\t".join(cells) + "\n"
            digest.update(line.encode("utf-8", "surrogatepass"))
        else:
            lines.append(line)
        if line_no > ROW_LIMIT:
            raise FeedTooLarge(limit=ROW_LIMIT)
        packed.rows = line_no
        if len(lines) >= CHUNK:
            content.append(_squeezed(squeeze, digest, lines))
    content.append(_squeezed(squeeze, digest, lines) + squeeze.flush())
    packed.checksum = digest.hexdigest()
    packed.content = b"".join(content)
    return packed


def _copy_line(line_no: int, cells: Sequence[str]) -> str | None:
    """The row as COPY's text format, or None where it is none."""
    if len(cells) != len(COLUMNS):
        return None
    merchant, product, sku, price, quantity = cells
    if not (price.isdecimal() and quantity.isdecimal() and price.isascii() and quantity.isascii()):
        return None
    if len(price) > 14 or len(quantity) > 14 or not 0 < int(price) <= MAX_NUMBER or int(quantity) > MAX_NUMBER:
        return None
    if not (merchant and product and sku) or max(len(merchant), len(product), len(sku)) > 64:
        return None
    line = f"{line_no}\t{merchant}\t{product}\t{sku}\t{price}\t{quantity}"
    named = merchant + product + sku
    if not inputs.is_storable(named):
        return None
    if "\\" in named:
        line = line.replace("\\", "\\\\")
    return line + "\n"


def _squeezed(squeeze: "zlib._Compress", digest: "hashlib._Hash", lines: list[str]) -> bytes:
    text = "".join(lines).encode()
    lines.clear()
    digest.update(text)
    return squeeze.compress(text)


def unpacked(contents: Iterable[bytes | memoryview]) -> gzip.GzipFile:
    """The packed parts as one file for COPY."""
    return gzip.GzipFile(fileobj=io.BytesIO(b"".join(bytes(content) for content in contents)))


def from_csv(file: BinaryIO) -> Iterator[list[str]]:
    """UTF-8 with a header that names COLUMNS in any order. FeedInvalid says what is wrong with the file as a whole."""
    lines = _Lines(file)
    reader = csv.reader(lines)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if missing := [name for name in COLUMNS if name not in header]:
            raise FeedInvalid(why=_("第一行须有列名，缺少：{names}").format(names="、".join(missing)))
        places = [header.index(name) for name in COLUMNS]
        is_in_order = header == list(COLUMNS)
        for row in reader:
            lines.characters = 0
            if row:
                yield row if is_in_order or len(row) != len(header) else [row[place] for place in places]
    except UnicodeDecodeError:
        raise FeedInvalid(why=_("文件不是 UTF-8 编码。请另存为 UTF-8 的 CSV。")) from None
    except csv.Error as error:
        raise FeedInvalid(why=_("第 {line} 行不是有效的 CSV。").format(line=reader.line_num)) from error


class _Lines:
    """The lines of a file for the CSV reader, which would gather a row of any length, over any number of lines."""

    def __init__(self, file: BinaryIO) -> None:
        self.text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        self.characters = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.text.readline(ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.characters += len(line)
        if self.characters > ROW_CHARACTERS:
            raise FeedInvalid(why=_("有一行超过 {limit} 个字符。请检查引号和换行。").format(limit=ROW_CHARACTERS))
        return line


def from_json(rows: Iterable[Any]) -> Iterator[list[str]]:
    """Objects with the names of COLUMNS: text, text, text, whole number, whole number; no ``"12"`` and no ``12.0``.

    Anything else becomes a row that cannot be read: it has a cell too many, and shows what was sent in the others.
    """
    for row in rows:
        if not isinstance(row, dict):
            yield [_SHORT.repr(row)]
            continue
        values = [row.get(name) for name in COLUMNS]
        if all(isinstance(name, str) for name in values[:3]) and all(type(number) is int for number in values[3:]):
            yield [str(value) for value in values]
        else:
            yield [*map(_text_of, values), ""]


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _SHORT.repr(value)


_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 200
