"""The partitions of the postings: one for each month, made ahead, all earlier days in one, others in a default.

A posting may carry any day and never waits for its partition: a day without one goes into the default partition, and
leaves it when its month is made.
"""

from datetime import date, timedelta

from django.db import connection, transaction

AHEAD = timedelta(days=32)


def make_partition(day: date) -> str | None:
    """The name of the partition of ``day``, made where there is none; None where others are in the way right now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT posting_partition(%s)", [day])
        return cursor.fetchone()[0]


def make_ahead(day: date) -> list[str | None]:
    """The partitions of ``day`` and of the month after it, as ``make_partition``."""
    return [make_partition(each) for each in (day, day + AHEAD)]
