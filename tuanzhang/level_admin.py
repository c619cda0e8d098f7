"""Staff and leaders' levels: policies in versions, results to look at, appeals and applications to decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.queues import DecisionForm, Offer, StaffQueue, reason_of
from haowu.approvals.words import Subject
from haowu.ground import days
from haowu.ground.fields import PercentField, WholeField, YuanField
from haowu.tenants.admin import EditedAdmin, LookOnlyAdmin, yuan_column
from haowu.tenants.recorded_admin import RecordedAdmin
from tuanzhang import appeals, permission
from tuanzhang.models import Appeal, LevelPolicy, MonthlyAssessment, QuarterLevel, Readmission, Revocation

LEVELS = ("bronze", "silver", "gold")
SAID = tuple(field.name for field in LevelPolicy._meta.fields if field.name not in ("id", "created_at"))
"""Every field that a version says something with."""


class LevelPolicyForm(forms.ModelForm):
    """Amounts in yuan and rates in percent, as staff speak of them."""

    class Meta:
        model = LevelPolicy
        fields = SAID
        field_classes = (
            {f"{level}_gmv_fen": YuanField for level in LEVELS}
            | {f"{level}_rebate_bps": PercentField for level in LEVELS}
            | {"target_gmv_fen": YuanField}
        )
        labels = {
            "bronze_gmv_fen": gettext_lazy("铜牌成交额（元）"),
            "silver_gmv_fen": gettext_lazy("银牌成交额（元）"),
            "gold_gmv_fen": gettext_lazy("金牌成交额（元）"),
            "bronze_rebate_bps": gettext_lazy("铜牌返点（%）"),
            "silver_rebate_bps": gettext_lazy("银牌返点（%）"),
            "gold_rebate_bps": gettext_lazy("金牌返点（%）"),
            "target_gmv_fen": gettext_lazy("评分目标：成交额（元）"),
        }
        help_texts = {"effective_from": gettext_lazy("须晚于今天。在此之后开始的季度按新版本，之前的不变。")}

    def clean_effective_from(self) -> Any:
        """A quarter that runs goes by what was announced when it began."""
        if self.cleaned_data["effective_from"] <= days.day_of(days.now()):
            raise forms.ValidationError(_("新版本只能从明天或以后生效。"))
        return self.cleaned_data["effective_from"]


@admin.register(LevelPolicy)
class LevelPolicyAdmin(RecordedAdmin, EditedAdmin):
    """Versions are added, and changed only until they begin."""

    subject_kind = Subject.LEVEL_POLICY
    form = LevelPolicyForm
    list_display = [
        "effective_from",
        *(f"{level}_gmv_fen" for level in LEVELS),
        "mode",
        "credited_to",
        "note",
    ]  # fmt: skip
    ordering = ["-effective_from", "-pk"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = LevelPolicy.objects.order_by("-effective_from", "-pk")[0]
        carried = {name: getattr(last, name) for name in SAID if name not in ("effective_from", "note")}
        return carried | super().get_changeform_initial_data(request)

    def has_change_permission(self, request: HttpRequest, obj: LevelPolicy | None = None) -> bool:
        begun = obj is not None and obj.effective_from <= days.day_of(days.now())
        return super().has_change_permission(request, obj) and not begun

    def has_delete_permission(self, request: HttpRequest, obj: LevelPolicy | None = None) -> bool:
        return False


@admin.register(QuarterLevel)
class QuarterLevelAdmin(LookOnlyAdmin):
    gmv = yuan_column("gmv_fen", gettext_lazy("净成交额"))
    list_display = ["leader", "quarter", "revision", "level", gmv, "brands", "promoters", "score_bps", "closed_at"]
    list_filter = ["level", "quarter"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "=leader__code"]
    ordering = ["-quarter", "-gmv_fen", "pk"]


@admin.register(MonthlyAssessment)
class MonthlyAssessmentAdmin(LookOnlyAdmin):
    gmv = yuan_column("gmv_fen", gettext_lazy("成交额"))
    list_display = [
        "leader", "month", "outcome", "failed_months", "shortfalls", "orders", gmv, "late", "shipments",
        "new_promoters", "new_merchants",
    ]  # fmt: skip
    list_filter = ["outcome", "failed_months", "month"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "=leader__code"]
    ordering = ["-month", "-failed_months", "pk"]


@admin.register(Revocation)
class RevocationAdmin(LookOnlyAdmin):
    """Those to come first: announced ones are done on their day by themselves."""

    list_display = [
        "leader", "number", "status", "noticed_at", "effective_on", "effected_at", "activities_closed",
        "enrolments_rejected", "seconds_ended", "lifted_at",
    ]  # fmt: skip
    list_filter = ["status", "number"]
    list_select_related = ["leader"]
    search_fields = ["leader__name", "=leader__code"]
    ordering = ["-effective_on", "-pk"]


class AppealForm(DecisionForm):
    usual = (
        gettext_lazy("核对后数据无误，维持原结果。"),
        gettext_lazy("所附材料不能证明申诉的事实。"),
        gettext_lazy("核对后确有误差，按更正后的数重新计算。"),
    )
    brands = WholeField(label=gettext_lazy("更正后的品牌数"), required=False, min_value=0, max_value=10**6)
    promoters = WholeField(label=gettext_lazy("更正后的推广者数"), required=False, min_value=0, max_value=10**6)


class ReadmissionForm(DecisionForm):
    usual = (gettext_lazy("整改措施可行。"), gettext_lazy("未说明整改措施，请补充后重新申请。"))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 8 else None


@admin.register(Appeal)
class AppealAdmin(StaffQueue):
    """Open ones first, the longest waiting at the top."""

    action_form = AppealForm
    waiting_since = "asked_at"
    waiting = frozenset({Appeal.Status.OPEN})
    offers = {name: Offer(Appeal.MOVES[name][0]) for name in ("uphold", "refuse")}
    actions = ["uphold", "refuse"]
    list_display = ["leader", "about", "status", "age", "asked_at", "reason", "decided_by", "decision"]
    list_filter = ["status", "asked_at"]
    list_select_related = ["leader", "assessment", "quarter_level", "decided_by"]
    search_fields = ["leader__name", "=leader__code"]
    ordering = ["decided_at", "asked_at"]

    @admin.display(description=gettext_lazy("针对"))
    def about(self, appeal: Appeal) -> str:
        if appeal.assessment:
            return f"{appeal.assessment.month:%Y-%m} {_('月度考核')} {'、'.join(appeal.assessment.shortfall_labels)}"
        return f"{appeal.quarter_level.name} {appeal.quarter_level.get_level_display()}"

    @admin.action(description=gettext_lazy("成立（写明意见；季度等级填更正后的数）"), permissions=["decide"])
    def uphold(self, request: HttpRequest, chosen: Any) -> None:
        corrected = {name: _number(request, name) for name in ("brands", "promoters")}
        decision, by, at = reason_of(request), request.user, days.now()
        self.each(request, chosen, lambda row: appeals.uphold(row, decision, by=by, at=at, **corrected))

    @admin.action(description=gettext_lazy("不成立（写明意见）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: Any) -> None:
        decision, by, at = reason_of(request), request.user, days.now()
        self.each(request, chosen, lambda row: appeals.refuse(row, decision, by=by, at=at))


@admin.register(Readmission)
class ReadmissionAdmin(StaffQueue):
    action_form = ReadmissionForm
    waiting_since = "asked_at"
    waiting = frozenset({Readmission.Status.PENDING})
    offers = {name: Offer(Readmission.MOVES[name][0]) for name in ("approve", "refuse")}
    actions = ["approve", "refuse"]
    list_display = ["leader", "revocation", "status", "age", "asked_at", "statement", "decided_by", "reason"]
    list_filter = ["status", "asked_at"]
    list_select_related = ["leader", "revocation__leader", "decided_by"]
    search_fields = ["leader__name", "=leader__code"]
    ordering = ["decided_at", "asked_at"]

    @admin.action(description=gettext_lazy("重新开通"), permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        reason, by, at = reason_of(request), request.user, days.now()
        self.each(request, chosen, lambda row: permission.readmit(row, by=by, at=at, reason=reason))

    @admin.action(description=gettext_lazy("拒绝（写明意见）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: Any) -> None:
        reason, by, at = reason_of(request), request.user, days.now()
        self.each(request, chosen, lambda row: permission.refuse_readmission(row, reason, by=by, at=at))
