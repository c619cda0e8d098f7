"""What the nights did to lines: one wide row per line and phase, what waits as an adjustment, what is still owed."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
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


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def visible_to(self, tenant: Tenant) -> "SettlementQuerySet":
        return self.filter(of_party(tenant))

    def of_day(self, day: date) -> "SettlementQuerySet":
        return self.filter(day=day)


def _party(label: Any, *, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=null,
        related_name="+",
        verbose_name=label,
    )


class Settlement(ShareRow):
    """One line's one phase: who got what, for good. Phase 0 settles, later ones claw back or give back the difference.

    Insert-only, partitioned by night (``nights.partitions``), which makes the indexes; so none is declared here. That a
    line pays once is the database's to keep: its phase is unique in a night, a line that has settled keeps its night,
    and no two runs cover the same day. The merchant stands in the key for distribution (docs/scale.md); a line has one.
    """

    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="settlements",
        verbose_name=_("订单行"),
    )
    phase = models.PositiveSmallIntegerField(_("阶段"))
    day = models.DateField(_("结算日"))
    merchant = _party(_("商家"), null=False)
    streamer = _party(_("达人"))
    first_leader = _party(_("一级团长"))
    second_leader = _party(_("二级团长"))
    provider = _party(_("服务商"))
    agency = _party(_("达人机构"))
    cost_fen = models.BigIntegerField()

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结算明细")
        constraints = [
            models.UniqueConstraint(fields=["line", "phase", "day", "merchant"], name="settlement_once_a_night"),
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

    line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        db_constraint=False,  # the migration's own, with the merchant
        related_name="adjustments",
        verbose_name=_("订单行"),
    )
    merchant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商家")
    )
    day = models.DateField(_("调整夜"))
    through = models.DateTimeField(_("已计入的最后退款时间"), null=True)
    tech_bps = models.PositiveIntegerField(
        _("更正后的技术服务费率（万分之一）"), null=True, help_text=_("空：按订单行冻结的费率")
    )
    readers = ArrayField(models.BigIntegerField(), verbose_name=_("可查看的租户"))
    """Whoever may read the line, as row-level security looks for it: its policy cannot look the line up."""

    class Meta:
        verbose_name = verbose_name_plural = _("待记调整")
        constraints = [
            models.UniqueConstraint(fields=["line", "day", "merchant"], name="adjustment_once_per_line_and_day")
        ]
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
    merchant = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("商家"),
    )
    day = models.DateField(_("结算日"))
    commission_bps = models.PositiveIntegerField(_("佣金率（万分之一）"))

    class Meta:
        verbose_name = verbose_name_plural = _("阶梯佣金")
        constraints = [
            models.UniqueConstraint(fields=["line", "day", "merchant"], name="stepped_once_per_line_and_day")
        ]

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
