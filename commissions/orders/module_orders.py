"""What came of the selection centre's modules: picks made from each, and orders through these picks, by day."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.modules import counting

COUNTED_DAYS = timedelta(days=30)

_PICKS = """
SELECT module, (picked_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM streamers_pick
WHERE module <> '' AND picked_at >= %(since)s AND picked_at < %(until)s GROUP BY 1, 2
"""
_ORDERS = """
SELECT pick.module, (line.ordered_at AT TIME ZONE 'Asia/Shanghai')::date, count(*)
FROM streamers_pick AS pick
JOIN commissions_orderline AS line ON line.pid = pick.pid AND line.streamer_id = pick.streamer_id
WHERE pick.module <> '' AND line.status <> 'invalid' AND line.ordered_at >= %(since)s AND line.ordered_at < %(until)s
GROUP BY 1, 2
"""


def count_modules(*, at: datetime) -> None:
    """The thirty business days before ``at``, counted anew: what became invalid since is none."""
    until = days.start_of(days.day_of(at))
    with transaction.atomic(), platform_scope():
        for name, sql in (("picks", _PICKS), ("orders", _ORDERS)):
            counting.set_counts(name, _rows(sql, until), since=days.day_of(until - COUNTED_DAYS))


def _rows(sql: str, until: datetime) -> list[tuple[str, date, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": until - COUNTED_DAYS, "until": until})
        return cursor.fetchall()
