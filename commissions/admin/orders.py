"""Settlement rows and orders. Rows are only looked at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from commissions.admin import words
from commissions.models import OrderEvent, OrderLine, Run, Settlement
from commissions.party_share import role_labels
from commissions.split import ROLES
from commissions.stories.sentences import EVENTS, TRACE
from haowu.tenants import columns
from haowu.tenants.admin import LookOnlyAdmin
from haowu.tenants.staff_lists import DaysFilter


class LastNightFilter(DaysFilter):
    """Without a day the last night's rows: those of all nights are never asked for at once. A search looks at all."""

    everything = _("最近一夜")

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.first or self.last or request.GET.get("q"):
            return super().queryset(request, rows)
        return rows.filter(day=Run.objects.frontier())


class HeldFilter(admin.SimpleListFilter):
    """The reasons that keep a line from settling: known, so that nobody looks through all lines for them."""

    title = _("冻结原因")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("any", _("冻结中的")), *words.HELD.items()]

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.value() is None:
            return rows
        return rows.exclude(held_reason="") if self.value() == "any" else rows.filter(held_reason=self.value())


@admin.register(Settlement)
class SettlementAdmin(LookOnlyAdmin):
    list_filter = [("day", LastNightFilter)]
    list_display = [
        "day",
        "line",
        "phase",
        "merchant",
        "streamer",
        "base_fen",
        "cost_fen",
    ]
    labels = words.AMOUNTS
    list_select_related = ["line", "merchant", "streamer"]
    ordering = ["-day", "line", "phase"]
    search_fields = ["=line__order_no"]
    fields = [
        "day",
        "line",
        "phase",
        "merchant",
        *ROLES,
        "base_fen",
        "cost_fen",
        *(f"{role}{part}" for role in ROLES for part in ("_fen", "_fee_fen")),
    ]


TIMES = [
    "ordered_at", "shipped_at", "received_at", "hold_days", "due_at", "settles_on", "held", "held_since", "is_prepaid",
    "due_through", "updated_at",
]  # fmt: skip
AMOUNT_HEADS = [_("角色"), "", _("预估毛额"), _("预估技术服务费"), _("应结毛额"), _("应结技术服务费")]


@admin.register(OrderLine)
class OrderLineAdmin(LookOnlyAdmin):
    labels = {"due_base_fen": _("计佣基数")} | words.RATES
    list_display = [
        "order_no", "line_no", "merchant", "streamer", "status", "due_base_fen", "commission_bps", "ordered_at",
        "settles_on", "held",
    ]  # fmt: skip
    list_filter = ["status", HeldFilter, "settles_on", "ordered_at"]
    list_select_related = ["merchant", "streamer"]
    ordering = ["-pk"]
    search_fields = ["=order_no", "=pid"]
    fieldsets = [
        (None, {"fields": ["status", "order", "line_no", "merchant", "product", "quantity", "buyer_ref", "source"]}),
        (_("钱"), {"fields": ["paid_fen", "subsidy_fen", "refunded_fen", "due_base_fen", "shares"]}),
        (
            _("为什么是这个费率"),
            {"fields": ["offer", "activity", "pid", "sub_id", "trace_in_words", *words.RATES, "policy_id"]},
        ),
        (_("时间"), {"fields": TIMES}),
    ]

    @admin.display(description=_("成交计划"))
    def offer(self, line: OrderLine) -> Any:
        return words.OFFERS.get(line.offer_kind, line.offer_kind) or _("自然成交")

    @admin.display(description=_("规则"))
    def trace_in_words(self, line: OrderLine) -> str:
        return format_html_join("", "<p>{}</p>", ((TRACE.get(code, code),) for code in line.trace)) or columns.NOTHING

    @admin.display(description=_("各方所得"))
    def shares(self, line: OrderLine) -> str:
        """Of who has a role in the line: as ordered, and as the night settles it."""
        amounts = [f"{when}{{}}{ending}" for when in ("estimate_", "due_") for ending in ("_fen", "_fee_fen")]
        rows = [
            [label, getattr(line, role), *(columns.money(getattr(line, name.format(role))) for name in amounts)]
            for role, label in role_labels().items()
            if getattr(line, f"{role}_id")
        ]
        return columns.plain_table(AMOUNT_HEADS, rows) if rows else columns.NOTHING

    @admin.display(description=_("冻结原因"), ordering="held_reason")
    def held(self, line: OrderLine) -> Any:
        return words.HELD.get(line.held_reason, line.held_reason) or columns.NOTHING


class EventTypeFilter(admin.SimpleListFilter):
    title = _("类型")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(EVENTS.items())

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(type=self.value()) if self.value() else rows


@admin.register(OrderEvent)
class OrderEventAdmin(LookOnlyAdmin):
    list_display = ["event_id", "source", "order", "line_no", "kind", "occurred_at", "verdict", "code"]
    fields = [
        "event_id", "source", "order", "line_no", "kind", "occurred_at", "received_at", "verdict", "code", "facts",
    ]  # fmt: skip
    readonly_fields = ["kind"]

    @admin.display(description=_("类型"), ordering="type")
    def kind(self, event: OrderEvent) -> Any:
        return EVENTS.get(event.type, event.type)

    list_filter = ["verdict", EventTypeFilter, "occurred_at"]
    list_select_related = ["source", "order"]
    ordering = ["-pk"]
    search_fields = ["=event_id", "=order__order_no"]
