"""Rows of feeds that somebody has to look at."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bases.models.stock import Feed
from haowu.ground.money import yuan
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, User


class QuarantinedRowQuerySet(models.QuerySet["QuarantinedRow"]):
    def visible_to(self, tenant: Tenant) -> "QuarantinedRowQuerySet":
        return self.filter(base=tenant)

    def of_feed(self, feed: Feed) -> "QuarantinedRowQuerySet":
        return self.filter(feed=feed)

    def open(self) -> "QuarantinedRowQuerySet":
        return self.filter(status=QuarantinedRow.Status.OPEN)

    def to_review(self) -> "QuarantinedRowQuerySet":
        """Open ones of feeds that were let in: those of a feed that waits to be confirmed stand on its page."""
        return self.open().exclude(feed__status=Feed.Status.PARTIAL)

    def because(self, reason: str) -> "QuarantinedRowQuerySet":
        return self.filter(reason=reason)

    def counted_by_reason(self) -> dict[str, int]:
        """``{reason: rows}``, the most first."""
        rows = self.order_by().values_list("reason").annotate(n=models.Count("pk")).order_by("-n", "reason")
        return dict(rows)

    def newest_first(self) -> "QuarantinedRowQuerySet":
        return self.order_by("-pk")


class QuarantinedRow(HasStates, models.Model):
    """A row of a feed that was not taken as it stands, kept as it came, for the base or staff to judge."""

    class Status(models.TextChoices):
        OPEN = "open", _("待复核")
        TAKEN = "taken", _("已采用")
        DROPPED = "dropped", _("已放弃")

    class Reason(models.TextChoices):
        ROW_UNREADABLE = "ROW_UNREADABLE", _("内容不完整或不是数字")
        SKU_REPEATED = "SKU_REPEATED", _("同一份上报里规格重复，只取第一行")
        MERCHANT_UNKNOWN = "MERCHANT_UNKNOWN", _("平台没有这个商家")
        NOT_YOUR_GOODS = "NOT_YOUR_GOODS", _("不是你引进或获授权的品牌，商家也没有同意你存放")
        PRICE_OUT_OF_BAND = "PRICE_OUT_OF_BAND", _("价格变动过大，暂用原来的价格和库存")
        STOCK_OUT_OF_BAND = "STOCK_OUT_OF_BAND", _("库存数异常，暂用原来的价格和库存")
        BELOW_RESERVED = "BELOW_RESERVED", _("库存少于已预留的订单，已停止接单")

    MOVES = {"accept": (("open",), "taken"), "drop": (("open",), "dropped")}

    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("基地"))
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="quarantine", verbose_name=_("上报"))
    line_no = models.PositiveIntegerField(_("行号"))
    merchant_code = models.CharField(_("商家编号"), max_length=200, blank=True)
    product_code = models.CharField(_("商品编号"), max_length=200, blank=True)
    sku_code = models.CharField(_("规格编号"), max_length=200, blank=True)
    price = models.CharField(_("价格（分）"), max_length=40, blank=True)
    quantity = models.CharField(_("库存"), max_length=40, blank=True)
    reason = models.CharField(_("原因"), max_length=20, choices=Reason)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.OPEN, editable=False)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("处理人")
    )

    objects = QuarantinedRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("待复核的库存行")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "taken", "dropped"]), name="quarantine_status_known"
            ),
        ]
        indexes = [models.Index(fields=["base", "status"], name="quarantine_of_base")]

    def __str__(self) -> str:
        return f"{self.merchant_code}/{self.product_code}/{self.sku_code}"

    @property
    def price_text(self) -> str:
        """In yuan where it is an amount, else as it came."""
        return f"¥{yuan(int(self.price))}" if self.price.isdecimal() and self.price.isascii() else self.price or "–"
