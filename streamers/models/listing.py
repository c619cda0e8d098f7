"""The selection centre's own table: a row per listed product, with what search, filters, sorts and cards need.

Everybody signed in reads it, so it never holds what is between a merchant and the streamers that a plan or activity
lists. What an offer to everybody pays stands here; the rest is laid over it (``streamers.centre.overlay``).
"""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product

SORT_COLUMNS = (
    "popularity", "listed_at", "bps", "per_sale_fen", "price_fen", "sales_30d", "conversion_bps", "value",
)  # fmt: skip


class ListingQuerySet(models.QuerySet["Listing"]):
    def at(self, at: datetime) -> "ListingQuerySet":
        return self.filter(valid_from__lte=at, valid_until__gt=at)

    def of_products(self, products: "Iterable[int]") -> "ListingQuerySet":
        return self.filter(product__any_of=list(products))

    def goods_by_origin(self) -> dict[str, int]:
        """By city: how many goods come from factories there."""
        rows = self.filter(tags__contains=["vfactory"]).exclude(origin="").order_by()
        return dict(rows.values_list("origin").annotate(goods=models.Count("pk")))

    def through_activities(self) -> "ListingQuerySet":
        """Those that are open to everybody through an activity alone."""
        return self.filter(offer=Listing.Offer.ACTIVITY)

    def over(self, at: datetime) -> "ListingQuerySet":
        return self.filter(valid_until__lte=at)


class Listing(models.Model):
    """A listed product within ``[valid_from, valid_until)``.

    A rate that falls at midnight is a second row from midnight on, so that no job has to run in time. The first row of
    a product holds from ``days.BEGINNING``, the last until ``days.END``.
    ``bps`` is what a streamer whom no plan lists earns by picking it here: by the normal plan, else by the best open
    activity (``offer`` says which); NULL where nothing is open to everybody. ``best_bps`` is the highest open rate,
    perhaps of an activity that pays more than the normal plan.
    """

    class Offer(models.TextChoices):
        NONE = "", _("仅指定达人")
        NORMAL = "normal", _("普通计划")
        ACTIVITY = "activity", _("团长活动")

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, db_index=False, related_name="+", verbose_name=_("商品")
    )
    valid_from = models.DateTimeField(_("生效时间"), default=days.BEGINNING)
    valid_until = models.DateTimeField(_("失效时间"), default=days.END)
    public_id = models.CharField(_("公开编号"), max_length=16)
    merchant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商家")
    )
    merchant_code = models.CharField(_("商家编号"), max_length=64)
    code = models.CharField(_("商品编号"), max_length=64)
    title = models.CharField(_("标题"), max_length=120)
    letters = models.CharField(_("归一标题"), max_length=400)
    cover = models.CharField(_("首图"), max_length=200, blank=True)
    shop_name = models.CharField(_("店铺"), max_length=200)
    shop_score = models.PositiveSmallIntegerField(_("店铺评分"))
    shop_has_few_orders = models.BooleanField(_("店铺订单较少"), default=True, db_default=True)
    provenance = models.CharField(_("货源"), max_length=8, blank=True, default="", db_default="")
    origin = models.CharField(_("产业带城市"), max_length=32, blank=True, default="", db_default="")
    brand_id = models.BigIntegerField(_("品牌"), null=True)
    brand_name = models.CharField(_("品牌名称"), max_length=64, blank=True)
    top_id = models.BigIntegerField(_("一级类目"), null=True)
    middle_id = models.BigIntegerField(_("二级类目"), null=True)
    leaf_id = models.BigIntegerField(_("三级类目"), null=True)
    price_fen = models.BigIntegerField(_("价格（分）"))
    price_to_fen = models.BigIntegerField(_("最高价（分）"))
    stock = models.BigIntegerField(_("库存"))
    offer = models.CharField(_("公开佣金"), max_length=8, choices=Offer, blank=True)
    is_exclusive = models.BooleanField(_("独家推广"), default=False)
    has_step = models.BooleanField(_("阶梯佣金"), default=False)
    bps = models.PositiveIntegerField(_("佣金率（万分之一）"), null=True)
    per_sale_fen = models.BigIntegerField(_("每单佣金（分）"), default=0)
    best_bps = models.PositiveIntegerField(_("最高公开佣金率（万分之一）"), null=True)
    activity_id = models.BigIntegerField(_("佣金最高的公开活动"), null=True)
    listed_at = models.DateTimeField(_("上架时间"))
    sales_30d = models.PositiveIntegerField(_("近 30 天销量"), default=0)
    popularity = models.IntegerField(_("热度"), default=0)
    exposure = models.PositiveSmallIntegerField(_("曝光权重（百分之一）"), default=100, db_default=100)
    conversion_bps = models.PositiveIntegerField(_("平滑转化率（万分之一）"), default=0, db_default=0)
    value = models.PositiveIntegerField(_("性价比"), default=0, db_default=0)
    held_by = ArrayField(models.BigIntegerField(), verbose_name=_("有货权的基地"), default=list)
    words = ArrayField(models.TextField(), verbose_name=_("词"))
    tags = ArrayField(models.TextField(), verbose_name=_("标记"))

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("选品中心商品")
        constraints = [
            models.UniqueConstraint(fields=["product", "valid_from"], name="listing_period_once"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="listing_period_forward"),
            models.CheckConstraint(
                condition=Q(bps__isnull=True, offer="") | Q(bps__isnull=False, offer__in=["normal", "activity"]),
                name="listing_rate_has_an_offer",
            ),
        ]
        indexes = [
            GinIndex(fields=["words", "tags"], name="listing_words"),
            *(models.Index(fields=[name, "product"], name=f"listing_by_{name}") for name in SORT_COLUMNS),
            models.Index(
                fields=["valid_until"], condition=Q(valid_until__lt=days.END), name="listing_that_will_change"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ListingChangeQuerySet(models.QuerySet["ListingChange"]):
    def of_this_transaction(self) -> "ListingChangeQuerySet":
        """None where the transaction has written nothing yet."""
        return self.filter(transaction=RawSQL("pg_current_xact_id_if_assigned()::text::bigint", []))


class ListingChange(models.Model):
    """Something that a listing is made of changed. Laid down by triggers of the tables that it is made of, in the
    transaction of the change; whoever brings the listing in step removes it.
    """

    product_id = models.BigIntegerField(_("商品"))
    transaction = models.BigIntegerField(_("事务"))

    objects = ListingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("选品中心待同步")
        indexes = [models.Index(fields=["transaction"], name="listing_change_of")]

    def __str__(self) -> str:
        return str(self.product_id)


class ListingFigures(models.Model):
    """What is counted about a product, as of the morning of ``counted_on``.

    ``promoted_30d``: of its sales those through a streamer; ``clicks_30d``: looks through links, by which conversion is
    judged. ``exposure``, ``conversion_bps`` and ``value`` as ``streamers.exposure`` last found them.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("商品")
    )
    sales_30d = models.PositiveIntegerField(_("近 30 天销量"), default=0)
    promoted_30d = models.PositiveIntegerField(_("近 30 天推广销量"), default=0, db_default=0)
    clicks_30d = models.PositiveIntegerField(_("近 30 天点击"), default=0, db_default=0)
    exposure = models.PositiveSmallIntegerField(_("曝光权重（百分之一）"), default=100, db_default=100)
    conversion_bps = models.PositiveIntegerField(_("平滑转化率（万分之一）"), default=0, db_default=0)
    value = models.PositiveIntegerField(_("性价比"), default=0, db_default=0)
    counted_on = models.DateField(_("统计日"))

    class Meta:
        verbose_name = verbose_name_plural = _("商品数据")

    def __str__(self) -> str:
        return f"{self.product_id}: {self.sales_30d}"


class Word(models.Model):
    """A word that listings hold, and how many hold it. Counted anew each night and after a rebuild."""

    word = models.CharField(_("词"), max_length=128, primary_key=True)
    pinyin = models.CharField(_("拼音"), max_length=400, blank=True)
    initials = models.CharField(_("拼音首字母"), max_length=128, blank=True)
    listings = models.PositiveIntegerField(_("商品数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("词库")
        indexes = [
            models.Index(
                fields=["pinyin"], opclasses=["varchar_pattern_ops"], condition=~Q(pinyin=""), name="word_pinyin"
            ),
            models.Index(
                fields=["initials"], opclasses=["varchar_pattern_ops"], condition=~Q(initials=""), name="word_initials"
            ),
        ]

    def __str__(self) -> str:
        return self.word
