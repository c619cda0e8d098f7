"""How the merchants of a leader's goods serve: late shipments, after-sale cases and disputes, item by item.

Counted over the lines through the leader's activities, as first leader, that were ordered since a moment:

* **late**: of the lines that were to be shipped by now (48 hours after the order), those shipped later or not yet;
* **after-sale**: lines with an after-sale case, or a refund after they were shipped, of the lines that were shipped;
* **disputes**: what any party of a line disputed, whatever was decided.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from commissions.orders.service import SHIP_WITHIN
from haowu.ground.money import percent
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product

LATE_LIMIT_BPS = 1000
"""Above it the leader's own month fails (rulebook §12)."""

_SERVED = """
SELECT line.merchant_id, {product}, count(*), count(*) FILTER (WHERE to_ship), count(*) FILTER (WHERE late),
       count(*) FILTER (WHERE line.shipped_at IS NOT NULL), count(*) FILTER (WHERE after_sale),
       coalesce(sum(line.refunded_fen), 0)::bigint, coalesce(sum(disputed.n), 0)::bigint
FROM commissions_orderline AS line
CROSS JOIN LATERAL (
    SELECT line.ordered_at < %(at)s - %(ship_within)s AND (line.status <> 'invalid' OR line.shipped_at IS NOT NULL)
) AS shipping (to_ship)
CROSS JOIN LATERAL (
    SELECT to_ship AND coalesce(line.shipped_at, line.received_at, 'infinity') > line.ordered_at + %(ship_within)s
) AS lateness (late)
CROSS JOIN LATERAL (
    SELECT line.shipped_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM commissions_orderevent AS event
        WHERE event.order_id = line.order_id AND coalesce(event.line_no, line.line_no) = line.line_no
          AND event.verdict = 'accepted' AND event.occurred_at >= line.shipped_at
          AND event.type IN ('after_sale_opened', 'refunded')
    )
) AS case_of_line (after_sale)
CROSS JOIN LATERAL (
    SELECT count(*) FROM commissions_dispute AS dispute
    WHERE dispute.order_id = line.order_id AND dispute.line_no = line.line_no
) AS disputed (n)
WHERE line.first_leader_id = %(leader)s AND line.ordered_at >= %(since)s AND line.ordered_at < %(at)s
GROUP BY 1, 2
"""


class Grouping(StrEnum):
    PRODUCT = "product"
    MERCHANT = "merchant"


@dataclass(frozen=True)
class ServiceRecord:
    """Order lines of one product, or of one merchant (``product`` None). ``refunded_fen``: goods, less reversals."""

    merchant: Tenant
    product: Product | None
    lines: int
    to_ship: int
    late: int
    shipped: int
    after_sales: int
    refunded_fen: int
    disputes: int

    @property
    def late_bps(self) -> int | None:
        return _bps(self.late, self.to_ship)

    @property
    def after_sale_bps(self) -> int | None:
        return _bps(self.after_sales, self.shipped)

    @property
    def late_percent(self) -> str:
        return "–" if self.late_bps is None else percent(self.late_bps)

    def is_about(self, words: str) -> bool:
        """Whether the product or its shop is called so."""
        named = [self.merchant.name, *([self.product.title, self.product.code] if self.product else [])]
        return any(words.casefold() in name.casefold() for name in named)

    @property
    def ships_late(self) -> bool:
        return self.late * 10_000 > self.to_ship * LATE_LIMIT_BPS


LIMIT = 2_000
"""Rows that somebody still pages through."""


def of_leader(leader: Tenant, since: datetime, by: Grouping, *, at: datetime) -> list[ServiceRecord]:
    """The leader's goods since ``since`` as their merchants served them; the most lines first. Within a transaction."""
    sql = _SERVED.format(product="line.product_id" if by == Grouping.PRODUCT else "NULL::bigint")
    asked: dict[str, Any] = {"leader": leader.pk, "since": since, "at": at, "ship_within": SHIP_WITHIN}
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(sql + f" ORDER BY 3 DESC, 1, 2 LIMIT {LIMIT}", asked)
        rows = cursor.fetchall()
    merchants = Tenant.objects.in_bulk({row[0] for row in rows})
    products = Product.objects.prefetch_related("images").in_bulk({row[1] for row in rows} - {None})
    return [ServiceRecord(merchants[merchant], products.get(product), *figures) for merchant, product, *figures in rows]


def _bps(count: int, whole: int) -> int | None:
    """``part`` of ``whole``, half-up; None of nothing."""
    return (count * 20_000 + whole) // (whole * 2) if whole else None
