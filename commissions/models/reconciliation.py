"""Reconciliation: what an upstream file says of orders and settlements, row by row, and where it differs from here."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import person
from commissions.models.correction import Correction
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant


class UpstreamFile(models.Model):
    """A file as it was read, once: the same content again is the same file. ``first_on``/``last_on`` settle in it."""

    digest = models.CharField(_("内容摘要（SHA-256）"), max_length=64)
    name = models.CharField(_("文件名"), max_length=200)
    source = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("订单来源")
    )
    rows = models.PositiveIntegerField(_("行数"), default=0)
    matched = models.PositiveIntegerField(_("一致"), default=0)
    missing_here = models.PositiveIntegerField(_("上游有，平台没有"), default=0)
    missing_there = models.PositiveIntegerField(_("平台有，上游没有"), default=0)
    amount_differs = models.PositiveIntegerField(_("金额不符"), default=0)
    duplicate = models.PositiveIntegerField(_("上游重复"), default=0)
    timing = models.PositiveIntegerField(_("结算日不同"), default=0)
    first_on = models.DateField(_("最早结算日"), null=True)
    last_on = models.DateField(_("最晚结算日"), null=True)
    read_at = models.DateTimeField(_("读入时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("对账文件")
        constraints = [
            models.UniqueConstraint(fields=["digest", "source"], nulls_distinct=False, name="upstream_file_read_once")
        ]

    def __str__(self) -> str:
        return self.name


class UpstreamRow(models.Model):
    """One good row of a file, as it stands there. Append-only."""

    file = models.ForeignKey(UpstreamFile, on_delete=models.PROTECT, related_name="entries")
    row_no = models.PositiveIntegerField(_("文件行号"))
    order_no = models.CharField(_("订单号"), max_length=64)
    line_no = models.PositiveIntegerField(_("行号"))
    paid_fen = models.BigIntegerField(_("实付（分）"))
    refunded_fen = models.BigIntegerField(_("已退（分）"))
    commission_fen = models.BigIntegerField(_("佣金（分）"))
    settled_on = models.DateField(_("结算日"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对账文件行")
        constraints = [models.UniqueConstraint(fields=["file", "row_no"], name="upstream_row_once")]

    def __str__(self) -> str:
        return f"{self.file} #{self.row_no}"


class ReconciliationItem(HasStates, models.Model):
    """One difference. ``our_*`` are empty where the line is missing here, ``their_*`` where it is missing there."""

    CASE: ClassVar[str] = Subject.RECONCILIATION

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("上游有，平台没有")
        MISSING_THERE = "missing_there", _("平台有，上游没有")
        AMOUNT_DIFFERS = "amount_differs", _("金额不符")
        DUPLICATE = "duplicate", _("上游重复")
        TIMING = "timing", _("结算日不同")

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        PROPOSED = "proposed", _("待复核")
        RESOLVED = "resolved", _("已处理")
        CLEARED = "cleared", _("后续文件已一致")

    MOVES: Moves = {
        "propose": ((Status.OPEN,), Status.PROPOSED),
        "resolve": ((Status.PROPOSED,), Status.RESOLVED),
        "return": ((Status.PROPOSED,), Status.OPEN),
        "clear": ((Status.OPEN,), Status.CLEARED),
        "reopen": ((Status.CLEARED,), Status.OPEN),
    }

    file = models.ForeignKey(UpstreamFile, on_delete=models.PROTECT, related_name="items", verbose_name=_("对账文件"))
    row_no = models.PositiveIntegerField(_("文件行号"), null=True)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN, db_default=Status.OPEN)
    order_no = models.CharField(_("订单号"), max_length=64)
    line_no = models.PositiveIntegerField(_("行号"))
    line_id = models.BigIntegerField(_("订单行"), null=True)
    their_paid_fen = models.BigIntegerField(_("上游实付（分）"), null=True)
    their_refunded_fen = models.BigIntegerField(_("上游已退（分）"), null=True)
    their_commission_fen = models.BigIntegerField(_("上游佣金（分）"), null=True)
    their_settled_on = models.DateField(_("上游结算日"), null=True)
    our_paid_fen = models.BigIntegerField(_("平台实付（分）"), null=True)
    our_refunded_fen = models.BigIntegerField(_("平台已退（分）"), null=True)
    our_commission_fen = models.BigIntegerField(_("平台佣金（分）"), null=True)
    our_settled_on = models.DateField(_("平台结算日"), null=True)
    fingerprint = models.CharField(_("指纹"), max_length=32, unique=True)
    found_on = models.DateField(_("发现日"))
    reason = models.CharField(_("处理原因"), max_length=500, blank=True, db_default="")
    correction = models.OneToOneField(Correction, on_delete=models.PROTECT, null=True, related_name="item")
    proposed_by = person(_("处理人"), optional=True)
    resolved_by = person(_("复核人"), optional=True)
    closed_on = models.DateField(_("结束日"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对账差异")
        constraints = [
            models.CheckConstraint(condition=~Q(resolved_by=F("proposed_by")), name="item_resolved_by_two_people"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "proposed", "resolved", "cleared"]), name="item_status_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["order_no", "line_no"], condition=Q(status__in=["open", "proposed"]), name="item_open"
            ),
            models.Index(fields=["line_id"], name="item_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.order_no}/{self.line_no} {self.get_kind_display()}"

    @property
    def trail_reference(self) -> str:
        return str(self.pk)

    @property
    def difference_fen(self) -> int:
        """Upstream's commission less ours."""
        return (self.their_commission_fen or 0) - (self.our_commission_fen or 0)

    def days_open(self, today: date | None = None) -> int:
        return ((self.closed_on or today or days.day_of(days.now())) - self.found_on).days
