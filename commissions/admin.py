"""Settlement rows, orders and policies. Rows are only looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commissions import casework_admin, decisions_admin, night_admin, payout_admin  # noqa: F401  register their own
from commissions.models import OrderEvent, OrderLine, Policy, Settlement
from commissions.split import ROLES
from haowu import days
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


class PolicyForm(forms.ModelForm):
    class Meta:
        model = Policy
        fields = ["effective_from", "tech_bps", "hold_days", "note"]

    def clean_effective_from(self) -> Any:
        """The past is frozen on lines; a version that began in it would never have been said to anybody."""
        if self.cleaned_data["effective_from"] < days.now():
            raise forms.ValidationError(_("新版本只能从现在或以后生效。"))
        return self.cleaned_data["effective_from"]


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    """Versions are added, never changed: lines keep the one they were ordered under."""

    form = PolicyForm
    list_display = ["effective_from", "tech_bps", "hold_days", "note", "created_at"]
    ordering = ["-effective_from", "-pk"]

    def has_change_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False
