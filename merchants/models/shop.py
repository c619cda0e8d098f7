"""What the platform knows of a merchant beyond its tenant."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant
from merchants import scores
from merchants.scores import FEW_LINES


class Shop(models.Model):
    class Funding(models.TextChoices):
        WITHHELD = "withheld", _("从货款代扣")
        PREPAID = "prepaid", _("预存佣金")

    merchant = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="shop", verbose_name=_("商家")
    )
    hold_days = models.PositiveSmallIntegerField(
        _("结算冻结天数"), null=True, blank=True, help_text=_("为空时按类目或平台政策")
    )
    score = models.PositiveSmallIntegerField(
        _("店铺评分"), default=480, help_text=_("百分之一分：480 即 4.80 分。每晚按订单算，开店后第一晚之前为 4.80")
    )
    scored_lines = models.PositiveIntegerField(
        _("评分所依据的订单行"), default=0, db_default=0, help_text=_("不足 50 行时注明订单较少")
    )
    funding = models.CharField(_("佣金来源"), max_length=8, choices=Funding, default=Funding.WITHHELD)
    low_balance_fen = models.BigIntegerField(
        _("余额提醒线（分）"), default=0, help_text=_("预存佣金低于此数时提醒商家")
    )
    deposit_exhausted_at = models.DateTimeField(_("预存不足自"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("店铺")
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=500), name="shop_score_at_most_five"),
            models.CheckConstraint(condition=models.Q(funding__in=["withheld", "prepaid"]), name="shop_funding_known"),
        ]

    def __str__(self) -> str:
        return self.merchant.name

    @property
    def has_few_orders(self) -> bool:
        return self.scored_lines < FEW_LINES


class ShopScoreQuerySet(models.QuerySet["ShopScore"]):
    def of_shop(self, merchant: Tenant) -> "ShopScoreQuerySet":
        return self.filter(merchant=merchant)

    def newest_first(self) -> "ShopScoreQuerySet":
        return self.order_by("-day")

    def newest_of(self, merchant: Tenant) -> "ShopScore | None":
        return self.of_shop(merchant).newest_first().select_related("leaf").first()


class ShopScore(models.Model):
    """A shop's score as of the morning of ``day``: what was counted, and what it comes to (``merchants.scores``).

    ``leaf_*`` are the counts of all goods of the shop's leaf category, towards which the parts are smoothed. Rows are
    never edited; a day is scored once.
    """

    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("商家")
    )
    day = models.DateField(_("日期"))
    leaf = models.ForeignKey(
        "merchants.Category",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("主营类目"),
    )
    lines = models.PositiveIntegerField(_("订单行"))
    received = models.PositiveIntegerField(_("签收"))
    refunded = models.PositiveIntegerField(_("签收后退货款"))
    shipped = models.PositiveIntegerField(_("发货"))
    late = models.PositiveIntegerField(_("48 小时后发货"))
    disputed = models.PositiveIntegerField(_("争议成立"))
    leaf_lines = models.PositiveIntegerField(_("同类订单行"))
    leaf_received = models.PositiveIntegerField(_("同类签收"))
    leaf_refunded = models.PositiveIntegerField(_("同类签收后退货款"))
    leaf_shipped = models.PositiveIntegerField(_("同类发货"))
    leaf_late = models.PositiveIntegerField(_("同类 48 小时后发货"))
    leaf_disputed = models.PositiveIntegerField(_("同类争议成立"))
    goods = models.PositiveSmallIntegerField(_("商品分"))
    delivery = models.PositiveSmallIntegerField(_("物流分"))
    service = models.PositiveSmallIntegerField(_("服务分"))
    total = models.PositiveSmallIntegerField(_("店铺分"))

    objects = ShopScoreQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("店铺每日评分")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day"], name="shop_scored_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(refunded__lte=models.F("received"), late__lte=models.F("shipped"))
                & models.Q(disputed__lte=models.F("lines")),
                name="shop_score_counts_some_of_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.day}"

    @property
    def has_few_orders(self) -> bool:
        return self.lines < FEW_LINES

    @property
    def parts(self) -> "list[ScorePart]":
        """The three parts as a page shows them."""
        own, leaf = self.counts, self.leaf_counts
        return [
            ScorePart("goods", _("商品"), self.goods, scores.mean(leaf.goods), *own.goods),
            ScorePart("delivery", _("物流"), self.delivery, scores.mean(leaf.delivery), *own.delivery),
            ScorePart("service", _("服务"), self.service, scores.mean(leaf.service), *own.service),
        ]

    @property
    def counts(self) -> scores.Counts:
        return scores.Counts(*(getattr(self, name) for name in scores.COUNTED))

    @property
    def leaf_counts(self) -> scores.Counts:
        return scores.Counts(*(getattr(self, f"leaf_{name}") for name in scores.COUNTED))


@dataclass(frozen=True)
class ScorePart:
    """One part of a score. ``mean``: what goods of the same leaf category come to, None where nothing is known."""

    key: str
    label: Any
    score: int
    mean: int | None
    bad: int
    whole: int

    @property
    def above_mean(self) -> int:
        """In hundredths; below it negative."""
        return 0 if self.mean is None else self.score - self.mean

    @property
    def below_mean(self) -> int:
        return -self.above_mean

    @property
    def bad_bps(self) -> int:
        """The bad lines of all, half-up."""
        return (2 * 10_000 * self.bad + self.whole) // (2 * self.whole) if self.whole else 0
