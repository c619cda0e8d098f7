"""What bases hold, as their feeds say, and the feeds.

Stock is known by base, merchant, product code and SKU code, as other systems name goods: products stand on a floor
above, and a base may count a SKU before its merchant lists it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from bases.models.base import Base
from bases.models.permit import Permit
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, User


class FeederQuerySet(models.QuerySet["Feeder"]):
    def visible_to(self, tenant: Tenant) -> "FeederQuerySet":
        return self.filter(base=tenant)


class Feeder(models.Model):
    """How far a base's feeds have come. Locked by whoever applies one, so that they follow each other.

    ``fresh_until`` moves only forward, by the counting time of applied feeds; that it has passed is all there is to
    being stale. Public: the selection centre asks it at the moment of reading.
    """

    base = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="feeder", verbose_name=_("基地")
    )
    snapshot_sequence = models.BigIntegerField(_("最近全量序号"), default=0)
    last_sequence = models.BigIntegerField(_("最近序号"), default=0)
    counted_at = models.DateTimeField(_("最近盘点时间"), null=True)
    fresh_until = models.DateTimeField(_("有效至"), null=True)

    objects = FeederQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("库存上报")

    def __str__(self) -> str:
        return str(self.base)

    def is_fresh(self, at: datetime) -> bool:
        return self.fresh_until is not None and self.fresh_until > at


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, tenant: Tenant) -> "FeedQuerySet":
        return self.filter(base=tenant)

    def numbered(self, sequence: int) -> "Feed | None":
        return self.filter(sequence=sequence).first()

    def newest_first(self) -> "FeedQuerySet":
        return self.order_by("-sequence")

    def waiting(self) -> "FeedQuerySet":
        """Whole, and not applied yet."""
        return self.filter(status=Feed.Status.RECEIVED).order_by("pk")


class Feed(HasStates, models.Model):
    """One count by a base, numbered by the base. A snapshot says all it has; changes say new counts of some SKUs."""

    class Kind(models.TextChoices):
        SNAPSHOT = "snapshot", _("全量快照")
        CHANGES = "changes", _("变化")

    class Status(models.TextChoices):
        PARTIAL = "partial", _("未传完")
        RECEIVED = "received", _("已收到，待生效")
        APPLIED = "applied", _("已生效")
        SUPERSEDED = "superseded", _("晚到，已被更新的快照取代")
        HELD = "held", _("待复核")
        REJECTED = "rejected", _("已作废")

    MOVES = {
        "complete": (("partial",), "received"),
        "apply": (("received", "held"), "applied"),
        "supersede": (("received", "held"), "superseded"),
        "hold": (("received",), "held"),
        "reject": (("held", "partial"), "rejected"),
    }

    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("基地"))
    sequence = models.BigIntegerField(_("序号"))
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    counted_at = models.DateTimeField(_("盘点时间"))
    parts = models.PositiveSmallIntegerField(_("分几部分"), default=1)
    status = models.CharField(_("状态"), max_length=10, choices=Status, editable=False)
    received_at = models.DateTimeField(_("收到时间"))
    applied_at = models.DateTimeField(_("生效时间"), null=True)
    rows = models.PositiveIntegerField(_("行数"), default=0)
    changed = models.PositiveIntegerField(_("改变"), default=0)
    emptied = models.PositiveIntegerField(_("归零"), default=0)
    quarantined = models.PositiveIntegerField(_("待复核"), default=0)

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("库存上报记录")
        constraints = [
            models.UniqueConstraint(fields=["base", "sequence"], name="feed_sequence_once"),
            models.CheckConstraint(condition=Q(sequence__gte=1, parts__gte=1), name="feed_sequence_and_parts"),
            models.CheckConstraint(condition=Q(kind__in=["snapshot", "changes"]), name="feed_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=["partial", "received", "applied", "superseded", "held", "rejected"]),
                name="feed_status_known",
            ),
        ]
        indexes = [models.Index(fields=["status"], condition=Q(status="received"), name="feed_waiting")]

    def __str__(self) -> str:
        return f"{self.base} #{self.sequence}"


class FeedPart(models.Model):
    """A part as it came, its rows as COPY text under gzip; kept until the feed is applied, its checksum for good."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="received", verbose_name=_("上报"))
    number = models.PositiveSmallIntegerField(_("第几部分"))
    checksum = models.CharField(_("校验和"), max_length=64)
    rows = models.PositiveIntegerField(_("行数"))
    packed = models.BinaryField(_("内容"))

    class Meta:
        verbose_name = verbose_name_plural = _("上报内容")
        constraints = [models.UniqueConstraint(fields=["feed", "number"], name="feed_part_once")]

    def __str__(self) -> str:
        return f"{self.feed} {self.number}/{self.feed.parts}"


class StockQuerySet(models.QuerySet["Stock"]):
    def of_base(self, base: Tenant) -> "StockQuerySet":
        return self.filter(base=base)

    def of_merchant(self, merchant: Tenant) -> "StockQuerySet":
        return self.filter(merchant=merchant)

    def of_product(self, merchant: object, code: object) -> "StockQuerySet":
        """Also for subqueries: ``merchant`` and ``code`` may be expressions."""
        return self.filter(merchant=merchant, product_code=code)

    def of_product_codes(self, merchant: Tenant, codes: Iterable[str]) -> "StockQuerySet":
        return self.filter(merchant=merchant, product_code__in=list(codes))

    def permitted(self, at: datetime) -> "StockQuerySet":
        """What its base may sell at ``at``. The rest counts for nothing, and hides nobody's product."""
        return self.filter(permit__since__lte=at, permit__until__gt=at)

    def sold_by_working(self, at: datetime) -> "StockQuerySet":
        """Of bases that work, whose feed is fresh at ``at``, and that may sell these goods then."""
        fresh = Feeder.objects.filter(base=OuterRef("base"), fresh_until__gt=at)
        working = Base.objects.working().filter(base=OuterRef("base"))
        return self.permitted(at).filter(models.Exists(fresh), models.Exists(working))

    def in_stock(self) -> "StockQuerySet":
        return self.filter(quantity__gt=F("reserved"))

    def with_available(self) -> "StockQuerySet":
        return self.annotate(available=F("quantity") - F("reserved"))

    def totals(self) -> dict[str, int]:
        """``{"skus", "reserved"}``: rows, and pieces that orders hold of them."""
        return self.aggregate(skus=Count("pk"), reserved=Coalesce(Sum("reserved"), 0))

    def lock_in_order(self) -> "StockQuerySet":
        """The same rows, locked by their ids as feeds and reservations lock them. Within a transaction."""
        ids = list(self.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        return Stock.objects.filter(pk__in=ids)

    def in_order(self) -> "StockQuerySet":
        return self.order_by("merchant", "product_code", "sku_code")


class Stock(models.Model):
    """``quantity`` is what the base has, ``reserved`` what orders hold of it: never more (I19, in the database).

    A count below what is reserved cannot undo promises: ``quantity`` stops at ``reserved``, nothing is free, and
    ``short`` keeps the difference to the count, which releases fill up first.
    ``sequence`` is the feed that last changed the row. What a row is *known* by is the greater of it and the feeder's
    ``snapshot_sequence``, so that a snapshot need not touch the rows it confirms. Public, like the catalogue.
    ``permit`` is what it was last fed under; None where none holds for these goods any more.
    """

    base = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="stock", db_constraint=False, verbose_name=_("基地")
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("商家")
    )
    product_code = models.CharField(_("商品编号"), max_length=64)
    sku_code = models.CharField(_("规格编号"), max_length=64)
    price_fen = models.BigIntegerField(_("价格（分）"))
    quantity = models.BigIntegerField(_("库存"))
    reserved = models.BigIntegerField(_("已预留"), default=0, db_default=0)
    short = models.BigIntegerField(_("缺口"), default=0, db_default=0)
    sequence = models.BigIntegerField(_("上报序号"))
    permit = models.ForeignKey(
        Permit,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("供货许可"),
    )

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("基地库存")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "product_code", "sku_code", "base"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("quantity")), name="stock_reserved_within"
            ),
            models.CheckConstraint(condition=Q(short__gte=0, short__lte=F("quantity")), name="stock_short_within"),
            models.CheckConstraint(condition=Q(price_fen__gt=0), name="stock_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.product_code}/{self.sku_code}"

    @property
    def free(self) -> int:
        return self.quantity - self.reserved


class QuarantinedRowQuerySet(models.QuerySet["QuarantinedRow"]):
    def visible_to(self, tenant: Tenant) -> "QuarantinedRowQuerySet":
        return self.filter(base=tenant)

    def of_feed(self, feed: Feed) -> "QuarantinedRowQuerySet":
        return self.filter(feed=feed)

    def open(self) -> "QuarantinedRowQuerySet":
        return self.filter(status=QuarantinedRow.Status.OPEN)

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
