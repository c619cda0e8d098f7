"""What goods sold, for the selection centre below, which knows no orders."""

from datetime import datetime, timedelta

from django.db import connection

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.centre import figures

COUNTED_DAYS = timedelta(days=30)

_SOLD = """
    SELECT product_id, count(*) FROM commissions_orderline
    WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND status <> 'invalid'
    GROUP BY product_id
"""


def count_sales(*, at: datetime) -> int:
    """Count the lines of the thirty business days before ``at``, without what became invalid; how many goods sold."""
    until = days.start_of(days.day_of(at))
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(_SOLD, {"since": until - COUNTED_DAYS, "until": until})
        sold = dict(cursor.fetchall())
    figures.set_sales(sold, days.day_of(at))
    return len(sold)
