"""What a leader's goods bring, item by item: orders, streamers, what was sold and kept, his own fees."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, Case, Count, F, Q, Sum, When

from commissions.models import OrderLine
from haowu.tenants.models import Tenant
from merchants.models import Product


@dataclass(frozen=True)
class ItemEffect:
    """One product through one activity. ``fees_fen``: the leader's gross as it stands now, after refunds."""

    product: Product
    activity: str
    orders: int
    streamers: int
    sold_fen: int
    kept_fen: int
    fees_fen: int


def of_leader(leader: Tenant, since: datetime, limit: int = 200) -> list[ItemEffect]:
    """The items of ``leader``, as first or second, with orders since ``since``; most sold first."""
    lines = OrderLine.objects.visible_to(leader).filter(ordered_at__gte=since).exclude(activity="")
    fee = Case(
        When(first_leader=leader, then=F("due_first_leader_fen")),
        When(second_leader=leader, then=F("due_second_leader_fen")),
        default=0,
        output_field=BigIntegerField(),
    )
    mine = lines.filter(Q(first_leader=leader) | Q(second_leader=leader))
    rows = list(
        mine.values("activity", "product")
        .annotate(
            orders=Count("order", distinct=True),
            streamers=Count("streamer", distinct=True),
            sold_fen=Sum("paid_fen"),
            kept_fen=Sum("due_base_fen"),
            fees_fen=Sum(fee),
        )
        .order_by("-sold_fen", "activity", "product")[:limit]
    )
    products = Product.objects.in_bulk([row["product"] for row in rows])
    return [
        ItemEffect(
            product=products[row["product"]],
            activity=row["activity"],
            orders=row["orders"],
            streamers=row["streamers"],
            sold_fen=row["sold_fen"],
            kept_fen=row["kept_fen"],
            fees_fen=row["fees_fen"],
        )
        for row in rows
    ]
