"""What goods sold of late: for pages of their merchants, and for the selection centre below, which knows no orders."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncDate

from commissions.models import OrderLine, Run
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from merchants.models import Product
from streamers.centre import figures
from streamers.matching import signals

COUNTED_DAYS = timedelta(days=30)

_SOLD = """
    SELECT product_id, count(*), count(streamer_id) FROM commissions_orderline
    WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND status <> 'invalid'
    GROUP BY product_id
"""


def recent_sales(products: Collection[Product], at: datetime) -> dict[int, list[int]]:
    """By product: pieces ordered on each of the last thirty business days, the oldest first; refunds not taken off."""
    merchants = {product.merchant_id for product in products}
    first = days.day_of(at - COUNTED_DAYS) + days.ONE_DAY
    lines = OrderLine.objects.filter(
        merchant__in=merchants, product__in=products, ordered_at__gte=days.start_of(first), ordered_at__lte=at
    )
    by_day = lines.order_by().values_list("product", TruncDate("ordered_at", tzinfo=days.SHANGHAI))
    found: dict[int, list[int]] = defaultdict(lambda: [0] * COUNTED_DAYS.days)
    for product, day, pieces in by_day.annotate(pieces=Sum("quantity")):
        found[product][(day - first).days] += pieces
    return found


def count_sales(*, at: datetime) -> int:
    """Count the lines of the thirty business days before ``at``, without what became invalid; how many goods sold."""
    until = days.start_of(days.day_of(at))
    with transaction.atomic(), platform_scope(), connection.cursor() as cursor:
        cursor.execute(_SOLD, {"since": until - COUNTED_DAYS, "until": until})
        sold = {product: figures.Sold(lines, promoted) for product, lines, promoted in cursor.fetchall()}
    figures.set_sales(sold, days.day_of(at))
    return len(sold)


_SETTLED = """
    SELECT settled.streamer_id, line.product_id, count(*)
    FROM commissions_settlement AS settled
    JOIN commissions_orderline AS line ON line.id = settled.line_id AND line.merchant_id = settled.merchant_id
    WHERE settled.day = %(day)s AND settled.phase = 0 AND settled.streamer_fen > 0
    GROUP BY settled.streamer_id, line.product_id
"""


def count_settled() -> int:
    """Bring down which goods each streamer had settled, of every closed night that is not in yet; how many nights."""
    with transaction.atomic(), platform_scope():
        missing = sorted(set(Run.objects.closed().values_list("day", flat=True)) - signals.counted_days())
    for day in missing:
        with transaction.atomic(), platform_scope(), connection.cursor() as cursor:
            cursor.execute(_SETTLED, {"day": day})
            signals.add_sold({(streamer, product): n for streamer, product, n in cursor.fetchall()}, on=day)
    return len(missing)
