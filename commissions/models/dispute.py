"""Disputes: a party of a line says that another should not have its share; two people decide."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import Freezing, LineHold, person
from commissions.models.order import Order, OrderLine
from haowu.approvals.words import Subject
from haowu.ground.states import HasStates, Moves
from haowu.tenants.models import Tenant, public_id


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, tenant: Tenant) -> "DisputeQuerySet":
        return self.filter(Q(claimant=tenant) | Q(respondent=tenant))

    def of_line(self, line: OrderLine) -> "DisputeQuerySet":
        return self.filter(order=line.order_id, line_no=line.line_no)

    def freezing(self, tenant: Tenant) -> "DisputeQuerySet":
        """Those that keep money of ``tenant`` still."""
        return self.filter(respondent=tenant, frozen_fen__gt=0)

    def open(self) -> "DisputeQuerySet":
        """Not decided yet."""
        return self.filter(status__in=Dispute.UNDECIDED)

    def expired(self, at: datetime) -> "DisputeQuerySet":
        return self.open().filter(expires_at__lte=at).order_by("expires_at", "pk")

    def short(self) -> "DisputeQuerySet":
        """Undecided, of lines that have settled, with less frozen than is in dispute."""
        return self.open().filter(hold=None, frozen_fen__lt=F("amount_fen"))

    def unfinished(self) -> "DisputeQuerySet":
        """Undecided, or upheld and not wholly taken yet."""
        return self.filter(Q(status__in=Dispute.UNDECIDED) | Q(status="upheld", taken_fen__lt=F("take_fen")))

    def to_collect(self) -> "DisputeQuerySet":
        """Upheld, with less taken than was decided."""
        return self.filter(status=Dispute.Status.UPHELD, taken_fen__lt=F("take_fen"))

    def newest_first(self) -> "DisputeQuerySet":
        return self.order_by("-opened_at", "-pk")


class Dispute(HasStates, Freezing):
    """One party of a line says that another should not have its share.

    Before the line is sealed it waits under ``hold``; after that the respondent's net is frozen. ``amount_fen`` is
    what is in dispute, ``take_fen`` what was decided to take, ``taken_fen`` what has been taken so far.
    """

    CASE: ClassVar[str] = Subject.DISPUTE

    class Status(models.TextChoices):
        OPEN = "open", _("处理中")
        PROPOSED = "proposed", _("待复核")
        UPHELD = "upheld", _("成立")
        REJECTED = "rejected", _("不成立")
        RETRACTED = "withdrawn", _("已撤回")
        EXPIRED = "expired", _("逾期未决，已解冻")

    UNDECIDED: ClassVar[tuple[str, ...]] = (Status.OPEN, Status.PROPOSED)
    MOVES: Moves = {
        "propose": ((Status.OPEN,), Status.PROPOSED),
        "send_back": ((Status.PROPOSED,), Status.OPEN),
        "uphold": ((Status.PROPOSED,), Status.UPHELD),
        "reject": (UNDECIDED, Status.REJECTED),
        "retract": (UNDECIDED, Status.RETRACTED),
        "expire": (UNDECIDED, Status.EXPIRED),
    }

    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("订单"))
    line_no = models.PositiveIntegerField(_("行号"))
    claimant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("提出方"))
    respondent = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("被争议方"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    reason = models.CharField(_("原因"), max_length=500)
    hold = models.OneToOneField(LineHold, on_delete=models.PROTECT, null=True, related_name="dispute")
    amount_fen = models.BigIntegerField(_("争议金额（分）"))
    take_fen = models.BigIntegerField(_("裁定扣回（分）"), default=0)
    taken_fen = models.BigIntegerField(_("已扣回（分）"), default=0)
    opened_by = person(_("提出人"))
    opened_at = models.DateTimeField(_("提出时间"))
    expires_at = models.DateTimeField(_("处理期限"))
    proposed_by = person(_("处理人"), optional=True)
    decision = models.CharField(_("处理意见"), max_length=500, blank=True)
    decided_by = person(_("裁定人"), optional=True)
    decided_at = models.DateTimeField(_("裁定时间"), null=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("争议")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line_no", "claimant", "respondent"],
                condition=Q(status__in=["open", "proposed"]),
                name="dispute_once_between_two",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="dispute_deadline_later"),
            models.CheckConstraint(condition=~Q(claimant=F("respondent")), name="dispute_has_two_sides"),
            models.CheckConstraint(
                condition=Q(frozen_fen__gte=0, amount_fen__gte=0, taken_fen__gte=0, taken_fen__lte=F("take_fen")),
                name="dispute_amounts_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "proposed"]) | Q(frozen_fen=0), name="dispute_decided_freezes_nothing"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "proposed", "upheld", "rejected", "withdrawn", "expired"]),
                name="dispute_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status__in=["open", "proposed"]), name="dispute_open"),
            models.Index(fields=["order", "line_no"], name="dispute_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line_no} · {self.claimant} → {self.respondent}"

    @property
    def trail_reference(self) -> str:
        return self.public_id

    @property
    def line(self) -> OrderLine:
        return OrderLine.objects.get(order=self.order_id, line_no=self.line_no)
