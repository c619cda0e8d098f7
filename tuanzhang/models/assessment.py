"""The monthly assessment, and what it leads to: notices, permission revoked, applied for again (rulebook §12)."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.ground import days
from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant, public_id
from tuanzhang import levels


def person(label: Any, *, optional: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=label,
    )


class MonthlyAssessmentQuerySet(models.QuerySet["MonthlyAssessment"]):
    def visible_to(self, tenant: Tenant) -> "MonthlyAssessmentQuerySet":
        return self.filter(leader=tenant)

    def of_month(self, month: date) -> "MonthlyAssessmentQuerySet":
        return self.filter(month=month)

    def failed(self) -> "MonthlyAssessmentQuerySet":
        return self.filter(outcome=MonthlyAssessment.Outcome.FAILED)

    def counting(self) -> "MonthlyAssessmentQuerySet":
        """Failed, no appeal upheld, and since the leader was last let in: what adds up to a revocation."""
        lifted = Revocation.objects.filter(
            leader=models.OuterRef("leader"), lifted_at__gte=models.OuterRef("assessed_at")
        )
        return self.failed().exclude(appeals__status="upheld").filter(~models.Exists(lifted))

    def newest_first(self) -> "MonthlyAssessmentQuerySet":
        return self.order_by("-month")


class MonthlyAssessment(models.Model):
    """A leader's month with the figures it was judged by. Append-only; an appeal that is upheld excuses it.

    ``shipments`` counts the order lines that were to be shipped in the month, ``late`` those that were not in time.
    ``failed_months`` counts the failed ones that hold, with this one; 0 where it did not fail.
    """

    APPEAL_WITHIN = timedelta(days=14)

    class Outcome(models.TextChoices):
        PASSED = "passed", _("合格")
        FAILED = "failed", _("不合格")
        EXEMPT = "exempt", _("新团长免考核")

    class Shortfall(models.TextChoices):
        ORDERS = "ORDERS", _("订单数不足 200")
        GMV = "GMV", _("成交额不足 ¥10,000.00")
        LATE_SHIPMENTS = "LATE_SHIPMENTS", _("延迟发货超过 10%")
        NEW_PARTNERS = "NEW_PARTNERS", _("新增推广者与新增商家都不足 3")

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    month = models.DateField(_("月份（首日）"))
    days_as_leader = models.IntegerField(_("考核日已做团长天数"))
    orders = models.PositiveIntegerField(_("订单数"))
    gmv_fen = models.BigIntegerField(_("成交额（分）"))
    shipments = models.PositiveIntegerField(_("应发货订单行"))
    late = models.PositiveIntegerField(_("延迟发货订单行"))
    new_promoters = models.PositiveIntegerField(_("新增推广者"))
    new_merchants = models.PositiveIntegerField(_("新增商家"))
    outcome = models.CharField(_("结果"), max_length=6, choices=Outcome)
    shortfalls = ArrayField(models.CharField(max_length=16, choices=Shortfall), verbose_name=_("未达项"), default=list)
    failed_months = models.PositiveSmallIntegerField(_("累计不合格月数"), default=0)
    assessed_at = models.DateTimeField(_("考核时间"))

    objects = MonthlyAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("月度考核")
        constraints = [
            models.UniqueConstraint(fields=["leader", "month"], name="assessment_once_a_month"),
            models.CheckConstraint(
                condition=Q(outcome="failed", failed_months__gt=0) & ~Q(shortfalls=[])
                | Q(outcome="passed", failed_months=0, shortfalls=[])
                | Q(outcome="exempt", failed_months=0),
                name="assessment_outcome_fits",
            ),
            models.CheckConstraint(condition=Q(late__lte=models.F("shipments")), name="assessment_late_of_shipments"),
        ]
        indexes = [models.Index(fields=["month", "outcome"], name="assessment_of_month")]

    def __str__(self) -> str:
        return f"{self.leader} {self.month:%Y-%m}"

    @property
    def figures(self) -> levels.Month:
        return levels.Month(
            self.orders, self.gmv_fen, self.shipments, self.late, self.new_promoters, self.new_merchants
        )

    @property
    def appeal_until(self) -> datetime:
        """A notice of the 1st may be appealed against until the 15th 00:00."""
        return days.start_of(days.day_of(self.assessed_at) + self.APPEAL_WITHIN)

    @property
    def shortfall_labels(self) -> list[str]:
        return [str(self.Shortfall(code).label) for code in self.shortfalls]


class KnownPartner(models.Model):
    """The month in which a streamer or merchant had its first order through a leader. Written by the assessment."""

    leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+", verbose_name=_("团长")
    )
    partner = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("达人或商家"),
    )
    first_month = models.DateField(_("首次成交月"))
    is_streamer = models.BooleanField(_("是达人"))

    class Meta:
        verbose_name = verbose_name_plural = _("团长的合作方")
        constraints = [models.UniqueConstraint(fields=["leader", "partner"], name="known_partner_once")]
        indexes = [models.Index(fields=["first_month", "leader"], name="known_partner_month")]

    def __str__(self) -> str:
        return f"{self.leader} – {self.partner}"


class RevocationQuerySet(models.QuerySet["Revocation"]):
    def visible_to(self, tenant: Tenant) -> "RevocationQuerySet":
        return self.filter(leader=tenant)

    def noticed(self) -> "RevocationQuerySet":
        return self.filter(status=Revocation.Status.NOTICED)

    def in_force(self) -> "RevocationQuerySet":
        return self.filter(status=Revocation.Status.EFFECTED)

    def counted(self) -> "RevocationQuerySet":
        """Those that happened, or will."""
        return self.exclude(status=Revocation.Status.CANCELLED)

    def newest_first(self) -> "RevocationQuerySet":
        return self.order_by("-noticed_at", "-pk")


class Revocation(HasStates, models.Model):
    """A leader's permission is revoked: announced on the 1st, done on the 15th, lifted when it is let in again."""

    AGAIN_AFTER: ClassVar[timedelta] = timedelta(days=30)
    LAST = 3
    """The revocation that is for good."""

    class Status(models.TextChoices):
        NOTICED = "noticed", _("已通知，待收回")
        EFFECTED = "effected", _("已收回")
        CANCELLED = "cancelled", _("申诉成立，已取消")
        LIFTED = "lifted", _("已重新开通")

    MOVES: Moves = {
        "effect": ((Status.NOTICED,), Status.EFFECTED),
        "cancel": ((Status.NOTICED,), Status.CANCELLED),
        "lift": ((Status.EFFECTED,), Status.LIFTED),
    }

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    number = models.PositiveSmallIntegerField(_("第几次"))
    assessment = models.ForeignKey(
        MonthlyAssessment, on_delete=models.PROTECT, related_name="revocations", verbose_name=_("依据的考核")
    )
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.NOTICED, editable=False)
    noticed_at = models.DateTimeField(_("通知时间"))
    effective_on = models.DateField(_("收回日"))
    effected_at = models.DateTimeField(_("实际收回时间"), null=True, editable=False)
    lifted_at = models.DateTimeField(_("重新开通时间"), null=True, editable=False)
    activities_closed = models.PositiveIntegerField(_("关闭的活动"), default=0, editable=False)
    enrolments_rejected = models.PositiveIntegerField(_("拒绝的报名"), default=0, editable=False)
    seconds_ended = models.PositiveIntegerField(_("终止的二级合作与申请"), default=0, editable=False)

    objects = RevocationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("权限收回")
        constraints = [
            models.UniqueConstraint(
                fields=["leader"], condition=Q(status__in=["noticed", "effected"]), name="revocation_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["leader", "number"], condition=~Q(status="cancelled"), name="revocation_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=3), name="revocation_at_most_three"),
            models.CheckConstraint(
                condition=Q(status__in=["noticed", "cancelled"], effected_at__isnull=True, lifted_at__isnull=True)
                | Q(status="effected", effected_at__isnull=False, lifted_at__isnull=True)
                | Q(status="lifted", effected_at__isnull=False, lifted_at__isnull=False),
                name="revocation_status_known",
            ),
            models.CheckConstraint(condition=~Q(status="lifted", number=3), name="revocation_third_is_for_good"),
        ]
        indexes = [
            models.Index(fields=["effective_on"], condition=Q(status="noticed"), name="revocation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.leader} #{self.number}"

    @property
    def is_final(self) -> bool:
        return self.number >= self.LAST

    @property
    def again_from(self) -> date:
        """The first day on which the leader may apply again. Only for what has happened and is not for good."""
        assert self.effected_at is not None, "it has happened"
        return days.day_of(self.effected_at) + self.AGAIN_AFTER


class ReadmissionQuerySet(models.QuerySet["Readmission"]):
    def visible_to(self, tenant: Tenant) -> "ReadmissionQuerySet":
        return self.filter(leader=tenant)

    def waiting(self) -> "ReadmissionQuerySet":
        return self.filter(status=Readmission.Status.PENDING)

    def newest_first(self) -> "ReadmissionQuerySet":
        return self.order_by("-asked_at", "-pk")


class Readmission(HasStates, models.Model):
    """A leader whose permission was revoked applies again; staff decide."""

    class Status(models.TextChoices):
        PENDING = "pending", _("待审核")
        APPROVED = "approved", _("已重新开通")
        REFUSED = "refused", _("未通过")

    MOVES: Moves = {
        "approve": ((Status.PENDING,), Status.APPROVED),
        "refuse": ((Status.PENDING,), Status.REFUSED),
    }

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    revocation = models.ForeignKey(
        Revocation, on_delete=models.PROTECT, related_name="readmissions", verbose_name=_("权限收回")
    )
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.PENDING, editable=False)
    statement = models.CharField(_("整改说明"), max_length=500)
    asked_by = person(_("申请人"), optional=True)
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = person(_("审核人"), optional=True)
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("审核意见"), max_length=500, blank=True)

    objects = ReadmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("重新开通申请")
        constraints = [
            models.UniqueConstraint(fields=["leader"], condition=Q(status="pending"), name="readmission_pending_once"),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True)
                | Q(status__in=["approved", "refused"], decided_at__isnull=False),
                name="readmission_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader} {self.asked_at:%Y-%m-%d}"
