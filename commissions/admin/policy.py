"""The settlement policy in versions: a new one begins as a copy of the last, from a moment in the future."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commissions.models import Policy
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.ground.fields import PercentField, YuanField
from haowu.tenants.admin import EditedAdmin, yuan_column
from haowu.tenants.recorded_admin import RecordedAdmin

SWITCHES = tuple(field.name for field in Policy._meta.fields if field.name not in ("id", "created_at"))
"""Every field that a version says something with; one that is added to the model appears in the form by itself."""


class PolicyForm(forms.ModelForm):
    """Rates in percent and amounts in yuan, as staff speak of them."""

    class Meta:
        model = Policy
        fields = SWITCHES
        field_classes = {
            "tech_bps": PercentField,
            "reserve_bps": PercentField,
            "min_withdrawal_fen": YuanField,
            "daily_withdrawal_fen": YuanField,
            "checked_above_fen": YuanField,
        }
        labels = {
            "tech_bps": _("技术服务费率（%）"),
            "reserve_bps": _("风险预留比例（%）"),
            "min_withdrawal_fen": _("最低提现（元）"),
            "daily_withdrawal_fen": _("每日提现上限（元）"),
            "checked_above_fen": _("超过多少须第二人复核（元）"),
        }
        help_texts = {"effective_from": _("须晚于现在。下单时间在此之后的订单按新版本，之前的不变。")}

    def clean_effective_from(self) -> Any:
        """The past is frozen on lines; a version that began in it would never have been said to anybody."""
        if self.cleaned_data["effective_from"] < days.now():
            raise forms.ValidationError(_("新版本只能从现在或以后生效。"))
        return self.cleaned_data["effective_from"]


@admin.register(Policy)
class PolicyAdmin(RecordedAdmin, EditedAdmin):
    """Versions are added, and changed only until they begin: lines keep the one they were ordered under."""

    subject_kind = Subject.POLICY
    form = PolicyForm
    list_display = [
        "effective_from",
        "state",
        "tech_bps",
        "hold_days",
        "return_tech_fee",
        "front_clawbacks",
        "subsidy_in_base",
        "reserve_bps",
        "reserve_days",
        yuan_column("min_withdrawal_fen", _("最低提现")),
        yuan_column("daily_withdrawal_fen", _("每日提现上限")),
        yuan_column("checked_above_fen", _("复核线")),
        "note",
    ]
    ordering = ["-effective_from", "-pk"]

    @admin.display(description=_("状态"))
    def state(self, policy: Policy) -> Any:
        now = days.now()
        if policy.effective_from > now:
            return _("将生效")
        return _("生效中") if policy == Policy.objects.in_force(now) else _("已被取代")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the last version says, also one that is announced and has not begun: nothing is undone by silence."""
        last = Policy.objects.order_by("-effective_from", "-pk")[0]
        carried = {name: getattr(last, name) for name in SWITCHES if name not in ("effective_from", "note")}
        return carried | super().get_changeform_initial_data(request)

    def has_change_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.effective_from > days.now())

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False
