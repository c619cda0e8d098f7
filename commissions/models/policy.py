"""The platform's settlement policy, in versions. A line keeps the one that was in force when it was ordered."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PolicyQuerySet(models.QuerySet):
    def in_force(self, at: datetime) -> "Policy":
        """The version that speaks at ``at``; there is always one, since the first begins with time itself."""
        return self.filter(effective_from__lte=at).order_by("-effective_from", "-pk")[0]


class Policy(models.Model):
    effective_from = models.DateTimeField(_("生效时间"))
    tech_bps = models.PositiveIntegerField(_("技术服务费率（万分之一）"), default=1000)
    hold_days = models.PositiveSmallIntegerField(_("超售后期（天）"), default=7)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算政策")
        constraints = [models.CheckConstraint(condition=Q(tech_bps__lte=10_000), name="policy_tech_at_most_all")]

    def __str__(self) -> str:
        return f"v{self.pk} · {self.effective_from:%Y-%m-%d}"
