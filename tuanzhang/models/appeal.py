"""A leader's appeal against a failed month or a quarter's level, and what staff decided."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant, public_id
from tuanzhang.models.assessment import MonthlyAssessment, person
from tuanzhang.models.level import QuarterLevel


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, tenant: Tenant) -> "AppealQuerySet":
        return self.filter(leader=tenant)

    def open(self) -> "AppealQuerySet":
        return self.filter(status=Appeal.Status.OPEN)

    def upheld(self) -> "AppealQuerySet":
        return self.filter(status=Appeal.Status.UPHELD)

    def not_retracted(self) -> "AppealQuerySet":
        """Whatever came of them, but not those retracted."""
        return self.exclude(status=Appeal.Status.RETRACTED)

    def of_quarter(self, quarter: date) -> "AppealQuerySet":
        return self.filter(quarter_level__quarter=quarter)

    def with_result(self) -> "AppealQuerySet":
        return self.select_related("leader", "assessment", "quarter_level")

    def newest_first(self) -> "AppealQuerySet":
        return self.order_by("-asked_at", "-pk")


class Appeal(HasStates, models.Model):
    """Against one result, once. While it is open, permission is not revoked and no rebate is proposed for it."""

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        UPHELD = "upheld", _("成立")
        REFUSED = "refused", _("不成立")
        RETRACTED = "withdrawn", _("已撤回")

    MOVES: Moves = {
        "uphold": ((Status.OPEN,), Status.UPHELD),
        "refuse": ((Status.OPEN,), Status.REFUSED),
        "retract": ((Status.OPEN,), Status.RETRACTED),
    }

    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    assessment = models.ForeignKey(
        MonthlyAssessment, on_delete=models.PROTECT, null=True, related_name="appeals", verbose_name=_("月度考核")
    )
    quarter_level = models.ForeignKey(
        QuarterLevel, on_delete=models.PROTECT, null=True, related_name="appeals", verbose_name=_("季度等级")
    )
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.OPEN, editable=False)
    reason = models.CharField(_("申诉理由"), max_length=500)
    asked_by = person(_("申诉人"), optional=True)
    asked_at = models.DateTimeField(_("申诉时间"))
    decided_by = person(_("处理人"), optional=True)
    decided_at = models.DateTimeField(_("处理时间"), null=True)
    decision = models.CharField(_("处理意见"), max_length=500, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("考核与等级申诉")
        constraints = [
            models.CheckConstraint(
                condition=Q(assessment__isnull=False, quarter_level__isnull=True)
                | Q(assessment__isnull=True, quarter_level__isnull=False),
                name="appeal_against_one_result",
            ),
            models.UniqueConstraint(
                fields=["assessment"], condition=~Q(status="withdrawn"), name="appeal_once_a_month"
            ),
            models.UniqueConstraint(
                fields=["quarter_level"], condition=~Q(status="withdrawn"), name="appeal_once_a_quarter_level"
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True)
                | Q(status="withdrawn")
                | Q(status__in=["upheld", "refused"], decided_at__isnull=False) & ~Q(decision=""),
                name="appeal_decided_with_words",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(status="open"), name="appeal_open")]

    def __str__(self) -> str:
        return str(self.result)

    @property
    def result(self) -> Any:
        """The assessment or the quarter's level that is appealed against."""
        return self.assessment or self.quarter_level
