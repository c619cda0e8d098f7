"""The platform's settlement policy, in versions. A line keeps the one that was in force when it was ordered."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.versions import VersionsQuerySet


class PolicyQuerySet(VersionsQuerySet["Policy"]):
    def tech_bps_at(self, at: datetime) -> int:
        """What the platform keeps of a commission ordered at ``at``."""
        return self.in_force(at).tech_bps


class Policy(models.Model):
    effective_from = models.DateTimeField(_("生效时间"))
    tech_bps = models.PositiveIntegerField(_("技术服务费率（万分之一）"), default=1000)
    hold_days = models.PositiveSmallIntegerField(_("超售后期（天）"), default=7)
    return_tech_fee = models.BooleanField(
        _("追回时退还技术服务费"), default=True, help_text=_("关闭后平台保留已收的技术服务费，只追回净额")
    )
    front_clawbacks = models.BooleanField(
        _("平台垫付追回款"), default=False, help_text=_("开启后商家立即收到追回款；关闭时随达人还款到账")
    )
    subsidy_in_base = models.BooleanField(_("平台补贴计入计佣基数"), default=False)
    reserve_bps = models.PositiveIntegerField(
        _("风险预留比例（万分之一）"), default=0, help_text=_("每晚净收入中先冻结、到期再转可提现的部分；0 为不预留")
    )
    reserve_days = models.PositiveSmallIntegerField(_("风险预留天数"), default=0)
    min_withdrawal_fen = models.BigIntegerField(_("最低提现（分）"), default=100)
    daily_withdrawal_fen = models.BigIntegerField(_("每日提现上限（分）"), default=20_000_000)
    checked_above_fen = models.BigIntegerField(_("需复核的提现额（分）"), default=500_000)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算政策")
        constraints = [
            models.CheckConstraint(condition=Q(tech_bps__lte=10_000), name="policy_tech_at_most_all"),
            models.CheckConstraint(condition=Q(reserve_bps__lte=10_000), name="policy_reserve_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.effective_from:%Y-%m-%d}"
