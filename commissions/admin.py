"""Nights, their shards and proofs, settlement rows and orders. Runs and rows are only looked at."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from commissions import casework_admin, decisions_admin, payout_admin, policy_admin  # noqa: F401  register their own
from commissions.models import OrderEvent, OrderLine, Run, Settlement, Shard
from commissions.split import ROLES
from haowu.tenants.admin import LookOnly, LookOnlyAdmin, yuan_column


class ShardInline(LookOnly, admin.TabularInline):
    model = Shard
    extra = 0
    fields = ["no", "status", "worker", "lease_until", "attempts", "lines", "seconds", "error"]


@admin.register(Run)
class RunAdmin(LookOnlyAdmin):
    list_display = ["day", "status", "lines", "proofs_hold", "opened_at", "closed_at"]
    list_filter = ["status"]
    date_hierarchy = "day"
    ordering = ["-day"]
    inlines = [ShardInline]
    fields = ["day", "covers_after", "status", "opened_at", "closed_at", "proofs", "report_text", "checksum"]
    readonly_fields = ["proofs", "report_text"]

    @admin.display(description=_("行数"))
    def lines(self, run: Run) -> Any:
        return run.report.get("lines", "–")

    @admin.display(description=_("校验"), boolean=True)
    def proofs_hold(self, run: Run) -> bool | None:
        proofs = run.report.get("proofs")
        return all(proofs.values()) if proofs else None

    @admin.display(description=_("逐项校验"))
    def proofs(self, run: Run) -> str:
        proofs = run.report.get("proofs", {})
        rows = (("✓" if holds else "✗", PROOFS.get(name, name)) for name, holds in proofs.items())
        return format_html_join(" ", "<p>{} {}</p>", rows) or "–"

    @admin.display(description=_("报告"))
    def report_text(self, run: Run) -> str:
        return format_html("<pre>{}</pre>", json.dumps(run.report, ensure_ascii=False, indent=2))


PROOFS = {
    "shards_equal_rows": _("各分片行数之和等于明细行数"),
    "every_due_line_settled": _("到期的订单行全部结算"),
    "merchants_pay_what_others_get": _("商家支出等于各方所得"),
    "clearing_ends_at_zero": _("清分过渡账户归零"),
}


@admin.register(Shard)
class ShardAdmin(LookOnlyAdmin):
    list_display = ["run", "no", "status", "worker", "attempts", "lines", "seconds", "lease_until"]
    list_filter = ["status"]
    list_select_related = ["run"]
    ordering = ["-run", "no"]


GROSS_AND_FEE = [
    yuan_column("streamer_fen", _("达人毛额")),
    yuan_column("streamer_fee_fen", _("达人技术服务费")),
    yuan_column("first_leader_fen", _("一级团长毛额")),
    yuan_column("first_leader_fee_fen", _("一级团长技术服务费")),
    yuan_column("second_leader_fen", _("二级团长毛额")),
    yuan_column("second_leader_fee_fen", _("二级团长技术服务费")),
    yuan_column("provider_fen", _("服务商毛额")),
    yuan_column("provider_fee_fen", _("服务商技术服务费")),
]


@admin.register(Settlement)
class SettlementAdmin(LookOnlyAdmin):
    list_display = [
        "day",
        "line",
        "phase",
        "merchant",
        "streamer",
        yuan_column("base_fen", _("计佣基数")),
        yuan_column("cost_fen", _("商家支出")),
    ]
    list_select_related = ["line", "merchant", "streamer"]
    date_hierarchy = "day"
    ordering = ["-day", "line", "phase"]
    search_fields = ["=line__order_no"]
    fields = [
        "day",
        "line",
        "phase",
        "merchant",
        *ROLES,
        yuan_column("base_fen", _("计佣基数")),
        yuan_column("cost_fen", _("商家支出")),
        *GROSS_AND_FEE,
    ]


@admin.register(OrderLine)
class OrderLineAdmin(LookOnlyAdmin):
    list_display = [
        "order_no",
        "line_no",
        "merchant",
        "streamer",
        "status",
        yuan_column("due_base_fen", _("计佣基数")),
        "settles_on",
        "held_reason",
    ]
    list_filter = ["status", "held_reason", "offer_kind"]
    list_select_related = ["merchant", "streamer"]
    ordering = ["-pk"]
    search_fields = ["=order_no", "=pid"]


@admin.register(OrderEvent)
class OrderEventAdmin(LookOnlyAdmin):
    list_display = ["event_id", "source", "order", "line_no", "type", "occurred_at", "verdict", "code"]
    list_filter = ["verdict", "type"]
    list_select_related = ["source", "order"]
    ordering = ["-pk"]
    search_fields = ["=event_id", "=order__order_no"]
