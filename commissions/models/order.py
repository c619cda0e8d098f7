"""Orders as they are known: the events received, and each line as those events leave it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commissions.split import AMOUNTS, FROM_MERCHANT, ROLES, Rates, Shares
from haowu.tenants.models import Tenant
from merchants.models import Product


def _tenant(label: Any, *, null: bool = False) -> models.ForeignKey:
    """A tenant that its row names without key or index of its own: each would cost every row that intake writes."""
    return models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=null,
        related_name="+",
        verbose_name=label,
    )


class Order(models.Model):
    """An order number of one source. Its row is what intake locks; what is known of it stands in events and lines."""

    source = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("订单来源")
    )
    order_no = models.CharField(_("订单号"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("订单")
        constraints = [models.UniqueConstraint(fields=["source", "order_no"], name="order_no_unique_per_source")]

    def __str__(self) -> str:
        return self.order_no


class OrderEventQuerySet(models.QuerySet["OrderEvent"]):
    def visible_to(self, tenant: Tenant) -> "OrderEventQuerySet":
        return self.filter(source=tenant)

    def called(self, event_id: str) -> "OrderEventQuerySet":
        return self.filter(event_id=event_id)


class OrderEvent(models.Model):
    """One event as received. The set of these is what a line's state is computed from."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("已接收")
        PARKED = "parked", _("等待前序事件")
        REJECTED = "rejected", _("已拒绝")

    source = _tenant(_("订单来源"))
    event_id = models.CharField(_("事件号"), max_length=128)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", verbose_name=_("订单"))
    line_no = models.PositiveIntegerField(_("行号"), null=True, blank=True)
    type = models.CharField(_("类型"), max_length=20)
    occurred_at = models.DateTimeField(_("发生时间"))
    facts = models.JSONField(_("内容"), default=dict)
    verdict = models.CharField(_("处理结果"), max_length=10, choices=Verdict, default=Verdict.PARKED)
    code = models.CharField(_("原因码"), max_length=40, blank=True, db_default="")
    received_at = models.DateTimeField(_("收到时间"), db_default=Now())

    objects = OrderEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("订单事件")
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="event_id_unique_per_source")]
        indexes = [models.Index(fields=["source", "-received_at", "-id"], name="event_log_of_source")]

    def __str__(self) -> str:
        return self.event_id


PARTIES = ("merchant", *ROLES)
"""Everybody who has a role in a line."""


ROLES_OF_KIND: dict[str, tuple[str, ...]] = {
    Tenant.Kind.MERCHANT: ("merchant",),
    Tenant.Kind.STREAMER: ("streamer",),
    Tenant.Kind.TUANZHANG: ("first_leader", "second_leader"),
    Tenant.Kind.PROVIDER: ("provider", "agency"),
}
"""The roles that a kind of tenant can have, so that a lookup asks the indexes of these alone."""


def of_party(tenant: Tenant) -> Q:
    """Rows in which ``tenant`` is the merchant or is paid."""
    return Q(*((role, tenant) for role in ROLES_OF_KIND.get(tenant.kind, PARTIES)), _connector=Q.OR)


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    def visible_to(self, tenant: Tenant) -> "OrderLineQuerySet":
        """The lines in which ``tenant`` has a role: as merchant, as one who is paid, or as the order's source."""
        if tenant.kind == Tenant.Kind.PARTNER:
            return self.filter(source=tenant)
        return self.filter(of_party(tenant))

    def with_settled(self) -> "OrderLineQuerySet":
        """Adds ``is_settled``: the night has written this line's settlement."""
        return self.annotate(
            first_settlement=FilteredRelation("settlements", condition=Q(settlements__phase=0)),
            is_settled=Q(first_settlement__isnull=False),
        )

    def unsettled(self) -> "OrderLineQuerySet":
        return self.with_settled().filter(Q(is_settled=False))

    def in_status(self, status: str) -> "OrderLineQuerySet":
        """Lines that show ``status``; ``settled`` is what a night made of a line, whatever its goods do."""
        if status == OrderLine.Status.SETTLED:
            return self.with_settled().filter(Q(is_settled=True))
        return self.unsettled().filter(status=status)

    def numbered(self, order_no: str, line_no: int) -> "OrderLineQuerySet":
        return self.filter(order_no=order_no, line_no=line_no)

    def at(self, order_id: int, line_no: int) -> "OrderLineQuerySet":
        return self.filter(order=order_id, line_no=line_no)

    def held_for(self, reason: str) -> "OrderLineQuerySet":
        """Lines that wait for ``reason``, as deposits pay them: the earliest due first."""
        return self.filter(held_reason=reason).order_by("due_at", "pk")

    def from_source(self, code: str) -> "OrderLineQuerySet":
        return self.filter(source__code=code)

    def settled_payments(self, orders: Collection[int], frontier: date | None) -> dict[int, set[str]]:
        """By order: the ids of the payments whose lines sealed nights have settled."""
        sealed = self.filter(order__in=orders, settles_on__lte=frontier) if orders and frontier else self.none()
        payments: dict[int, set[str]] = defaultdict(set)
        for order_id, event_id in sealed.values_list("order_id", "paid_event_id"):
            payments[order_id].add(event_id)
        return payments

    def coming_up(self) -> "OrderLineQuerySet":
        """Not settled and still going to be: first those with a night, the next one first."""
        going = self.unsettled().exclude(status=OrderLine.Status.INVALID).select_related("product")
        return going.order_by(F("settles_on").asc(nulls_last=True), "-ordered_at", "-pk")

    def newest_first(self) -> "OrderLineQuerySet":
        return self.order_by("-ordered_at", "-pk")


class OrderLine(models.Model):
    """One line of an order: what was bought, the terms frozen at ``ordered_at``, what it is worth to whom.

    ``estimate_*`` are the shares as ordered and never change. ``due_*`` are the shares the night will settle; they
    follow refunds until the night of ``settles_on`` is sealed. After that only adjustments speak.
    """

    class Status(models.TextChoices):
        PAID = "paid", _("已付款")
        SHIPPED = "shipped", _("已发货")
        RECEIVED = "received", _("已收货")
        INVALID = "invalid", _("已失效")
        SETTLED = "settled", _("已结算")

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, db_index=False, related_name="lines", verbose_name=_("订单")
    )
    order_no = models.CharField(_("订单号"), max_length=64)
    source = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("订单来源")
    )
    line_no = models.PositiveIntegerField(_("行号"))
    paid_event_id = models.CharField(_("付款事件号"), max_length=128)
    ordered_at = models.DateTimeField(_("下单时间"))
    buyer_ref = models.CharField(_("买家"), max_length=64, blank=True)
    merchant = _tenant(_("商家"))
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("商品")
    )
    quantity = models.PositiveIntegerField(_("件数"))
    pid = models.CharField(_("推广位"), max_length=64, blank=True)
    sub_id = models.CharField(_("渠道标记"), max_length=64, blank=True, default="", db_default="")

    streamer = _tenant(_("达人"), null=True)
    first_leader = _tenant(_("一级团长"), null=True)
    second_leader = _tenant(_("二级团长"), null=True)
    provider = _tenant(_("服务商"), null=True)
    agency = _tenant(_("达人机构"), null=True)
    offer_kind = models.CharField(_("成交计划"), max_length=20, blank=True)
    offer_id = models.BigIntegerField(_("计划编号"), null=True)
    offer_version = models.BigIntegerField(_("计划版本"), null=True)
    activity = models.CharField(_("活动"), max_length=64, blank=True)
    policy_id = models.BigIntegerField(_("政策版本"))
    commission_bps = models.PositiveIntegerField(default=0)
    service_fee_bps = models.PositiveIntegerField(default=0)
    second_bps = models.PositiveIntegerField(default=0)
    provider_bps = models.PositiveIntegerField(default=0)
    tech_bps = models.PositiveIntegerField(default=0)
    agency_bps = models.PositiveIntegerField(default=0)
    step_bps = models.PositiveIntegerField(
        null=True, help_text=_("计划达到阶梯门槛后的佣金率；空：计划没有阶梯。门槛与方式见计划，开设后不变")
    )
    hold_days = models.PositiveSmallIntegerField(_("超售后期（天）"))
    trace = ArrayField(models.CharField(max_length=40), verbose_name=_("规则轨迹"))

    paid_fen = models.BigIntegerField(_("计佣基数（下单时，分）"))
    subsidy_fen = models.BigIntegerField(_("计入基数的平台补贴（分）"), db_default=0, default=0)
    due_base_fen = models.BigIntegerField(_("计佣基数（现在，分）"))
    refunded_fen = models.BigIntegerField(_("已退货款（分）"), default=0)
    due_through = models.DateTimeField(_("已计入的最后退款时间"), null=True)
    estimate_streamer_fen = models.BigIntegerField(default=0)
    estimate_streamer_fee_fen = models.BigIntegerField(default=0)
    estimate_first_leader_fen = models.BigIntegerField(default=0)
    estimate_first_leader_fee_fen = models.BigIntegerField(default=0)
    estimate_second_leader_fen = models.BigIntegerField(default=0)
    estimate_second_leader_fee_fen = models.BigIntegerField(default=0)
    estimate_provider_fen = models.BigIntegerField(default=0)
    estimate_provider_fee_fen = models.BigIntegerField(default=0)
    estimate_agency_fen = models.BigIntegerField(default=0)
    estimate_agency_fee_fen = models.BigIntegerField(default=0)
    due_streamer_fen = models.BigIntegerField(default=0)
    due_streamer_fee_fen = models.BigIntegerField(default=0)
    due_first_leader_fen = models.BigIntegerField(default=0)
    due_first_leader_fee_fen = models.BigIntegerField(default=0)
    due_second_leader_fen = models.BigIntegerField(default=0)
    due_second_leader_fee_fen = models.BigIntegerField(default=0)
    due_provider_fen = models.BigIntegerField(default=0)
    due_provider_fee_fen = models.BigIntegerField(default=0)
    due_agency_fen = models.BigIntegerField(default=0)
    due_agency_fee_fen = models.BigIntegerField(default=0)

    status = models.CharField(_("状态"), max_length=10, choices=Status)
    shipped_at = models.DateTimeField(_("发货时间"), null=True)
    received_at = models.DateTimeField(_("收货时间"), null=True)
    due_at = models.DateTimeField(_("到期时间"), null=True)
    settles_on = models.DateField(_("结算夜"), null=True)
    held_reason = models.CharField(_("冻结原因"), max_length=40, blank=True)
    held_since = models.DateTimeField(_("冻结自"), null=True)
    is_prepaid = models.BooleanField(
        _("由预存佣金支付"),
        default=False,
        db_default=False,
        help_text=_("商家为预存佣金；随店铺的佣金来源变化，直到结算夜封账"),
    )
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now(), help_text=_("最近一次订单事件；结算不改订单行"))

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("订单行")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no", "merchant"], name="order_line_no_unique"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, refunded_fen__gte=0, refunded_fen__lte=F("paid_fen")),
                name="order_line_refunds_at_most_paid",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["paid", "shipped", "received", "invalid"]), name="order_line_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["settles_on", "id"], name="line_night"),
            models.Index(
                fields=["settles_on", "merchant", "due_at", "id"],
                include=[f"due_{role}_fen" for role in FROM_MERCHANT],
                condition=Q(is_prepaid=True, settles_on__isnull=False),
                name="line_night_prepaid",
            ),
            BrinIndex(fields=["ordered_at"], name="line_ordered_at", autosummarize=True),
            models.Index(fields=["order_no"], name="line_order_no"),
            models.Index(fields=["merchant", "-ordered_at"], name="line_of_merchant"),
            models.Index(fields=["streamer", "-ordered_at"], name="line_of_streamer"),
            models.Index(fields=["streamer", "sub_id"], condition=~Q(sub_id=""), name="line_by_mark"),
            *(
                models.Index(fields=[role], condition=Q(**{f"{role}__isnull": False}), name=f"line_of_{role}")
                for role in ("first_leader", "second_leader", "provider", "agency")
            ),
            models.Index(fields=["held_reason"], condition=~Q(held_reason=""), name="line_held"),
            models.Index(fields=["settles_on"], condition=Q(step_bps__isnull=False), name="line_night_stepped"),
            models.Index(fields=["offer_id", "streamer"], condition=Q(step_bps__isnull=False), name="line_of_step"),
        ]

    def __str__(self) -> str:
        return f"{self.order_no}/{self.line_no}"

    @property
    def rates(self) -> Rates:
        return Rates(*(getattr(self, each.name) for each in fields(Rates)))

    @property
    def estimate(self) -> Shares:
        return self._read("estimate", self.paid_fen)

    @property
    def due(self) -> Shares:
        return self._read("due", self.due_base_fen)

    def _read(self, prefix: str, base_fen: int) -> Shares:
        return Shares(base_fen, *(getattr(self, f"{prefix}_{column}") for column in AMOUNTS))

    def party(self, role: str) -> Tenant | None:
        """Who fills ``role`` on this line, or None."""
        return getattr(self, role)
