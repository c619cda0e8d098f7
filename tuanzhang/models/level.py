"""What levels take, in versions, and the level that each quarter came to (rulebook §12)."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.versions import VersionsQuerySet
from haowu.tenants.models import Tenant
from tuanzhang import periods
from tuanzhang.levels import LeaderLevel, LevelStep, Mode, Quarter

RANKED = (LeaderLevel.BRONZE, LeaderLevel.SILVER, LeaderLevel.GOLD)


class LevelLabel(models.TextChoices):
    POTENTIAL = "potential", _("潜力")
    BRONZE = "bronze", _("铜牌")
    SILVER = "silver", _("银牌")
    GOLD = "gold", _("金牌")


class LevelPolicy(models.Model):
    """Thresholds, rates and targets. A version speaks for the quarters that begin on or after ``effective_from``."""

    class Credit(models.TextChoices):
        FIRST = "first", _("全部计给一级团长")
        SECOND = "second", _("有二级团长时全部计给二级团长")

    class RebateMode(models.TextChoices):
        MARGINAL = Mode.MARGINAL.value, _("分段计算，每段按该段比例")
        WHOLE = Mode.WHOLE.value, _("全部按所达等级的比例")

    effective_from = models.DateField(_("生效日"))
    bronze_gmv_fen = models.BigIntegerField(_("铜牌成交额（分）"), default=50_000_000_00)
    bronze_brands = models.PositiveIntegerField(_("铜牌最少品牌数"), default=0)
    bronze_promoters = models.PositiveIntegerField(_("铜牌最少推广者数"), default=0)
    bronze_rebate_bps = models.PositiveIntegerField(_("铜牌返点（万分之一）"), default=10)
    silver_gmv_fen = models.BigIntegerField(_("银牌成交额（分）"), default=100_000_000_00)
    silver_brands = models.PositiveIntegerField(_("银牌最少品牌数"), default=0)
    silver_promoters = models.PositiveIntegerField(_("银牌最少推广者数"), default=0)
    silver_rebate_bps = models.PositiveIntegerField(_("银牌返点（万分之一）"), default=30)
    gold_gmv_fen = models.BigIntegerField(_("金牌成交额（分）"), default=300_000_000_00)
    gold_brands = models.PositiveIntegerField(_("金牌最少品牌数"), default=0)
    gold_promoters = models.PositiveIntegerField(_("金牌最少推广者数"), default=0)
    gold_rebate_bps = models.PositiveIntegerField(_("金牌返点（万分之一）"), default=50)
    target_gmv_fen = models.BigIntegerField(_("评分目标：成交额（分）"), default=100_000_000_00)
    target_brands = models.PositiveIntegerField(_("评分目标：品牌数"), default=30)
    target_promoters = models.PositiveIntegerField(_("评分目标：推广者数"), default=500)
    mode = models.CharField(_("返点方式"), max_length=8, choices=RebateMode, default=RebateMode.MARGINAL)
    credited_to = models.CharField(_("成交额归属"), max_length=6, choices=Credit, default=Credit.FIRST)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = VersionsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("团长等级政策")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    bronze_gmv_fen__gt=0,
                    silver_gmv_fen__gt=F("bronze_gmv_fen"),
                    gold_gmv_fen__gt=F("silver_gmv_fen"),
                ),
                name="level_policy_steps_rise",
            ),
            models.CheckConstraint(
                condition=Q(target_gmv_fen__gt=0, target_brands__gt=0, target_promoters__gt=0),
                name="level_policy_targets_positive",
            ),
            models.CheckConstraint(
                condition=Q(bronze_rebate_bps__lte=10_000, silver_rebate_bps__lte=10_000, gold_rebate_bps__lte=10_000),
                name="level_policy_rebates_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["marginal", "whole"], credited_to__in=["first", "second"]),
                name="level_policy_choices_known",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.effective_from}"

    @property
    def steps(self) -> tuple[LevelStep, ...]:
        """From the lowest level to the highest, as ``levels`` reads them."""
        return tuple(
            LevelStep(
                level,
                getattr(self, f"{level}_gmv_fen"),
                getattr(self, f"{level}_brands"),
                getattr(self, f"{level}_promoters"),
                getattr(self, f"{level}_rebate_bps"),
            )
            for level in RANKED
        )

    @property
    def target(self) -> Quarter:
        return Quarter(self.target_gmv_fen, self.target_brands, self.target_promoters)


class QuarterLevelQuerySet(models.QuerySet["QuarterLevel"]):
    def visible_to(self, tenant: Tenant) -> "QuarterLevelQuerySet":
        return self.filter(leader=tenant)

    def of_quarter(self, quarter: date) -> "QuarterLevelQuerySet":
        return self.filter(quarter=quarter)

    def last_revisions(self) -> "QuarterLevelQuerySet":
        """The revision of each leader and quarter that holds."""
        later = QuarterLevel.objects.filter(
            leader=models.OuterRef("leader"),
            quarter=models.OuterRef("quarter"),
            revision__gt=models.OuterRef("revision"),
        )
        return self.filter(~models.Exists(later))

    def is_gold(self, leader: Tenant, at: datetime) -> bool:
        """Whether the quarter before that of ``at`` made ``leader`` gold: its level holds now."""
        before = periods.quarter_before(days.day_of(at))
        return self.filter(leader=leader, quarter=before, level=LevelLabel.GOLD).last_revisions().exists()

    def newest_first(self) -> "QuarterLevelQuerySet":
        return self.order_by("-quarter", "-revision")


class QuarterLevel(models.Model):
    """A leader's quarter as it was closed, with all that level, score and rebate follow from. Append-only.

    ``gmv_fen`` is what settled in the quarter's nights less what they clawed back; it may be below zero. An appeal that
    is upheld adds a further revision. The level holds in the quarter after.
    """

    APPEAL_WITHIN = timedelta(days=14)

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    quarter = models.DateField(_("季度（首日）"))
    revision = models.PositiveSmallIntegerField(_("修订"), default=0)
    policy = models.ForeignKey(LevelPolicy, on_delete=models.PROTECT, related_name="+", verbose_name=_("等级政策"))
    lines = models.PositiveIntegerField(_("结算订单行数"))
    settled_fen = models.BigIntegerField(_("结算成交额（分）"))
    refunded_fen = models.BigIntegerField(_("其中追回（分）"))
    gmv_fen = models.BigIntegerField(_("净成交额（分）"))
    brands = models.PositiveIntegerField(_("品牌数"))
    promoters = models.PositiveIntegerField(_("推广者数"))
    score_bps = models.PositiveIntegerField(_("评分（万分之一）"))
    level = models.CharField(_("等级"), max_length=9, choices=LevelLabel)
    closed_at = models.DateTimeField(_("评定时间"))
    reason = models.CharField(_("修订原因"), max_length=500, blank=True)

    objects = QuarterLevelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("季度等级")
        constraints = [
            models.UniqueConstraint(fields=["leader", "quarter", "revision"], name="quarter_level_once"),
            models.CheckConstraint(
                condition=Q(settled_fen__gte=0, refunded_fen__gte=0, gmv_fen=F("settled_fen") - F("refunded_fen")),
                name="quarter_level_gmv_is_net",
            ),
            models.CheckConstraint(condition=Q(score_bps__lte=10_000), name="quarter_level_score_at_most_full"),
            models.CheckConstraint(
                condition=Q(level__in=["potential", "bronze", "silver", "gold"]), name="quarter_level_known"
            ),
            models.CheckConstraint(
                condition=Q(revision=0, reason="") | Q(revision__gt=0) & ~Q(reason=""),
                name="quarter_level_revised_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["quarter", "leader"], name="quarter_level_of_quarter")]

    def __str__(self) -> str:
        return f"{self.leader} {self.name}"

    @property
    def name(self) -> str:
        return periods.quarter_name(self.quarter)

    @property
    def brought(self) -> Quarter:
        return Quarter(self.gmv_fen, self.brands, self.promoters)

    @property
    def appeal_until(self) -> datetime:
        """Closed on the 1st, it may be appealed against until the 15th 00:00."""
        return days.start_of(days.day_of(self.closed_at) + self.APPEAL_WITHIN)

    @property
    def valid_in(self) -> str:
        """The quarter in which the level holds."""
        return periods.quarter_name(periods.next_quarter(self.quarter))

    @property
    def refund_bps(self) -> int:
        """What was taken back of what settled, for people; rounded down."""
        return self.refunded_fen * 10_000 // self.settled_fen if self.settled_fen else 0
