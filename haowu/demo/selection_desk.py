"""The selection centre as a morning finds it: shops scored, goods weighed, and what staff pinned for a fortnight."""

from datetime import datetime, timedelta

from django.db import transaction

from commissions.orders import module_orders, sales, service
from haowu.approvals.versions import publish
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.tenants.scope import platform_scope
from merchants.models import Product, ShopScore
from streamers.centre import sync
from streamers.exposure import weighing
from streamers.models import Module, ModuleEntry

SCORED_DAYS = 14
PINNED_FOR = timedelta(days=14)


def open_centre(*, at: datetime) -> None:
    """What the nights and mornings before would have left; a second run adds what has been missed since."""
    while sync.catch_up() == sync.CHUNK:
        pass
    sales.count_sales(at=at)
    for back in range(SCORED_DAYS, -1, -1):
        service.score_shops(at=at - back * days.ONE_DAY)
    weighing.weigh_listings(at=at)
    module_orders.count_modules(at=at)
    with transaction.atomic(), platform_scope():
        _pin(at)


def _pin(at: datetime) -> None:
    """Two shops and two products of staff's choice, with the reason; once in the demo's life."""
    if ModuleEntry.objects.exists():
        return
    today = ShopScore.objects.filter(day=days.day_of(at), lines__gte=1).order_by("-total", "merchant")
    for place, score in enumerate(today.select_related("merchant")[2:12:5], 1):
        _entry("featured-shops", place, at, "编辑选的：回头客多，发货快", merchant=score.merchant)
    goods = Product.objects.listed().filter(provenance=Product.Provenance.FACTORY).order_by("-listed_at", "code")
    for place, product in enumerate(goods[:2], 1):
        _entry("source", place, at, "产业带走访时选的", product=product)


def _entry(code: str, place: int, at: datetime, reason: str, **of: object) -> None:
    module = Module.objects.get(code=code)
    dates = {"begins_at": at, "ends_at": at + PINNED_FOR}
    publish(ModuleEntry(module=module, place=place, reason=reason, **dates, **of), Subject.MODULE_ENTRY, at=at)
