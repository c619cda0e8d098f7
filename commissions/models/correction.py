"""Corrections: a posting's opposite or an adjustment, by two people; and a wrong policy settled again."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import person
from commissions.models.order import OrderLine
from commissions.models.policy import Policy
from haowu.approvals.words import Subject
from haowu.ground.states import HasStates, Moves
from haowu.ledger.models import MAX_REFERENCE, Account, Posting
from haowu.tenants.models import Tenant


class Correction(HasStates, models.Model):
    """A posting that one person proposes and another books. ``reference`` is the posting's: it happens once."""

    CASE: ClassVar[str] = Subject.CORRECTION

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        POSTED = "posted", _("已入账")
        REFUSED = "refused", _("已驳回")

    MOVES: Moves = {
        "post": ((Status.PROPOSED,), Status.POSTED),
        "refuse": ((Status.PROPOSED,), Status.REFUSED),
    }

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PROPOSED)
    kind = models.CharField(_("类型"), max_length=20, choices=Posting.Kind)
    corrects = models.CharField(_("被冲正凭证"), max_length=80, blank=True)
    reference = models.CharField(_("唯一凭证"), max_length=MAX_REFERENCE)
    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("付出账户"))
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("收入账户"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    cause = models.CharField(_("原因"), max_length=500)
    made_by = person(_("经办人"))
    made_at = models.DateTimeField(_("提出时间"))
    checked_by = person(_("复核人"), optional=True)
    checked_at = models.DateTimeField(_("复核时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("冲正与调整")
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(status__in=["proposed", "posted"]), name="correction_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="correction_amount_positive"),
            models.CheckConstraint(condition=~Q(checked_by=F("made_by")), name="correction_by_two_people"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "posted", "refused"]), name="correction_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def trail_reference(self) -> str:
        return self.reference


class Resettlement(HasStates, models.Model):
    """The lines of a range of nights, settled again with the tech fee rate of the right policy version.

    ``lines`` rows hold what was previewed; the night of ``books_on`` and later ones settle by the new rate.
    """

    CASE: ClassVar[str] = Subject.RESETTLEMENT

    class Status(models.TextChoices):
        PREVIEWED = "previewed", _("待复核")
        APPLIED = "applied", _("已生效")
        DISCARDED = "discarded", _("已作废")

    MOVES: Moves = {
        "apply": ((Status.PREVIEWED,), Status.APPLIED),
        "discard": ((Status.PREVIEWED,), Status.DISCARDED),
    }

    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PREVIEWED)
    first_day = models.DateField(_("首个结算日"))
    last_day = models.DateField(_("最后结算日"))
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", verbose_name=_("正确的政策版本"))
    tech_bps = models.PositiveIntegerField(_("技术服务费率（万分之一）"))
    reason = models.CharField(_("原因"), max_length=500)
    books_on = models.DateField(_("入账夜"), null=True, blank=True)
    made_by = person(_("经办人"))
    made_at = models.DateTimeField(_("预览时间"))
    checked_by = person(_("复核人"), optional=True)
    checked_at = models.DateTimeField(_("复核时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("重新结算")
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="resettlement_days_forward"),
            models.CheckConstraint(condition=~Q(checked_by=F("made_by")), name="resettlement_by_two_people"),
            models.CheckConstraint(
                condition=~Q(status="applied") | Q(books_on__isnull=False, checked_by__isnull=False),
                name="resettlement_applied_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["previewed", "applied", "discarded"]), name="resettlement_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"

    @property
    def trail_reference(self) -> str:
        return str(self.pk)


class ResettledLine(models.Model):
    """A line of a resettlement. Append-only; speaks for the line's rate once its resettlement is applied."""

    resettlement = models.ForeignKey(Resettlement, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        db_constraint=False,  # the migration's own, with the merchant
        related_name="resettled",
        verbose_name=_("订单行"),
    )
    merchant = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("商家"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("重新结算的订单行")
        constraints = [models.UniqueConstraint(fields=["resettlement", "line", "merchant"], name="resettled_line_once")]

    def __str__(self) -> str:
        return str(self.line)


class ResettlementTotal(models.Model):
    """What a resettlement changes for one party in one role, as previewed. Net = gross − fee. Append-only."""

    resettlement = models.ForeignKey(Resettlement, on_delete=models.PROTECT, related_name="totals")
    party = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("当事方"))
    role = models.CharField(_("角色"), max_length=20)
    lines = models.PositiveIntegerField(_("订单行数"))
    gross_change_fen = models.BigIntegerField(_("毛额变化（分）"))
    fee_change_fen = models.BigIntegerField(_("技术服务费变化（分）"))

    class Meta:
        verbose_name = verbose_name_plural = _("重新结算汇总")
        constraints = [
            models.UniqueConstraint(fields=["resettlement", "party", "role"], name="resettlement_total_once")
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.role}"

    @property
    def net_change_fen(self) -> int:
        return self.gross_change_fen - self.fee_change_fen
