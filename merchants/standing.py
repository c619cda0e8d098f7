"""Where a merchant's products stand in the market: conditions for its list, and a word for each with what is next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.errors import Refused
from merchants.listing import unfit
from merchants.models import Plan, PlanRate, Product, Sku
from merchants.overview import Offered


def in_stock() -> Q:
    return Q(Exists(Sku.objects.filter(product=OuterRef("pk"), stock__gt=0)))


def is_planned(at: datetime) -> Q:
    """A live plan of the product or of its whole shop pays for it."""
    live = Plan.objects.live(at)
    of_shop = live.filter(type=Plan.Type.SHOP_TARGETED, merchant=OuterRef("merchant"))
    return Q(Exists(live.filter(product=OuterRef("pk")))) | Q(Exists(of_shop))


def changes_soon(at: datetime) -> Q:
    """A lower rate is announced, or a live plan of the product ends within a day."""
    live = Plan.objects.live(at).filter(product=OuterRef("pk"))
    announced = PlanRate.objects.filter(
        plan__product=OuterRef("pk"), plan__in=Plan.objects.live(at), cancelled_at__isnull=True, effective_from__gt=at
    )
    return Q(Exists(announced)) | Q(Exists(live.filter(ends_at__lte=at + timedelta(days=1))))


def is_listed() -> Q:
    return Q(status=Product.Status.LISTED)


@dataclass(frozen=True)
class Running:
    """A product in a leader's activity: what a streamer's sale through it pays, and until when."""

    activity: str
    commission_bps: int
    ends_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """``means`` is a look of the ``status`` tag; ``note`` says what comes next, ``note_means`` how it looks."""

    word: Any
    means: str
    note: Any
    note_means: str = ""


def standing(offer: Offered, running: Sequence[Running], at: datetime) -> Standing:
    """Of a product read ``with_offer_facts`` and with its category."""
    product: Any = offer.product  # with its sums over SKUs
    if product.status == Product.Status.DRAFT:
        return Standing(product.get_status_display(), "off", _missing(product))
    if product.status == Product.Status.DELISTED:
        return Standing(product.get_status_display(), "off", _("达人看不到；之前的订单和链接照旧"))
    if not _stock(product):
        return Standing(_("缺货"), "bad", _("库存是 0，补货后才卖得出去"), "bad")
    if not offer.is_promoted and not running:
        return Standing(_("没人能选"), "wait", _("没有推广计划，也没进活动"), "wait")
    if offer.is_exclusive:
        return Standing(_("专属推广"), "good", _("只有名单里的达人能卖"))
    return Standing(_("推广中"), "good", *_what_comes(offer, running, at))


def _missing(product: Any) -> Any:
    """The first thing that a draft lacks to be listed."""
    refused: Refused | None = unfit(product)
    if refused is not None:
        return refused.message
    return _("可以上架了") if _stock(product) else _("还没有库存")


def _stock(product: Product) -> int:
    return getattr(product, "stock", None) or 0


def _what_comes(offer: Offered, running: Sequence[Running], at: datetime) -> tuple[Any, str]:
    coming = offer.normal
    if coming and coming.next_at and coming.next_bps is not None:
        return _("明日 00:00 降佣"), "wait"
    if coming and coming.next_at:
        is_soon = coming.next_at <= at + timedelta(days=1)
        return _("计划到 {day} 结束").format(day=_day(coming.next_at)), "wait" if is_soon else ""
    ends = [each.ends_at for each in running if each.ends_at]
    if running and ends and not offer.normal:
        return _("活动到 {day}").format(day=_day(max(ends))), ""
    return _("长期有效"), ""


def _day(at: datetime) -> str:
    return f"{at.astimezone(days.SHANGHAI):%Y-%m-%d}"
