"""Staff's queues whose acts take two people: disputes, corrections, resettlements, differences found upstream."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from commissions.admin.casework import AskingForm, CaseAdmin, amount_of, later
from commissions.cases import corrections, disputes, reconciliation, resettlement
from commissions.models import (
    Correction,
    Dispute,
    Policy,
    ReconciliationItem,
    Resettlement,
    ResettlementTotal,
    UpstreamFile,
)
from haowu.approvals.queues import Offer, reason_of
from haowu.ground import days
from haowu.ground.fields import DayField, TextField
from haowu.ledger.models import Posting
from haowu.tenants.admin import LookOnly, LookOnlyAdmin, yuan_column


@admin.register(Dispute)
class DisputeAdmin(CaseAdmin):
    labels: ClassVar[dict[str, Any]] = {"hold": gettext_lazy("订单行冻结")}
    waiting_since = "opened_at"
    waiting = frozenset(Dispute.UNDECIDED)
    due_at = "expires_at"
    offers: ClassVar[dict[str, Offer]] = {
        "propose": Offer(Dispute.MOVES["propose"][0]),
        "uphold": Offer(Dispute.MOVES["uphold"][0], not_by="proposed_by"),
        "send_back": Offer(Dispute.MOVES["send_back"][0], not_by="proposed_by"),
        "reject": Offer(Dispute.UNDECIDED),
        "extend": Offer(Dispute.UNDECIDED),
    }
    actions: ClassVar[list[str]] = ["propose", "uphold", "send_back", "reject", "extend"]
    list_display: ClassVar[list] = [
        "order",
        "line_no",
        "claimant",
        "respondent",
        "status",
        "age",
        "expires_at",
        yuan_column("amount_fen", gettext_lazy("争议金额")),
        yuan_column("frozen_fen", gettext_lazy("冻结金额")),
        yuan_column("take_fen", gettext_lazy("裁定扣回")),
    ]
    list_filter: ClassVar[list] = ["status"]
    list_select_related: ClassVar[list[str]] = ["order", "claimant", "respondent"]
    ordering: ClassVar[list[str]] = ["-pk"]
    search_fields: ClassVar[list[str]] = ["=order__order_no", "=claimant__code", "=respondent__code"]

    @admin.action(description=gettext_lazy("提出扣回（写明原因和金额）"), permissions=["decide"])
    def propose(self, request: HttpRequest, chosen: Any) -> None:
        take_fen, reason = amount_of(request), reason_of(request)
        self.each(request, chosen, lambda row: disputes.propose(row, take_fen, reason, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("复核通过"), permissions=["decide"])
    def uphold(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda row: disputes.uphold(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("退回重新处理（写明原因）"), permissions=["decide"])
    def send_back(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda row: disputes.send_back(row, reason, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("不成立，解除（写明原因）"), permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda row: disputes.reject(row, reason, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("延期（写明原因和天数）"), permissions=["decide"])
    def extend(self, request: HttpRequest, chosen: Any) -> None:
        reason, by = reason_of(request), request.user
        self.each(request, chosen, lambda row: disputes.extend(row, later(row, request), reason, by=by, at=days.now()))


class ReversalForm(AskingForm):
    posting_reference = TextField(label=gettext_lazy("被冲正凭证"), max_length=80)
    reason = TextField(label=gettext_lazy("原因"), max_length=500)

    class Meta:
        model = Correction
        fields: ClassVar[list[str]] = []


@admin.register(Correction)
class CorrectionAdmin(CaseAdmin):
    waiting_since = "made_at"
    waiting = frozenset({Correction.Status.PROPOSED})
    offers: ClassVar[dict[str, Offer]] = {
        "approve": Offer(Correction.MOVES["post"][0], not_by="made_by"),
        "refuse": Offer(Correction.MOVES["refuse"][0]),
    }
    add_form = ReversalForm
    actions: ClassVar[list[str]] = ["approve", "refuse"]
    list_display: ClassVar[list] = [
        "reference",
        "kind",
        yuan_column("amount_fen", gettext_lazy("金额")),
        "from_account",
        "to_account",
        "status",
        "age",
        "made_by",
        "checked_by",
    ]
    list_filter: ClassVar[list] = ["status", "kind"]
    list_select_related: ClassVar[list[str]] = ["from_account__owner", "to_account__owner", "made_by", "checked_by"]
    ordering: ClassVar[list[str]] = ["-pk"]
    search_fields: ClassVar[list[str]] = ["=reference", "=corrects"]

    def waiting_rows(self) -> QuerySet:
        """Top-ups have a list of their own."""
        return super().waiting_rows().exclude(kind=Posting.Kind.TOP_UP)

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> Correction:
        return corrections.reverse(asked["posting_reference"].strip(), asked["reason"], request.user, at=days.now())

    @admin.action(description=gettext_lazy("复核通过"), permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda row: corrections.approve(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("驳回（写明原因）"), permissions=["decide"])
    def refuse(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda row: corrections.refuse(row, reason, by=request.user, at=days.now()))


class ResettlementForm(AskingForm):
    first_day = DayField(label=gettext_lazy("首个结算日"), widget=AdminDateWidget)
    last_day = DayField(label=gettext_lazy("最后结算日"), widget=AdminDateWidget)
    policy = forms.ModelChoiceField(label=gettext_lazy("正确的政策版本"), queryset=Policy.objects.order_by("-pk"))
    reason = TextField(label=gettext_lazy("原因"), max_length=500)

    class Meta:
        model = Resettlement
        fields: ClassVar[list[str]] = []


class TotalInline(LookOnly, admin.TabularInline):
    model = ResettlementTotal
    extra = 0
    fields: ClassVar[list] = [
        "party",
        "role",
        "lines",
        yuan_column("gross_change_fen", gettext_lazy("毛额变化")),
        yuan_column("fee_change_fen", gettext_lazy("技术服务费变化")),
    ]
    readonly_fields: ClassVar[list] = fields


@admin.register(Resettlement)
class ResettlementAdmin(CaseAdmin):
    """Adding one is the preview."""

    waiting_since = "made_at"
    waiting = frozenset({Resettlement.Status.PREVIEWED})
    offers: ClassVar[dict[str, Offer]] = {
        "apply": Offer(Resettlement.MOVES["apply"][0], not_by="made_by"),
        "discard": Offer(Resettlement.MOVES["discard"][0]),
    }
    add_form = ResettlementForm
    actions: ClassVar[list[str]] = ["apply", "discard"]
    inlines: ClassVar[list] = [TotalInline]
    list_display: ClassVar[list] = ["first_day", "last_day", "policy", "status", "books_on", "made_by", "checked_by"]
    list_filter: ClassVar[list] = ["status"]
    list_select_related: ClassVar[list[str]] = ["policy", "made_by", "checked_by"]
    ordering: ClassVar[list[str]] = ["-pk"]

    def opened(self, request: HttpRequest, asked: dict[str, Any]) -> Resettlement:
        first_day, last_day, policy = asked["first_day"], asked["last_day"], asked["policy"]
        return resettlement.preview(first_day, last_day, policy, reason=asked["reason"], by=request.user, at=days.now())

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list:
        return self.inlines if obj else []

    @admin.action(description=gettext_lazy("复核通过，下一结算夜入账"), permissions=["decide"])
    def apply(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda row: resettlement.apply(row.pk, request.user, at=days.now()))

    @admin.action(description=gettext_lazy("作废（写明原因）"), permissions=["decide"])
    def discard(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda row: resettlement.discard(row.pk, reason, request.user, at=days.now()))


@admin.register(ReconciliationItem)
class ReconciliationItemAdmin(CaseAdmin):
    labels: ClassVar[dict[str, Any]] = {"correction": gettext_lazy("冲正与调整")}
    waiting_since = "found_on"
    waiting = frozenset({ReconciliationItem.Status.OPEN, ReconciliationItem.Status.PROPOSED})
    offers: ClassVar[dict[str, Offer]] = {
        "propose": Offer(ReconciliationItem.MOVES["propose"][0]),
        "resolve": Offer(ReconciliationItem.MOVES["resolve"][0], not_by="proposed_by"),
        "send_back": Offer(ReconciliationItem.MOVES["return"][0], not_by="proposed_by"),
    }
    actions: ClassVar[list[str]] = ["propose", "resolve", "send_back"]
    list_display: ClassVar[list] = [
        "order_no",
        "line_no",
        "kind",
        "status",
        yuan_column("their_commission_fen", gettext_lazy("上游佣金")),
        yuan_column("our_commission_fen", gettext_lazy("平台佣金")),
        "their_settled_on",
        "our_settled_on",
        "age",
        "reason",
    ]
    list_filter: ClassVar[list] = ["status", "kind", "found_on"]
    ordering: ClassVar[list[str]] = ["found_on", "pk"]
    search_fields: ClassVar[list[str]] = ["=order_no"]

    @admin.display(description=gettext_lazy("已开天数"), ordering="found_on")
    def age(self, item: ReconciliationItem) -> int:
        return item.days_open()

    @admin.action(
        description=gettext_lazy("提出处理（写明原因；金额为正入达人账户，为负扣回）"), permissions=["decide"]
    )
    def propose(self, request: HttpRequest, chosen: Any) -> None:
        amount_fen, reason, by = amount_of(request), reason_of(request), request.user
        self.each(
            request,
            chosen,
            lambda row: reconciliation.propose(row, reason, by=by, at=days.now(), amount_fen=amount_fen),
        )

    @admin.action(description=gettext_lazy("复核通过"), permissions=["decide"])
    def resolve(self, request: HttpRequest, chosen: Any) -> None:
        self.each(request, chosen, lambda row: reconciliation.resolve(row, by=request.user, at=days.now()))

    @admin.action(description=gettext_lazy("退回重新处理（写明原因）"), permissions=["decide"])
    def send_back(self, request: HttpRequest, chosen: Any) -> None:
        reason = reason_of(request)
        self.each(request, chosen, lambda row: reconciliation.send_back(row, reason, by=request.user, at=days.now()))


@admin.register(UpstreamFile)
class UpstreamFileAdmin(LookOnlyAdmin):
    list_display: ClassVar[list] = [
        "name", "source", "read_at", "rows", "matched", "missing_here", "missing_there", "amount_differs", "duplicate",
        "timing",
    ]  # fmt: skip
    list_select_related: ClassVar[list[str]] = ["source"]
    ordering: ClassVar[list[str]] = ["-pk"]
