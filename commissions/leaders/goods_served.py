"""How each product's orders were served of late: counted here, shown on the floor of streamers, which knows no orders.

The definitions are those of a leader's service record (``haowu.analytics.leaders.service_record``): a test holds the
two together.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from commissions.leaders.results import SHIP_WITHIN
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from streamers.centre.figures import set_service

COUNTED_DAYS = timedelta(days=90)

_SERVED = """
WITH line AS (
    SELECT product_id, order_id, line_no, shipped_at,
           ordered_at < %(until)s - %(ship_within)s AND (status <> 'invalid' OR shipped_at IS NOT NULL) AS to_ship,
           coalesce(shipped_at, received_at, 'infinity') > ordered_at + %(ship_within)s AS is_late
    FROM commissions_orderline WHERE ordered_at >= %(since)s AND ordered_at < %(until)s
), after_sale AS (
    SELECT DISTINCT line.order_id, line.line_no
    FROM commissions_orderevent AS event
    JOIN line ON line.order_id = event.order_id AND line.line_no = coalesce(event.line_no, line.line_no)
    WHERE event.verdict = 'accepted' AND event.type IN ('after_sale_opened', 'refunded')
      AND event.occurred_at >= line.shipped_at
)
SELECT product_id, count(*) FILTER (WHERE to_ship), count(*) FILTER (WHERE to_ship AND is_late),
       count(*) FILTER (WHERE shipped_at IS NOT NULL), count(after_sale.order_id)
FROM line LEFT JOIN after_sale USING (order_id, line_no)
GROUP BY product_id HAVING bool_or(to_ship) OR bool_or(shipped_at IS NOT NULL)
"""
"""By product: lines that were to be shipped, of these late; lines shipped, of these with a case or refund since."""


def count_service(*, at: datetime) -> int:
    """Count the ninety business days before ``at``; how many products were ordered."""
    until = days.start_of(days.day_of(at))
    asked: dict[str, Any] = {"since": until - COUNTED_DAYS, "until": until, "ship_within": SHIP_WITHIN}
    with transaction.atomic(), platform_scope(), connection.cursor() as cursor:
        cursor.execute(_SERVED, asked)
        rows = cursor.fetchall()
    set_service(rows, days.day_of(at))
    return len(rows)
