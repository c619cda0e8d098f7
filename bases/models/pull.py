"""Addresses of bases from which the platform reads their stock."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bases.models.base import Base
from haowu.tenants.models import Tenant


class PullSourceQuerySet(models.QuerySet["PullSource"]):
    def visible_to(self, tenant: Tenant) -> "PullSourceQuerySet":
        return self.filter(base=tenant)

    def due(self, at: datetime) -> "PullSourceQuerySet":
        return self.filter(next_at__lte=at, base__base__status__in=Base.WORKING).order_by("next_at", "pk")


class PullSource(models.Model):
    """An HTTPS address of a base from which the platform reads its snapshots."""

    base = models.OneToOneField(
        Tenant, on_delete=models.PROTECT, primary_key=True, related_name="pull_source", verbose_name=_("基地")
    )
    url = models.URLField(_("地址"), max_length=500)
    every_minutes = models.PositiveIntegerField(_("每隔（分钟）"), default=60)
    next_at = models.DateTimeField(_("下次读取"))
    pulled_at = models.DateTimeField(_("上次读取"), null=True)
    outcome = models.CharField(_("上次结果"), max_length=32, blank=True)
    explanation = models.CharField(_("说明"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)

    objects = PullSourceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("库存拉取地址")
        constraints = [models.CheckConstraint(condition=Q(every_minutes__gte=5), name="pull_source_not_too_often")]

    def __str__(self) -> str:
        return self.url
