"""What SKUs cost while they were shown: dated, append-only rows, from which the history of a price is read."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from merchants.models.catalogue import Product


class SkuPriceQuerySet(models.QuerySet["SkuPrice"]):
    def of_products(self, products: Iterable[int]) -> "SkuPriceQuerySet":
        return self.filter(product__any_of=list(products))

    def newest_of_each(self) -> "SkuPriceQuerySet":
        """The last row of each SKU."""
        return self.order_by("product", "sku_code", "-effective_from", "-pk").distinct("product", "sku_code")

    def in_order(self) -> "SkuPriceQuerySet":
        return self.order_by("effective_from", "pk")


class SkuPrice(models.Model):
    """From ``effective_from`` on a SKU of a product that was shown cost ``price_fen``; NULL: it was offered no more."""

    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("商家")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, db_index=False, related_name="prices", verbose_name=_("商品")
    )
    sku_code = models.CharField(_("规格编号"), max_length=64)
    price_fen = models.BigIntegerField(_("价格（分）"), null=True)
    effective_from = models.DateTimeField(_("生效时间"))

    objects = SkuPriceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("价格记录")
        constraints = [models.CheckConstraint(condition=Q(price_fen__gt=0), name="sku_price_row_positive")]
        indexes = [models.Index(fields=["product", "sku_code", "effective_from"], name="sku_price_of_product")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.sku_code}: {self.price_fen}"
