"""What all cases have, and holds: what keeps a line or a party's money still, until when, and who said so.

An order line is named by order and number, not by its row: a payment that comes in late may begin the row again.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.order import Order, OrderLine
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


class CaseEventQuerySet(models.QuerySet["CaseEvent"]):
    def of(self, case: models.Model) -> "CaseEventQuerySet":
        return self.filter(case=case.CASE, case_id=case.pk)


class CaseEvent(models.Model):
    """One act on a case: who, when, why. Append-only. ``party`` and ``counterparty`` may read it."""

    class Case(models.TextChoices):
        LINE_HOLD = "line-hold", _("订单行冻结")
        TENANT_HOLD = "tenant-hold", _("账户冻结")
        DISPUTE = "dispute", _("争议")
        CORRECTION = "correction", _("冲正与调整")
        RESETTLEMENT = "resettlement", _("重新结算")
        RECONCILIATION = "reconciliation", _("对账差异")
        NIGHT = "night", _("结算夜")
        SHARD = "shard", _("结算分片")
        REBATE = "rebate", _("返点批次")

    class Act(models.TextChoices):
        OPENED = "opened", _("发起")
        EXTENDED = "extended", _("延期")
        PROPOSED = "proposed", _("提出处理")
        APPROVED = "approved", _("复核通过")
        REJECTED = "rejected", _("驳回")
        RELEASED = "released", _("解除")
        WITHDRAWN = "withdrawn", _("撤回")
        EXPIRED = "expired", _("到期自动解除")
        CLEARED = "cleared", _("后续文件已一致")
        PAUSED = "paused", _("暂停")
        RESUMED = "resumed", _("恢复")
        RETRIED = "retried", _("重试")
        SKIPPED = "skipped", _("跳过")
        BACKFILLED = "backfilled", _("补结算")
        CUT = "cut", _("自动一分为二")
        FAILED = "failed", _("多次失败，停止重试")

    case = models.CharField(_("事项"), max_length=16, choices=Case)
    case_id = models.BigIntegerField(_("事项编号"))
    act = models.CharField(_("动作"), max_length=10, choices=Act)
    by = person(_("操作人"), optional=True)
    at = models.DateTimeField(_("时间"))
    reason = models.CharField(_("原因"), max_length=500)
    party = models.ForeignKey(Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("当事方"))
    counterparty = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("对方")
    )

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("事项记录")
        indexes = [models.Index(fields=["case", "case_id", "id"], name="case_event_of_case")]

    def __str__(self) -> str:
        return f"{self.get_case_display()} {self.case_id} · {self.get_act_display()}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> "HoldQuerySet":
        return self.filter(closed_at=None)

    def expired(self, at: datetime) -> "HoldQuerySet":
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

    objects = HoldQuerySet.as_manager()

    class Meta:
        abstract = True


class LineHoldQuerySet(HoldQuerySet):
    def of_line(self, line: OrderLine) -> "LineHoldQuerySet":
        return self.filter(order=line.order_id, line_no=line.line_no)


class LineHold(Hold):
    """A line that waits: it settles in the night after the last of its holds has closed."""

    CASE: ClassVar[str] = CaseEvent.Case.LINE_HOLD

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


class Freezing(models.Model):
    """A case that freezes money: how much now, and the count of its postings, which numbers their references."""

    frozen_fen = models.BigIntegerField(_("冻结金额（分）"), default=0)
    moves = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def cause(self) -> str:
        """The cause of every posting of this case."""
        return f"{self.CASE}:{self.pk}"  # type: ignore[attr-defined]


class TenantHoldQuerySet(HoldQuerySet):
    def visible_to(self, tenant: Tenant) -> "TenantHoldQuerySet":
        return self.filter(tenant=tenant)


class TenantHold(Hold, Freezing):
    """A party whose money is frozen: what it has available, and what each night brings."""

    CASE: ClassVar[str] = CaseEvent.Case.TENANT_HOLD

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
