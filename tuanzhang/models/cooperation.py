"""A second leader's share in an enrolment: paid out of the first leader's fee (rulebook §4, §13)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from haowu.ground.money import percent
from haowu.ground.states import HasStates
from haowu.tenants.models import Tenant, public_id
from tuanzhang.models.activity import Activity
from tuanzhang.models.enrolment import Enrolment


class SecondLevelQuerySet(models.QuerySet["SecondLevel"]):
    def visible_to(self, tenant: Tenant) -> "SecondLevelQuerySet":
        return self.filter(Q(first_leader=tenant) | Q(second_leader=tenant))

    def in_activity(self, activity: Activity) -> "SecondLevelQuerySet":
        return self.filter(enrolment__activity=activity)

    def of_second(self, leader: Tenant) -> "SecondLevelQuerySet":
        return self.filter(second_leader=leader)

    def of_first(self, leader: Tenant) -> "SecondLevelQuerySet":
        return self.filter(first_leader=leader)

    def not_over(self, at: datetime) -> "SecondLevelQuerySet":
        """Passed, running or still to begin."""
        passed = self.filter(status=SecondLevel.Status.PASSED)
        return passed.exclude(Q(ends_at__lte=at) | Q(ended_at__lte=at))

    def waiting(self) -> "SecondLevelQuerySet":
        return self.filter(status=SecondLevel.Status.PENDING)

    def to_answer(self, leader: Tenant) -> "SecondLevelQuerySet":
        """What ``leader`` is asked: to let somebody in, or to end what runs."""
        applied = Q(first_leader=leader, status=SecondLevel.Status.PENDING)
        ending = Q(status=SecondLevel.Status.PASSED, end_asked_at__isnull=False) & ~Q(end_asked_by=leader)
        return self.filter(applied | ending)

    def of_items(self, items: "Iterable[Enrolment]") -> "SecondLevelQuerySet":
        return self.filter(enrolment__in=items)

    def with_item(self) -> "SecondLevelQuerySet":
        """With the item, its pictures and both leaders."""
        parties = self.select_related("enrolment__activity", "enrolment__product", "first_leader", "second_leader")
        return parties.prefetch_related("enrolment__product__images")

    def newest_first(self) -> "SecondLevelQuerySet":
        return self.order_by("-applied_at", "-pk")


class SecondLevel(HasStates, models.Model):
    """``bps`` of the base for the second leader within ``[starts_at, ends_at)``, while the enrolment's offer speaks.

    ``whole_item``: of every sale of the item through the activity; otherwise of those picked through the second
    leader's own link. Where both would hold, the link speaks. Ending it needs the other side's answer.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("待一级团长答复")
        PASSED = "passed", _("合作中")
        REJECTED = "rejected", _("已拒绝")
        RETRACTED = "withdrawn", _("已撤回")

    MOVES = {
        "pass": (("pending",), "passed"),
        "reject": (("pending",), "rejected"),
        "retract": (("pending",), "withdrawn"),
    }

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="seconds", verbose_name=_("报名"))
    first_leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("一级团长"))
    second_leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("二级团长"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    bps = models.PositiveIntegerField(_("二级服务费率（万分之一）"))
    whole_item = models.BooleanField(_("该商品经此活动的全部成交"), default=False)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=9, choices=Status, default=Status.PENDING, editable=False)
    applied_at = models.DateTimeField(_("申请时间"))
    decided_at = models.DateTimeField(_("答复时间"), null=True, editable=False)
    reason = models.CharField(_("拒绝原因"), max_length=200, blank=True)
    end_asked_at = models.DateTimeField(_("申请终止时间"), null=True, editable=False)
    end_asked_by = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("申请终止方"), editable=False
    )
    end_refused_at = models.DateTimeField(_("拒绝终止时间"), null=True, editable=False)
    ended_at = models.DateTimeField(_("终止生效时间"), null=True, editable=False)

    objects = SecondLevelQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("二级合作")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="passed")
                | Q(status__in=["pending", "rejected", "withdrawn"], ended_at__isnull=True),
                name="second_level_status_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="second_level_window_forward"
            ),
            models.CheckConstraint(condition=~Q(first_leader=F("second_leader")), name="second_level_of_two_leaders"),
            models.CheckConstraint(
                condition=Q(end_asked_at__isnull=True, end_asked_by__isnull=True)
                | Q(end_asked_at__isnull=False, end_asked_by__isnull=False),
                name="second_level_end_asked_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "second_leader"], condition=Q(status="pending"), name="second_level_pending_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.second_leader} {percent(self.bps)}"

    @property
    def over_at(self) -> datetime | None:
        return min((moment for moment in (self.ends_at, self.ended_at) if moment is not None), default=None)

    def is_live(self, at: datetime) -> bool:
        if self.status != self.Status.PASSED or self.decided_at is None or at < max(self.starts_at, self.decided_at):
            return False
        return self.over_at is None or at < self.over_at

    def waits(self, at: datetime) -> int:
        """Whole days that somebody has waited for the other side's answer."""
        since = self.applied_at if self.status == self.Status.PENDING else self.end_asked_at
        return (at - since).days if since and (self.over_at is None or at < self.over_at) else 0
