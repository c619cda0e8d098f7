"""A leader's record, as merchants weigh it before they enrol: goods carried, orders, streamers, average price."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Min, OuterRef, Q, Subquery

from haowu.tenants.models import Tenant
from merchants.models import Sku
from tuanzhang.models import Enrolment, LeaderFigures


@dataclass(frozen=True)
class Record:
    """``items``: ever carried; ``running``: now. ``orders`` and ``streamers`` of the last 30 days, as last counted."""

    items: int = 0
    running: int = 0
    average_price_fen: int | None = None
    orders: int | None = None
    streamers: int | None = None
    counted_at: datetime | None = None


def records_of(leaders: Collection[int], at: datetime) -> dict[int, Record]:
    """``{leader id: record}`` in three queries. Goods that passed are public, so any tenant may ask."""
    cheapest = Sku.objects.filter(product=OuterRef("product")).values("product").annotate(low=Min("price_fen"))
    passed = Enrolment.objects.filter(leader__in=leaders, status=Enrolment.Status.PASSED)
    running = Count("pk", filter=Q(pk__in=passed.not_over(at).values("pk")))
    goods = {
        leader: (items, now, int(price) if price is not None else None)
        for leader, items, now, price in passed.annotate(price=Subquery(cheapest.values("low")))
        .values("leader")
        .annotate(items=Count("product", distinct=True), running=running, average=Avg("price"))
        .values_list("leader", "items", "running", "average")
    }
    figures = {each.leader_id: each for each in LeaderFigures.objects.filter(leader__in=leaders)}
    return {leader: _record(goods.get(leader, (0, 0, None)), figures.get(leader)) for leader in leaders}


def record_of(leader: Tenant, at: datetime) -> Record:
    return records_of([leader.pk], at)[leader.pk]


def _record(goods: tuple[int, int, int | None], figures: LeaderFigures | None) -> Record:
    if figures is None:
        return Record(*goods)
    return Record(*goods, figures.orders, figures.streamers, figures.counted_at)
