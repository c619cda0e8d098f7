"""How much of each product was sold of late, for pages of its merchant."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate

from commissions.models import OrderLine
from haowu.ground import days
from merchants.models import Product

SPAN = timedelta(days=30)


def recent_sales(products: Collection[Product], at: datetime) -> dict[int, list[int]]:
    """By product: pieces ordered on each of the last thirty business days, the oldest first; refunds not taken off."""
    merchants = {product.merchant_id for product in products}
    first = days.day_of(at - SPAN) + days.ONE_DAY
    lines = OrderLine.objects.filter(
        merchant__in=merchants, product__in=products, ordered_at__gte=days.start_of(first), ordered_at__lte=at
    )
    by_day = lines.order_by().values_list("product", TruncDate("ordered_at", tzinfo=days.SHANGHAI))
    found: dict[int, list[int]] = defaultdict(lambda: [0] * SPAN.days)
    for product, day, pieces in by_day.annotate(pieces=Sum("quantity")):
        found[product][(day - first).days] += pieces
    return found
