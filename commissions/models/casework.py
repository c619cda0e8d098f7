"""Holds: what keeps a line or a party's money still, until when, and who said so.

``CASE`` is the kind under which a case stands in the trail, ``trail_reference`` its name there.

An order line is named by order and number, not by its row: a payment that comes in late may begin the row again.
"""

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.order import Order, OrderLine
from haowu.approvals.words import Subject
from haowu.tenants.models import Tenant


def person(label: Any, *, optional: bool = False) -> models.ForeignKey:
    """Who did it. Optional for what a deadline may do as well."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=label,
    )


AnyHold = TypeVar("AnyHold", bound="Hold")


class HoldQuerySet(models.QuerySet[AnyHold]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def expired(self, at: datetime) -> Self:
        """Open, with a deadline at or before ``at``."""
        return self.open().filter(expires_at__lte=at).order_by("expires_at", "pk")


class Hold(models.Model):
    """Open until ``closed_at``; a deadline that passes closes it."""

    reason = models.CharField(_("原因"), max_length=500)
    opened_by = person(_("冻结人"))
    opened_at = models.DateTimeField(_("冻结时间"))
    expires_at = models.DateTimeField(_("到期自动解冻"))
    closed_by = person(_("解冻人"), optional=True)
    closed_at = models.DateTimeField(_("解冻时间"), null=True, blank=True)

    class Meta:
        abstract = True


class LineHoldQuerySet(HoldQuerySet["LineHold"]):
    def of_line(self, line: OrderLine) -> "LineHoldQuerySet":
        return self.filter(order=line.order_id, line_no=line.line_no)


class LineHold(Hold):
    """A line that waits: it settles in the night after the last of its holds has closed."""

    CASE: ClassVar[str] = Subject.LINE_HOLD

    class Kind(models.TextChoices):
        STAFF_HOLD = "STAFF_HOLD", _("平台冻结")
        DISPUTE = "DISPUTE", _("争议处理中")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="holds", verbose_name=_("订单"))
    line_no = models.PositiveIntegerField(_("行号"))
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)

    objects = LineHoldQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("订单行冻结")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line_no"],
                condition=Q(kind="STAFF_HOLD", closed_at=None),
                name="line_hold_once_by_staff",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="line_hold_deadline_later"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(closed_at=None), name="line_hold_open")]

    def __str__(self) -> str:
        return f"{self.order}/{self.line_no}"

    @property
    def trail_reference(self) -> str:
        return str(self.pk)


class Freezing(models.Model):
    """A case that freezes money: how much now, and the count of its postings, which numbers their references."""

    CASE: ClassVar[str]

    frozen_fen = models.BigIntegerField(_("冻结金额（分）"), default=0)
    moves = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def cause(self) -> str:
        """The cause of every posting of this case."""
        return f"{self.CASE}:{self.pk}"


class TenantHoldQuerySet(HoldQuerySet["TenantHold"]):
    def visible_to(self, tenant: Tenant) -> "TenantHoldQuerySet":
        return self.filter(tenant=tenant)


class TenantHold(Hold, Freezing):
    """A party whose money is frozen: what it has available, and what each night brings."""

    CASE: ClassVar[str] = Subject.TENANT_HOLD

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="holds", verbose_name=_("租户"))

    objects = TenantHoldQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("账户冻结")
        constraints = [
            models.UniqueConstraint(fields=["tenant"], condition=Q(closed_at=None), name="tenant_hold_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="tenant_hold_deadline_later"),
            models.CheckConstraint(condition=Q(frozen_fen__gte=0), name="tenant_hold_not_below_zero"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(frozen_fen=0), name="tenant_hold_closed_freezes_nothing"
            ),
        ]

    def __str__(self) -> str:
        return str(self.tenant)

    @property
    def trail_reference(self) -> str:
        return str(self.pk)
