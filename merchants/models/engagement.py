"""Providers that a merchant or a streamer engaged, and what they are paid of each sale."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, tenant: Tenant) -> "EngagementQuerySet":
        return self.filter(Q(client=tenant) | Q(provider=tenant))

    def live(self, at: datetime) -> "EngagementQuerySet":
        return self.filter(starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


class Engagement(models.Model):
    """``provider`` works for ``client`` within ``[starts_at, ends_at)`` for named services.

    A merchant pays a share of the base on top of its other costs; a streamer gives his agency a share of his net.
    """

    class Basis(models.TextChoices):
        BASE = "base", _("按成交额，由商家承担")
        NET = "net", _("按达人净佣金，由达人承担")

    MAX_BPS = {Basis.BASE: 1000, Basis.NET: 9000}
    """With commission and service fee at most 9000 bps, a sale never costs more than it brings."""

    client = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="engagements", verbose_name=_("委托方"))
    provider = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("服务商"))
    services = models.CharField(_("服务内容"), max_length=200)
    basis = models.CharField(_("计费方式"), max_length=4, choices=Basis)
    bps = models.PositiveIntegerField(_("费率（万分之一）"))
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务委托")
        constraints = [
            models.CheckConstraint(
                condition=Q(basis="base", bps__lte=1000) | Q(basis="net", bps__lte=9000),
                name="engagement_basis_and_rate",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="engagement_window_forward"
            ),
            models.UniqueConstraint(
                fields=["client"], condition=Q(ends_at__isnull=True), name="engagement_one_open_per_client"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} – {self.provider}"

    def is_live(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
