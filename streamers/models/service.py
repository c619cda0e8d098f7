"""How a product's orders were served of late: counted by the floor of orders, shown where goods are chosen."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.models import Product

FEW_LINES = 50
"""Below it the rates say little, and pages say so."""


class ProductServiceQuerySet(models.QuerySet["ProductService"]):
    def of_products(self, products: Iterable[int]) -> "ProductServiceQuerySet":
        return self.filter(product__any_of=list(products))


class ProductService(models.Model):
    """Order lines of 90 days as of the morning of ``counted_on``.

    ``late``: of those that were to be shipped by then, shipped after 48 hours or not yet. ``after_sales``: of those
    shipped, with an after-sale case or a refund since.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("商品")
    )
    to_ship = models.PositiveIntegerField(_("应发货"), default=0)
    late = models.PositiveIntegerField(_("晚发"), default=0)
    shipped = models.PositiveIntegerField(_("已发货"), default=0)
    after_sales = models.PositiveIntegerField(_("有售后"), default=0)
    counted_on = models.DateField(_("统计日"))

    objects = ProductServiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("商品服务数据")

    def __str__(self) -> str:
        return f"{self.product_id}: {self.late}/{self.to_ship}, {self.after_sales}/{self.shipped}"

    @property
    def late_bps(self) -> int | None:
        """Half-up; None where nothing was to be shipped."""
        return _bps(self.late, self.to_ship)

    @property
    def after_sale_bps(self) -> int | None:
        return _bps(self.after_sales, self.shipped)

    @property
    def is_few(self) -> bool:
        return self.shipped < FEW_LINES


def _bps(count: int, whole: int) -> int | None:
    return (count * 20_000 + whole) // (whole * 2) if whole else None
