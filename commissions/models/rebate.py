"""Rebates: the share of its quarter's GMV that the platform pays a leader, in batches of two people (rulebook §12)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import person
from haowu.approvals.words import Subject
from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant
from tuanzhang import periods
from tuanzhang.models import LevelLabel, LevelPolicy, QuarterLevel


class RebateBatch(HasStates, models.Model):
    """The rebates of one quarter that one person proposes and another posts. A refused batch pays nobody."""

    CASE: ClassVar[str] = Subject.REBATE

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        POSTED = "posted", _("已入账")
        REFUSED = "refused", _("已驳回")

    MOVES: Moves = {
        "post": ((Status.PROPOSED,), Status.POSTED),
        "refuse": ((Status.PROPOSED,), Status.REFUSED),
    }

    quarter = models.DateField(_("季度（首日）"))
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.PROPOSED)
    count = models.PositiveIntegerField(_("笔数"))
    gmv_fen = models.BigIntegerField(_("净成交额合计（分）"))
    sum_fen = models.BigIntegerField(_("返点合计（分）"))
    made_by = person(_("经办人"))
    made_at = models.DateTimeField(_("提出时间"))
    checked_by = person(_("复核人"), optional=True)
    checked_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    day = models.DateField(_("账务日"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("返点批次")
        constraints = [
            models.UniqueConstraint(fields=["quarter"], condition=Q(status="proposed"), name="rebates_proposed_once"),
            models.CheckConstraint(condition=~Q(checked_by=F("made_by")), name="rebates_by_two_people"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "refused"], day__isnull=True)
                | Q(status="posted", day__isnull=False, checked_by__isnull=False),
                name="rebates_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def trail_reference(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return periods.quarter_name(self.quarter)


class RebateQuerySet(models.QuerySet["Rebate"]):
    def visible_to(self, tenant: Tenant) -> "RebateQuerySet":
        """A leader sees its rebates once two people have agreed. Their batch is the platform's own."""
        return self.filter(leader=tenant, posted_on__isnull=False)

    def of_quarter(self, quarter: date) -> "RebateQuerySet":
        return self.filter(quarter=quarter)

    def with_result(self) -> "RebateQuerySet":
        return self.select_related("result__policy")


class Rebate(models.Model):
    """One leader's rebate of one quarter, with what it follows from. ``is_live`` ends where its batch is refused."""

    batch = models.ForeignKey(RebateBatch, on_delete=models.PROTECT, related_name="rebates", verbose_name=_("返点批次"))
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    quarter = models.DateField(_("季度（首日）"))
    result = models.ForeignKey(QuarterLevel, on_delete=models.PROTECT, related_name="+", verbose_name=_("季度等级"))
    gmv_fen = models.BigIntegerField(_("净成交额（分）"))
    level = models.CharField(_("等级"), max_length=9, choices=LevelLabel)
    score_bps = models.PositiveIntegerField(_("评分（万分之一）"))
    mode = models.CharField(_("返点方式"), max_length=8, choices=LevelPolicy.RebateMode)
    amount_fen = models.BigIntegerField(_("返点（分）"))
    is_live = models.BooleanField(_("有效"), default=True)
    posted_on = models.DateField(_("账务日"), null=True)

    objects = RebateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("返点")
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "quarter"], condition=Q(is_live=True), name="rebate_once_a_quarter"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="rebate_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.leader} {periods.quarter_name(self.quarter)}"

    @property
    def reference(self) -> str:
        """The posting's: a leader's quarter is rebated once, whatever else goes wrong."""
        return f"rebate:{periods.quarter_name(self.quarter)}:{self.leader_id}"

    @property
    def cause(self) -> str:
        return f"rebate:{self.pk}"
