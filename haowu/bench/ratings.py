"""Ratings as a file: who, what, how much, when. Read strictly, row by row; written from any house's own orders."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from haowu.ground import days, inputs

COLUMNS = ("user", "item", "rating", "time")
MAX_KEY = 128


class RatingsUnreadable(ValueError):
    """There is no such file, or its header lacks a column."""


@dataclass(frozen=True)
class Rating:
    """``at``: seconds since 1970. What is rated 0 says nothing and is left out."""

    user: str
    item: str
    at: int


@dataclass(frozen=True)
class Ratings:
    """``refused``: (row, why) of each that could not be read."""

    ratings: list[Rating]
    refused: list[tuple[int, str]]


def read(path: Path) -> Ratings:
    """The rows of a CSV in UTF-8 whose header names COLUMNS, in any order, perhaps among others.

    A rating is a number of at least 0; a time is whole seconds since 1970, or ISO 8601 with its offset.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RatingsUnreadable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RatingsUnreadable(f"{path}: not UTF-8 at byte {error.start}") from error
    lines = csv.reader(io.StringIO(text), strict=True)
    header = [name.strip().lower() for name in next(lines, [])]
    if missing := [name for name in COLUMNS if header.count(name) != 1]:
        raise RatingsUnreadable(f"{path}: the header must name once each of: {', '.join(missing)}")
    places = [header.index(name) for name in COLUMNS]
    found = Ratings([], [])
    for number, row in _rows(lines, found):
        try:
            rating = _rating([row[place] for place in places])
        except (inputs.InputInvalid, IndexError) as error:
            found.refused.append((number, str(error)))
        else:
            found.ratings.extend([rating] if rating else [])
    return found


def _rows(lines: Iterator[list[str]], found: Ratings) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number in the file; one whose quotes are not closed is refused."""
    number = 1
    while True:
        number += 1
        try:
            row = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            found.refused.append((number, str(error)))
            continue
        if row:
            yield number, row


def _rating(cells: list[str]) -> Rating | None:
    user, item, rating, at = (cell.strip() for cell in cells)
    who, what = inputs.text(user, max_length=MAX_KEY), inputs.text(item, max_length=MAX_KEY)
    if not who or not what:
        raise inputs.InputInvalid("user and item must not be empty")
    try:
        score = float(rating)
    except ValueError:
        raise inputs.InputInvalid(f"rating {inputs.printable(rating[:20])} is no number") from None
    if not 0 <= score < float("inf"):
        raise inputs.InputInvalid(f"rating {inputs.printable(rating[:20])} is below 0 or without end")
    return Rating(who, what, _seconds(at)) if score else None


def _seconds(written: str) -> int:
    if written.isascii() and written.isdigit():
        return inputs.whole_text(written, high=inputs.MAX_AMOUNT_FEN)
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise inputs.InputInvalid(f"time {inputs.printable(written[:32])} is neither seconds nor ISO 8601") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=days.SHANGHAI)
    return int(at.timestamp())


SOLD = {
    "streamers": "SELECT 's' || streamer_id, product_id, quantity, extract(epoch FROM ordered_at)::bigint"
    " FROM commissions_orderline WHERE streamer_id IS NOT NULL AND status <> 'invalid' ORDER BY ordered_at, id",
    "buyers": "SELECT buyer_ref, product_id, quantity, extract(epoch FROM ordered_at)::bigint"
    " FROM commissions_orderline WHERE buyer_ref <> '' AND status <> 'invalid' ORDER BY ordered_at, id",
}
"""The order lines of this house by who sold, or by who bought. Platform scope."""


def write(path: Path, by: str) -> int:
    """Write the ratings of ``by`` (a key of SOLD); how many."""
    with connection.cursor() as cursor, path.open("w", encoding="utf-8", newline="") as file:
        cursor.execute(SOLD[by])
        rows = cursor.fetchall()
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return len(rows)
