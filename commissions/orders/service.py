"""How shops served the lines of ninety days: counted here, scored below, where nothing is known of orders."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from haowu.ground import days
from haowu.tenants.scope import platform_scope
from merchants import scoring
from merchants.scores import Counts
from merchants.scoring import Counted
from streamers.centre import figures

COUNTED_DAYS = timedelta(days=90)
SHIP_WITHIN = timedelta(hours=48)
"""After the order; what is shipped later is late."""

_SERVED = """
WITH refunded AS (
    SELECT DISTINCT line.order_id, line.line_no
    FROM commissions_orderline AS line
    JOIN commissions_orderevent AS event ON event.order_id = line.order_id
     AND coalesce(event.line_no, line.line_no) = line.line_no
    WHERE line.ordered_at >= %(since)s AND line.ordered_at < %(until)s AND line.refunded_fen > 0
      AND event.type = 'refunded' AND event.verdict = 'accepted' AND event.occurred_at < %(until)s
      AND event.occurred_at >= line.received_at AND coalesce((event.facts ->> 'goods_fen')::bigint, 1) > 0
), disputed AS (
    SELECT DISTINCT order_id, line_no FROM commissions_dispute WHERE status = 'upheld' AND decided_at < %(until)s
)
SELECT line.merchant_id, product.category_id, count(*),
       count(*) FILTER (WHERE line.received_at < %(until)s),
       count(*) FILTER (WHERE line.received_at < %(until)s AND refunded.order_id IS NOT NULL),
       count(*) FILTER (WHERE line.shipped_at < %(until)s),
       count(*) FILTER (WHERE line.shipped_at < %(until)s AND line.shipped_at > line.ordered_at + %(ship_within)s),
       count(*) FILTER (WHERE disputed.order_id IS NOT NULL)
FROM commissions_orderline AS line
JOIN merchants_product AS product ON product.id = line.product_id
LEFT JOIN refunded ON refunded.order_id = line.order_id AND refunded.line_no = line.line_no
LEFT JOIN disputed ON disputed.order_id = line.order_id AND disputed.line_no = line.line_no
WHERE line.ordered_at >= %(since)s AND line.ordered_at < %(until)s
GROUP BY 1, 2
"""


def score_shops(*, at: datetime) -> int:
    """Score every shop for the day of ``at`` by what was known when it began; how many were scored."""
    day = days.day_of(at)
    with transaction.atomic(), platform_scope():
        written = scoring.score_shops(served(day), day)
        figures.set_shop_scores()
    return written


def served(day: date) -> list[Counted]:
    """By shop and leaf category, of lines ordered in the ninety days before ``day``. Platform scope."""
    until = days.start_of(day)
    asked: dict[str, Any] = {"since": until - COUNTED_DAYS, "until": until, "ship_within": SHIP_WITHIN}
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, asked)
        return [Counted(merchant, leaf, Counts(*counts)) for merchant, leaf, *counts in cursor.fetchall()]
