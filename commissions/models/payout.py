"""Money that leaves: withdrawals, each step of theirs, and the batches in which they go to the bank (rulebook §10)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from commissions.models.casework import TenantHold
from haowu.ground.states import HasStates
from haowu.tenants.models import PersonalRecord, Tenant, User, public_id


class PayoutBatchQuerySet(models.QuerySet["PayoutBatch"]):
    def with_waiting(self) -> "PayoutBatchQuerySet":
        """Adds ``waiting``: how many of its withdrawals the bank has not answered for."""
        return self.annotate(waiting=Count("withdrawals", filter=Q(withdrawals__status=Withdrawal.Status.SENT)))

    def numbered(self, number: str) -> "PayoutBatch | None":
        return self.filter(number=number).first()


class PayoutBatch(models.Model):
    """A file for the bank: never changed once made, and written again the same from its withdrawals."""

    number = models.CharField(_("批次号"), max_length=20, unique=True)
    channel = models.CharField(_("通道"), max_length=20)
    made_on = models.DateField(_("业务日"))
    made_at = models.DateTimeField(_("制作时间"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("制作人"))
    count = models.PositiveIntegerField(_("笔数"))
    sum_fen = models.BigIntegerField(_("合计（分）"))
    checksum = models.CharField(_("文件校验和"), max_length=64)

    objects = PayoutBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("打款批次")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0, sum_fen__gt=0), name="payout_batch_not_empty")]

    def __str__(self) -> str:
        return self.number


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def visible_to(self, tenant: Tenant) -> "WithdrawalQuerySet":
        return self.filter(tenant=tenant)

    def newest_first(self) -> "WithdrawalQuerySet":
        return self.order_by("-requested_at", "-pk")

    def numbered(self, number: str) -> "Withdrawal | None":
        return self.filter(number=number).first()

    def approved(self) -> "WithdrawalQuerySet":
        return self.filter(status=Withdrawal.Status.APPROVED)

    def of_unfrozen(self) -> "WithdrawalQuerySet":
        """Those of parties whose money staff do not keep still."""
        return self.exclude(tenant__in=TenantHold.objects.open().values("tenant"))

    def with_account(self) -> "WithdrawalQuerySet":
        return self.select_related("bank_account")

    def under_way(self) -> "WithdrawalQuerySet":
        """Neither paid nor returned yet."""
        return self.filter(status__in=Withdrawal.UNDER_WAY)

    def waiting_for_checker(self) -> "WithdrawalQuerySet":
        return self.filter(status=Withdrawal.Status.REQUESTED)

    def counted_on(self, day: date) -> int:
        """What counts towards the limit of ``day``, in fen: not what was returned."""
        kept = self.filter(requested_on=day).exclude(status__in=Withdrawal.RETURNED)
        return kept.aggregate(fen=Sum("amount_fen"))["fen"] or 0

    def locked(self) -> "WithdrawalQuerySet":
        """In primary-key order, for whoever decides on them until the transaction ends."""
        return self.select_for_update(no_key=True, of=("self",)).order_by("pk")


class Withdrawal(HasStates, models.Model):
    """One payment that a party asked for. The money is in its withdrawing account until it is paid or returned."""

    class Status(models.TextChoices):
        REQUESTED = "requested", _("待复核")
        APPROVED = "approved", _("待打款")
        REFUSED = "refused", _("已拒绝")
        CANCELLED = "cancelled", _("已取消")
        SENT = "sent", _("打款中")
        PAID = "paid", _("已到账")
        FAILED = "failed", _("打款失败，已退回")

    MOVES = {
        "approve": (("requested",), "approved"),
        "refuse": (("requested", "approved"), "refused"),
        "cancel": (("requested", "approved"), "cancelled"),
        "send": (("approved",), "sent"),
        "pay": (("sent",), "paid"),
        "fail": (("sent",), "failed"),
    }
    RETURNED = ("refused", "cancelled", "failed")
    UNDER_WAY = ("requested", "approved", "sent")

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="withdrawals", verbose_name=_("收款方"))
    number = models.CharField(_("提现单号"), max_length=64, help_text=_("由申请方给出，同一收款方内唯一"))
    public_id = models.CharField(_("公开编号"), max_length=16, unique=True, default=public_id, editable=False)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    bank_account = models.ForeignKey(
        PersonalRecord, on_delete=models.PROTECT, related_name="+", verbose_name=_("收款账户")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.REQUESTED)
    requested_at = models.DateTimeField(_("申请时间"))
    requested_on = models.DateField(_("申请业务日"))
    touched_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("最后经手人")
    )
    touched_at = models.DateTimeField(_("最后变动时间"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    batch = models.ForeignKey(
        PayoutBatch, on_delete=models.PROTECT, null=True, related_name="withdrawals", verbose_name=_("打款批次")
    )

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("提现")
        permissions = [("check_withdrawal", _("可复核提现")), ("pay_withdrawal", _("可制作打款批次并读取结果"))]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="withdrawal_number_unique_per_tenant"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="withdrawal_amount_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "approved", "refused", "cancelled"], batch=None)
                | Q(status__in=["sent", "paid", "failed"], batch__isnull=False),
                name="withdrawal_is_sent_in_a_batch",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "requested_on"], name="withdrawal_of_day"),
            models.Index(
                fields=["status", "id"],
                name="withdrawal_under_way",
                condition=Q(status__in=["requested", "approved", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def may_cancel(self) -> bool:
        """Whether the party may still take it back: until it is in a batch."""
        return self.status in self.MOVES["cancel"][0]

    @property
    def reference(self) -> str:
        """The number that goes to the bank and comes back with its results."""
        return f"W{self.pk:012d}"

    @staticmethod
    def id_of(reference: str) -> int | None:
        """The primary key in a ``reference``; None where it is none."""
        digits = reference[1:]
        is_ours = reference.startswith("W") and len(digits) == 12 and digits.isascii() and digits.isdigit()
        return int(digits) if is_ours else None


class WithdrawalStepQuerySet(models.QuerySet["WithdrawalStep"]):
    def visible_to(self, tenant: Tenant) -> "WithdrawalStepQuerySet":
        return self.filter(tenant=tenant)

    def of(self, withdrawal: Withdrawal) -> "WithdrawalStepQuerySet":
        return self.filter(withdrawal=withdrawal)

    def oldest_first(self) -> "WithdrawalStepQuerySet":
        return self.select_related("by").order_by("pk")

    def record(self, withdrawals: Collection[Withdrawal], by: User | None, at: datetime) -> None:
        """One row for where each of ``withdrawals`` stands now."""
        self.bulk_create(
            self.model(
                withdrawal=withdrawal,
                tenant_id=withdrawal.tenant_id,
                status=withdrawal.status,
                by=by,
                at=at,
                note=withdrawal.reason,
            )
            for withdrawal in withdrawals
        )


class WithdrawalStep(models.Model):
    """Who brought a withdrawal to a status, when and why. Append-only."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="steps", verbose_name=_("提现"))
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("收款方"))
    status = models.CharField(_("状态"), max_length=10, choices=Withdrawal.Status)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("经手人"))
    at = models.DateTimeField(_("时间"))
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = WithdrawalStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("提现步骤")
        constraints = [models.UniqueConstraint(fields=["withdrawal", "status"], name="withdrawal_passes_a_status_once")]

    def __str__(self) -> str:
        return f"{self.withdrawal_id} {self.status}"
