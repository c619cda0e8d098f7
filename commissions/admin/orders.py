"""Settlement rows and orders. Rows are only looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from commissions.models import OrderEvent, OrderLine, Settlement
from commissions.split import ROLES
from haowu.tenants.admin import LookOnlyAdmin, yuan_column

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
