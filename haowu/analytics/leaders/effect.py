"""What a leader's goods bring, item by item: orders, streamers, what was sold and kept, what the leader gets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When

from commissions.models import OrderLine
from haowu.tenants.models import Tenant
from merchants.models import Product
from tuanzhang.models import Activity

SUMS = ("sold_fen", "kept_fen", "fees_fen", "net_fen")


@dataclass(frozen=True)
class ItemEffect:
    """One product through one activity. ``fees_fen``: the leader's gross as it stands now, after refunds; ``net_fen``:
    what is left of it after the platform's fee. ``title``: the activity's; ``lines``: a query for the orders behind."""

    product: Product
    activity: str
    title: str
    orders: int
    streamers: int
    sold_fen: int
    kept_fen: int
    fees_fen: int
    net_fen: int
    lines: str = ""


def of_leader(leader: Tenant, since: datetime) -> QuerySet[Any, Any]:
    """A row for each product and activity of ``leader``, as first or second, with orders since ``since``."""
    mine = OrderLine.objects.visible_to(leader).filter(ordered_at__gte=since).exclude(activity="")
    grouped: Any = mine.order_by().values("activity", "product")
    found: QuerySet[OrderLine, dict[str, Any]] = grouped.annotate(
        orders=Count("order", distinct=True),
        streamers=Count("streamer", distinct=True),
        sold_fen=Sum("paid_fen"),
        kept_fen=Sum("due_base_fen"),
        fees_fen=Sum(_of(leader, "due_{role}_fen")),
        net_fen=Sum(_of(leader, "due_{role}_fen", "due_{role}_fee_fen")),
    )
    return found


def _of(leader: Tenant, gross: str, fee: str = "") -> Case:
    """The column of the role that ``leader`` has on the line, less the one of ``fee``."""

    def amount(role: str) -> Any:
        return F(gross.format(role=role)) - F(fee.format(role=role)) if fee else F(gross.format(role=role))

    return Case(
        *(When(**{role: leader}, then=amount(role)) for role in ("first_leader", "second_leader")),
        default=0,
        output_field=BigIntegerField(),
    )


def about(rows: QuerySet[Any, Any], words: str) -> QuerySet[Any, Any]:
    """Of products called so, or whose shop is."""
    named = Q(product__title__icontains=words) | Q(product__code=words) | Q(product__merchant__name__icontains=words)
    return rows.filter(named)


def totals(rows: QuerySet[Any, Any]) -> dict[str, int]:
    """``SUMS`` over all rows; zeros for none."""
    found = rows.aggregate(**{f"all_{name}": Sum(name) for name in SUMS})
    return {name: found[f"all_{name}"] or 0 for name in SUMS}


def shown(rows: Iterable[dict[str, Any]], first: date | None) -> list[ItemEffect]:
    """The rows of a page with their products, pictures and activities; ``first``: the day from which they count."""
    rows = list(rows)
    pictured = Product.objects.select_related("merchant").prefetch_related("images")
    products = pictured.in_bulk([row["product"] for row in rows])
    titles = {each.code: str(each) for each in Activity.objects.filter(code__in={row["activity"] for row in rows})}

    def item(row: dict[str, Any]) -> ItemEffect:
        product = products[row["product"]]
        query = {"product": product.code, "activity": row["activity"]} | ({"ordered_from": str(first)} if first else {})
        named = {"product": product, "title": titles.get(row["activity"], ""), "lines": urlencode(query)}
        return ItemEffect(**(row | named))

    return [item(row) for row in rows]
