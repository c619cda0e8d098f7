"""Where settlement rows go: a partition for each large night, one a month for small ones.

While a night settles, its own partition carries one key alone; the indexes that pages need are made when it closes,
in bulk. A month's partition has them from the beginning.
"""

from datetime import date

from django.conf import settings
from django.db import connection


def open_partition(day: date, *, lines: int) -> str:
    """The name of the partition that takes ``day``, made where there is none, for a night of about so many lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT settlement_partition(%s, %s)", [day, lines >= settings.NIGHT_LARGE_LINES])
        return cursor.fetchone()[0]


def index_partition(day: date, *, waits: bool = True) -> bool:
    """Give the partition of ``day`` the indexes that statements and disputes look rows up by, where it has none yet.

    One transaction at a time does it; where another is at it, this one ``waits`` for its end or returns False.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT index_settlements(%s, %s)", [day, waits])
        return cursor.fetchone()[0]
