"""Figures of a leader that only the floors above know; they write them here, any tenant may read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant


class LeaderFigures(models.Model):
    leader = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="+", verbose_name=_("团长")
    )
    orders = models.PositiveIntegerField(_("近 30 天订单数"))
    streamers = models.PositiveIntegerField(_("近 30 天带货达人数"))
    gmv_fen = models.BigIntegerField(_("近 30 天成交额（分）"))
    counted_at = models.DateTimeField(_("统计时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("团长数据")

    def __str__(self) -> str:
        return self.leader.name
