"""An export of some past year as if it were of today: its times shifted by whole weeks, so that weekdays stay.

The first start decides the shift, so that about as many days as wanted end yesterday; the first event in the database
keeps it. Where the export ends the market goes on with its last whole weeks once more, a lap later and with new order
numbers, for as many laps as there are days to fill.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING

from haowu.ground import days

if TYPE_CHECKING:
    from haowu.demo.retail.orders import Book, Order

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Lap:
    """The export once through, ``shift`` added to its times, without what is before ``since`` (a day of the file)."""

    shift: timedelta = timedelta()
    number: int = 1
    since: date | None = None

    def has(self, order: "Order") -> bool:
        return self.since is None or days.day_of(order.ordered_at) >= self.since

    def numbered(self, number: str) -> str:
        """An order or refund number of the file, made another one in each later lap."""
        return number if self.number == 1 else f"{number}-{self.number}"


def shift_to_end_yesterday(book: "Book", *, today: date, wanted_days: int | None = None) -> timedelta:
    """Whole weeks after which at most ``wanted_days`` days of ``book`` (all of them) end the day before ``today``.

    At most six days fewer, so that the weekday is yesterday's; more only where there would be none at all.
    """
    first, last = book.first_day, book.last_day
    if wanted_days is not None:
        last = min(last, first + timedelta(days=wanted_days - 1))
    yesterday = today - days.ONE_DAY
    ends_on = last - timedelta(days=(last.weekday() - yesterday.weekday()) % 7)
    return yesterday - (ends_on if ends_on >= first else ends_on + WEEK)


def laps(book: "Book", shift: timedelta, until: date) -> Iterator[Lap]:
    """The export as often as it takes to reach ``until``: whole first, then its last whole weeks again and again."""
    first, last = book.first_day, book.last_day
    weeks = max(1, ((last - first).days + 1) // 7)
    since = last - weeks * WEEK + days.ONE_DAY
    yield Lap(shift)
    for number in count(2):
        lap = Lap(shift + (number - 1) * weeks * WEEK, number, since)
        if since + lap.shift > until:
            return
        yield lap


AS_IT_IS = Lap()
