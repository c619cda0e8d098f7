"""What a policy keeps of each night's earnings for a while, against what may be clawed back (rulebook §10)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import Freezing
from haowu.tenants.models import Tenant


class ReserveQuerySet(models.QuerySet["Reserve"]):
    def visible_to(self, tenant: Tenant) -> "ReserveQuerySet":
        return self.filter(tenant=tenant)

    def kept(self) -> "ReserveQuerySet":
        """Those with money in them, the first to be released first."""
        return self.filter(frozen_fen__gt=0).order_by("release_on", "pk")

    def due(self, day: date) -> "ReserveQuerySet":
        return self.kept().filter(release_on__lte=day)


class Reserve(Freezing):
    """What was kept of one party's net of one night. The night of ``release_on`` gives back what is left of it."""

    CASE: ClassVar[str] = "reserve"

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="reserves", verbose_name=_("租户"))
    day = models.DateField(_("结算日"))
    amount_fen = models.BigIntegerField(_("预留金额（分）"))
    release_on = models.DateField(_("解冻日"))

    objects = ReserveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("风险预留")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "day"], name="reserve_once_a_night"),
            models.CheckConstraint(
                condition=Q(frozen_fen__gte=0, amount_fen__gt=0, frozen_fen__lte=F("amount_fen")),
                name="reserve_within_amount",
            ),
        ]
        indexes = [models.Index(fields=["release_on"], condition=Q(frozen_fen__gt=0), name="reserve_kept")]

    def __str__(self) -> str:
        return f"{self.tenant} @ {self.day}"
