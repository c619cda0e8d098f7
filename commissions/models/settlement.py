"""What the nights did: runs, their shards, one wide row per line and phase, and what waits as an adjustment."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from commissions.models.order import OrderLine, of_party
from commissions.split import COLUMNS, Shares
from haowu.tenants.models import Tenant


class ShareRow(models.Model):
    """The columns of ``split.Shares``, for rows that hold one."""

    base_fen = models.BigIntegerField()
    streamer_fen = models.BigIntegerField()
    streamer_fee_fen = models.BigIntegerField()
    first_leader_fen = models.BigIntegerField()
    first_leader_fee_fen = models.BigIntegerField()
    second_leader_fen = models.BigIntegerField()
    second_leader_fee_fen = models.BigIntegerField()
    provider_fen = models.BigIntegerField()
    provider_fee_fen = models.BigIntegerField()
    agency_fen = models.BigIntegerField(default=0, db_default=0)
    agency_fee_fen = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    @property
    def shares(self) -> Shares:
        return Shares(*(getattr(self, column) for column in COLUMNS))


class RunQuerySet(models.QuerySet):
    def frontier(self) -> date | None:
        """The last sealed day: nothing new becomes due on it or before it. None before the first night."""
        return self.aggregate(last=models.Max("day"))["last"]

    def unfinished(self) -> "RunQuerySet":
        """Runs that are not closed, oldest first. A night builds on the one before: only the first is worked on."""
        return self.exclude(status=Run.Status.CLOSED).order_by("day")

    def closed(self) -> "RunQuerySet":
        return self.filter(status=Run.Status.CLOSED)


class Run(models.Model):
    """One night. It takes what is due on the days after ``covers_after`` up to ``day``.

    Its row seals those days: from then on intake dates new facts to the next one.
    """

    class Status(models.TextChoices):
        SETTLING = "settling", _("结算中")
        CLOSED = "closed", _("已关账")

    day = models.DateField(_("结算日"), unique=True)
    covers_after = models.DateField(_("接续自"), null=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.SETTLING)
    opened_at = models.DateTimeField(_("开始时间"), db_default=models.functions.Now())
    closed_at = models.DateTimeField(_("关账时间"), null=True)
    report = models.JSONField(_("报告"), default=dict)
    checksum = models.CharField(_("校验和"), max_length=64, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算批次")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["settling", "closed"]), name="run_status_known"),
            models.CheckConstraint(
                condition=Q(covers_after__isnull=True) | Q(covers_after__lt=F("day")), name="run_covers_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class Shard(models.Model):
    """A part of a night that one worker settles in one transaction: the lines with ids in ``[first_id, end_id)``.

    Claimed with a lease; a worker that dies lets the lease run out and another takes over.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("等待")
        CLAIMED = "claimed", _("执行中")
        DONE = "done", _("完成")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="shards", verbose_name=_("结算批次"))
    no = models.PositiveIntegerField(_("分片"))
    first_id = models.BigIntegerField()
    end_id = models.BigIntegerField()
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING)
    worker = models.CharField(_("执行者"), max_length=80, blank=True)
    lease_until = models.DateTimeField(_("租约至"), null=True)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    lines = models.PositiveIntegerField(_("行数"), null=True)
    seconds = models.FloatField(_("用时（秒）"), null=True)
    error = models.TextField(_("最近错误"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("结算分片")
        constraints = [
            models.UniqueConstraint(fields=["run", "no"], name="shard_no_unique"),
            models.CheckConstraint(condition=Q(status__in=["waiting", "claimed", "done"]), name="shard_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.run} #{self.no}"


class SettlementQuerySet(models.QuerySet):
    def visible_to(self, tenant: Tenant) -> "SettlementQuerySet":
        return self.filter(of_party(tenant))

    def of_day(self, day: date) -> "SettlementQuerySet":
        return self.filter(day=day)


class Settlement(ShareRow):
    """One line's one phase: who got what, for good. Phase 0 settles, later ones claw back or give back the difference.

    Insert-only. ``(line, phase)`` is unique: the guard that makes a line pay once.
    """

    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, db_constraint=False, related_name="settlements", verbose_name=_("订单行")
    )
    phase = models.PositiveSmallIntegerField(_("阶段"))
    day = models.DateField(_("结算日"))
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商家")
    )
    streamer = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("达人")
    )
    first_leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("一级团长")
    )
    second_leader = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("二级团长")
    )
    provider = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("服务商")
    )
    agency = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, null=True, related_name="+", verbose_name=_("达人机构")
    )
    cost_fen = models.BigIntegerField()

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算明细")
        constraints = [
            models.UniqueConstraint(fields=["line", "phase"], name="settlement_once_per_line_and_phase"),
            models.CheckConstraint(
                condition=Q(
                    cost_fen=F("streamer_fen") + F("first_leader_fen") + F("second_leader_fen") + F("provider_fen")
                ),
                name="settlement_cost_is_all_shares",
            ),
            models.CheckConstraint(
                condition=Q(phase__gt=0)
                | Q(
                    streamer_fee_fen__range=(0, F("streamer_fen")),
                    first_leader_fee_fen__range=(0, F("first_leader_fen")),
                    second_leader_fee_fen__range=(0, F("second_leader_fen")),
                    provider_fee_fen__range=(0, F("provider_fen")),
                    agency_fee_fen__range=(0, F("agency_fen")),
                    agency_fen__lte=F("streamer_fen") - F("streamer_fee_fen"),
                ),
                name="settlement_no_negative_part",
            ),
        ]
        indexes = [
            models.Index(fields=["day", "merchant"], name="settlement_merchant_day"),
            models.Index(fields=["day", "streamer"], name="settlement_streamer_day"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.phase}"

    @property
    def kind(self) -> str:
        """``settlement`` for what is paid, ``clawback`` for what is taken back."""
        moved_fen = self.cost_fen or self.base_fen or -self.shares.fees_fen
        return "settlement" if self.phase == 0 or moved_fen > 0 else "clawback"


class Adjustment(ShareRow):
    """What a sealed line should have come to after facts that arrived later.

    The night of ``day`` books the difference; until that night is sealed the row may be replaced.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="adjustments", verbose_name=_("订单行"))
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商家")
    )
    day = models.DateField(_("调整夜"))
    through = models.DateTimeField(_("已计入的最后退款时间"), null=True)
    tech_bps = models.PositiveIntegerField(
        _("更正后的技术服务费率（万分之一）"), null=True, help_text=_("空：按订单行冻结的费率")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("待记调整")
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="adjustment_once_per_line_and_day")]
        indexes = [models.Index(fields=["day", "line"], name="adjustment_night")]

    def __str__(self) -> str:
        return f"{self.line_id} @ {self.day}"


class SteppedLine(ShareRow):
    """What a line should have come to after the night of ``day``, since its plan's step moved its rate. Append-only.

    The latest one of a line says its commission rate from then on, also for refunds that come later.
    """

    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="stepped",
        verbose_name=_("订单行"),
    )
    day = models.DateField(_("结算日"))
    commission_bps = models.PositiveIntegerField(_("佣金率（万分之一）"))

    class Meta:
        verbose_name = verbose_name_plural = _("阶梯佣金")
        constraints = [models.UniqueConstraint(fields=["line", "day"], name="stepped_once_per_line_and_day")]

    def __str__(self) -> str:
        return f"{self.line_id} @ {self.day}"


class Claim(models.Model):
    """What a merchant still gets of a clawback that its debtor could not pay; repaid first from what he earns next."""

    debtor = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("欠款方"))
    merchant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", verbose_name=_("商家"))
    day = models.DateField(_("产生日"))
    amount_fen = models.BigIntegerField(_("金额（分）"))
    repaid_fen = models.BigIntegerField(_("已返还（分）"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("待返还追回款")
        constraints = [
            models.UniqueConstraint(fields=["debtor", "merchant", "day"], name="claim_once_a_day"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, repaid_fen__gte=0, repaid_fen__lte=F("amount_fen")),
                name="claim_repaid_within_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["debtor", "day"], condition=Q(repaid_fen__lt=F("amount_fen")), name="claim_open")
        ]

    def __str__(self) -> str:
        return f"{self.debtor_id} → {self.merchant_id} {self.day}"

    @property
    def open_fen(self) -> int:
        return self.amount_fen - self.repaid_fen
