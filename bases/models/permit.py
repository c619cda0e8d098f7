"""The windows in which bases may sell goods that are not their own (rulebook §19)."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant


class PermitQuerySet(models.QuerySet["Permit"]):
    def live(self, at: datetime) -> "PermitQuerySet":
        return self.filter(since__lte=at, until__gt=at)


class Permit(models.Model):
    """A base may sell something within ``[since, until)``. Of what, and by whose word, is said by the row that points
    here: an accepted or authorised ``Introduction`` of a brand, or a merchant's ``Consent``.

    Without an agreed end ``until`` is ``days.END``; an early end brings it forward. Public, since stock is: the
    selection centre compares it with the moment of reading.
    """

    base = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="permits", verbose_name=_("基地"))
    since = models.DateTimeField(_("生效时间"))
    until = models.DateTimeField(_("失效时间"))

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("供货许可")
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="permit_window_forward")]

    def __str__(self) -> str:
        return f"{self.base} {self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"

    def is_live(self, at: datetime) -> bool:
        return self.since <= at < self.until
