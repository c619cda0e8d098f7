"""What the platform knows of a merchant beyond its tenant."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant


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
    score = models.PositiveSmallIntegerField(_("店铺评分"), default=480, help_text=_("百分之一分：480 即 4.80 分"))
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
