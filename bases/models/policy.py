"""The national plan of bases, in versions: seats, brand quotas, when a feed is stale, what it may change unasked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.versions import VersionsQuerySet


class BaseLevel(models.TextChoices):
    GOLD = "gold", _("金牌")
    SILVER = "silver", _("银牌")


class BasePolicy(models.Model):
    """A version is added, never edited. 10 × 40 + 50 × 28 = 1,800 brands (rulebook §14)."""

    effective_from = models.DateTimeField(_("生效时间"))
    gold_seats = models.PositiveSmallIntegerField(_("金牌基地名额"), default=10)
    silver_seats = models.PositiveSmallIntegerField(_("银牌基地名额"), default=50)
    gold_brands = models.PositiveSmallIntegerField(_("金牌基地每期品牌额度"), default=40)
    silver_brands = models.PositiveSmallIntegerField(_("银牌基地每期品牌额度"), default=28)
    notice_days = models.PositiveSmallIntegerField(_("授权到期提前提醒（天）"), default=30)
    stale_minutes = models.PositiveIntegerField(
        _("库存多久未更新视为失联（分钟）"),
        default=24 * 60,
        help_text=_("失联基地的商品立即离开选品中心，恢复上报后立即回来"),
    )
    price_band_bps = models.PositiveIntegerField(
        _("价格变动复核线（万分之一）"), default=5_000, help_text=_("与上次价格相差超过此比例的行先复核再生效")
    )
    stock_limit = models.PositiveIntegerField(_("单个规格库存复核线"), default=1_000_000)
    empty_band_bps = models.PositiveIntegerField(
        _("快照清空复核线（万分之一）"),
        default=5_000,
        help_text=_("一次全量快照使超过此比例的在库规格归零时，整份快照先复核再生效"),
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = VersionsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("基地政策")
        constraints = [
            models.CheckConstraint(condition=Q(stale_minutes__gte=1), name="base_policy_stale_after_a_while"),
            models.CheckConstraint(condition=Q(empty_band_bps__lte=10_000), name="base_policy_empty_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.effective_from:%Y-%m-%d}"

    def seats(self, level: str) -> int:
        return self.gold_seats if level == BaseLevel.GOLD else self.silver_seats

    def brands(self, level: str) -> int:
        return self.gold_brands if level == BaseLevel.GOLD else self.silver_brands
