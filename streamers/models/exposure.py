"""How a listing was weighed on a day: beside what, by which three parts, and to which weight (rulebook §17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent, yuan
from haowu.tenants.models import Tenant
from merchants.models import Product
from streamers.exposure import parts


class ExposureQuerySet(models.QuerySet["Exposure"]):
    def visible_to(self, tenant: Tenant) -> "ExposureQuerySet":
        return self.filter(merchant=tenant)

    def of_product(self, product: Product) -> "ExposureQuerySet":
        return self.filter(product=product)

    def newest_first(self) -> "ExposureQuerySet":
        return self.order_by("-day")

    def newest_of(self, products: Iterable[Product]) -> "dict[int, Exposure]":
        """By product, as it was last weighed."""
        rows = self.filter(product__any_of=[product.pk for product in products])
        return {row.product_id: row for row in rows.order_by("product", "-day").distinct("product")}

    def before(self, day: date) -> "ExposureQuerySet":
        return self.filter(day__lt=day)


class Exposure(models.Model):
    """Parts in ten-thousandths, ``weight`` in hundredths. Rows are written once a day, and kept for some weeks.

    ``compared_by``: the listings whose prices it stands beside share its brand, or a word of their titles (``word``);
    with too few of either it stands beside none, and its price counts in full. Places count from 1, the best.
    ``orders`` and ``clicks`` are its own of thirty days, ``all_orders`` and ``all_clicks`` those of its leaf category.
    """

    class ComparedBy(models.TextChoices):
        NOTHING = "", _("没有可比的")
        BRAND = "brand", _("同类目同品牌")
        WORD = "word", _("同类目同款")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商品")
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商家")
    )
    day = models.DateField(_("日期"))
    compared_by = models.CharField(_("跟什么比"), max_length=5, choices=ComparedBy, blank=True)
    word = models.CharField(_("同款词"), max_length=128, blank=True)
    comparables = models.PositiveIntegerField(_("可比商品"))
    price_fen = models.BigIntegerField(_("价格（分）"))
    median_price_fen = models.BigIntegerField(_("可比商品价格中位数（分）"), null=True)
    price_place = models.PositiveIntegerField(_("价格名次"), null=True)
    bps = models.PositiveIntegerField(_("佣金率（万分之一）"), null=True)
    median_bps = models.PositiveIntegerField(_("同类目佣金率中位数（万分之一）"), null=True)
    rated = models.PositiveIntegerField(_("同类目有公开佣金的商品"))
    commission_place = models.PositiveIntegerField(_("佣金率名次"), null=True)
    orders = models.PositiveIntegerField(_("推广订单"))
    clicks = models.PositiveIntegerField(_("点击"))
    all_orders = models.BigIntegerField(_("同类目推广订单"))
    all_clicks = models.BigIntegerField(_("同类目点击"))
    price_part = models.PositiveSmallIntegerField(_("价格"))
    commission_part = models.PositiveSmallIntegerField(_("佣金"))
    conversion_part = models.PositiveSmallIntegerField(_("转化"))
    weight = models.PositiveSmallIntegerField(_("曝光权重（百分之一）"))

    objects = ExposureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("曝光")
        constraints = [
            models.UniqueConstraint(fields=["product", "day"], name="exposure_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=parts.FLOOR, weight__lte=parts.FULL),
                name="exposure_above_the_floor",
            ),
        ]
        indexes = [models.Index(fields=["day"], name="exposure_of_day")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.day}"

    @property
    def price_to_cut_fen(self) -> int:
        """How much lower the price must be for its part to be whole; 0 where it is."""
        return parts.price_to_cut(self.price_fen, self.median_price_fen)

    @property
    def bps_to_add(self) -> int:
        return parts.rate_to_add(self.bps, self.median_bps)

    @property
    def orders_to_add(self) -> int:
        """How many more orders, at the same clicks, for conversion to stand at the mean."""
        return parts.orders_to_add(self.orders, self.clicks, self.all_orders, self.all_clicks)

    @property
    def is_weak(self) -> bool:
        """All three parts are."""
        return max(self.price_part, self.commission_part, self.conversion_part) < parts.WEAK

    @property
    def price_hundredths(self) -> int:
        return self.price_part // 100

    @property
    def commission_hundredths(self) -> int:
        return self.commission_part // 100

    @property
    def conversion_hundredths(self) -> int:
        return self.conversion_part // 100

    @property
    def parts(self) -> "list[Bar]":
        labels = (_("价格"), _("佣金"), _("转化"))
        values = (self.price_part, self.commission_part, self.conversion_part)
        return [Bar(place, *each) for place, each in enumerate(zip(labels, values, strict=True))]

    @property
    def advice(self) -> str:
        """The smallest changes of which each makes one part whole; "" where all are."""
        ways = []
        if self.price_to_cut_fen:
            ways.append(gettext("便宜 {yuan} 元").format(yuan=yuan(self.price_to_cut_fen)))
        if self.bps_to_add:
            ways.append(gettext("佣金加 {points} 个点").format(points=percent(self.bps_to_add).rstrip("%")))
        if self.orders_to_add:
            more = ngettext("同样的点击多成交 {n} 单", "同样的点击多成交 {n} 单", self.orders_to_add)
            ways.append(more.format(n=self.orders_to_add))
        return gettext("，或").join(ways)


@dataclass(frozen=True)
class Bar:
    """One part as a bar 22 high. ``place`` counts from 0."""

    place: int
    label: Any
    part: int

    @property
    def x(self) -> int:
        return 9 * self.place

    @property
    def height(self) -> str:
        return f"{max(1.0, 20 * self.part / parts.WHOLE):.1f}"

    @property
    def top(self) -> str:
        return f"{22 - float(self.height):.1f}"

    @property
    def hundredths(self) -> int:
        return self.part // 100

    @property
    def is_weak(self) -> bool:
        return self.part < parts.WEAK
