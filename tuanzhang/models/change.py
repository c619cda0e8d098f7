"""Requests of a merchant to change a running enrolment, and the leader's answer (rulebook §13)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from haowu.tenants.models import Tenant, public_id
from tuanzhang.models.activity import Activity
from tuanzhang.models.enrolment import Enrolment


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def visible_to(self, tenant: Tenant) -> "ChangeRequestQuerySet":
        return self.filter(Q(merchant=tenant) | Q(leader=tenant))

    def in_activity(self, activity: Activity) -> "ChangeRequestQuerySet":
        return self.filter(enrolment__activity=activity)

    def of_leader(self, leader: Tenant) -> "ChangeRequestQuerySet":
        return self.filter(leader=leader)

    def waiting(self, at: datetime) -> "ChangeRequestQuerySet":
        """Those to be answered, the next to be agreed by itself first."""
        open_ones = self.filter(answer=ChangeRequest.Answer.NONE, answer_by__gt=at)
        named = open_ones.select_related("enrolment__product", "merchant")
        return named.prefetch_related("enrolment__product__images").order_by("answer_by", "pk")


class ChangeRequest(models.Model):
    """A merchant asks its leader to lower the rates of a running enrolment, or to end it.

    Unanswered at ``answer_by`` it is agreed by itself; ``takes_effect_at`` is the midnight at which it then holds.
    """

    class Kind(models.TextChoices):
        LOWER = "lower", _("下调费率")
        CANCEL = "cancel", _("取消合作")

    class Answer(models.TextChoices):
        NONE = "", _("未答复")
        AGREED = "agreed", _("团长同意")
        REFUSED = "refused", _("团长拒绝")
        RETRACTED = "withdrawn", _("商家撤回")
        QUIET = "quiet", _("30 天无成交，自动同意")
        UNANSWERED = "unanswered", _("7 天未答复，自动同意")

    class State(models.TextChoices):
        WAITING = "waiting", _("待团长答复")
        AGREED = "agreed", _("已同意")
        REFUSED = "refused", _("已拒绝")
        RETRACTED = "withdrawn", _("已撤回")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="requests", verbose_name=_("报名"))
    leader = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("团长"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    kind = models.CharField(_("事项"), max_length=6, choices=Kind)
    commission_bps = models.PositiveIntegerField(_("新佣金率（万分之一）"), null=True)
    service_fee_bps = models.PositiveIntegerField(_("新服务费率（万分之一）"), null=True)
    reason = models.CharField(_("申请理由"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("申请时间"))
    answer_by = models.DateTimeField(_("最晚答复时间"))
    takes_effect_at = models.DateTimeField(_("生效时间"))
    answer = models.CharField(_("答复"), max_length=10, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answer_reason = models.CharField(_("答复说明"), max_length=200, blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("变更申请")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="lower", commission_bps__isnull=False, service_fee_bps__isnull=False)
                | Q(kind="cancel", commission_bps__isnull=True, service_fee_bps__isnull=True),
                name="change_request_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["agreed", "refused", "withdrawn", "quiet", "unanswered"], answered_at__isnull=False),
                name="change_request_answer_known",
            ),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(answer=""), name="change_request_one_open_per_enrolment"
            ),
        ]
        indexes = [models.Index(fields=["leader", "answer_by"], condition=Q(answer=""), name="change_request_queue")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.enrolment}"

    def state_at(self, at: datetime) -> "ChangeRequest.State":
        if self.answer in (self.Answer.REFUSED, self.Answer.RETRACTED):
            return self.State(self.answer)
        if self.answer or self.answer_by <= at:
            return self.State.AGREED
        return self.State.WAITING
