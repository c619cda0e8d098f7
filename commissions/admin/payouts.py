"""Staff's queue of withdrawals and the batches: checked by a second person, carried to the bank, read back."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import PayoutBatch, Withdrawal, WithdrawalStep
from commissions.payments import payouts, withdrawals
from haowu.approvals.queues import DecisionForm, Offer, StaffQueue, reason_of
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.tenants.admin import LookOnly, LookOnlyAdmin, yuan_column

LARGEST_FILE_MB = 4


class WithdrawalForm(DecisionForm):
    usual = (
        gettext_lazy("收款账户户名与主体不符，请更换收款账户。"),
        gettext_lazy("收款账户信息有误，请核对后重新申请。"),
        gettext_lazy("账户有待处理的争议，请处理后重新申请。"),
    )


class StepInline(LookOnly, admin.TabularInline):
    model = WithdrawalStep
    extra = 0
    fields = ["status", "by", "at", "note"]
    ordering = ["pk"]


@admin.register(Withdrawal)
class WithdrawalAdmin(StaffQueue):
    """Rows are only looked at; what happens to them happens through the acts, which know the second person."""

    action_form = WithdrawalForm
    waiting_since = "requested_at"
    waiting = frozenset({Withdrawal.Status.REQUESTED, Withdrawal.Status.APPROVED})
    offers = {
        "approve": Offer(Withdrawal.MOVES["approve"][0], not_by="touched_by"),
        "refuse": Offer(Withdrawal.MOVES["refuse"][0]),
        "pay": Offer((Withdrawal.Status.APPROVED,)),
    }
    actions = ["approve", "refuse", "pay"]
    list_display = [
        "reference",
        "tenant",
        yuan_column("amount_fen", gettext_lazy("金额")),
        "bank_account",
        "status",
        "age",
        "requested_at",
        "touched_by",
        "reason",
        "batch",
    ]
    list_filter = ["status", "tenant__kind", "requested_on", "touched_at"]
    list_select_related = ["tenant", "bank_account", "touched_by", "batch"]
    search_fields = ["=number", "=tenant__code", "=batch__number"]
    inlines = [StepInline]
    fields = [
        "reference",
        "number",
        "tenant",
        yuan_column("amount_fen", gettext_lazy("金额")),
        "bank_account",
        "status",
        "requested_at",
        "touched_by",
        "touched_at",
        "reason",
        "batch",
    ]

    @admin.display(description=gettext_lazy("流水号"), ordering="pk")
    def reference(self, withdrawal: Withdrawal) -> str:
        return withdrawal.reference

    def has_check_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commissions.check_withdrawal")

    def has_pay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("commissions.pay_withdrawal")

    @admin.action(description=gettext_lazy("复核通过"), permissions=["check"])
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        now = days.now()
        self.each(request, chosen, lambda row: withdrawals.approve(row, request.user, now))

    @admin.action(description=gettext_lazy("拒绝（写明原因）"), permissions=["check"])
    def refuse(self, request: HttpRequest, chosen: Any) -> None:
        now, reason = days.now(), reason_of(request)
        self.each(request, chosen, lambda row: withdrawals.refuse(row, request.user, now, reason=reason))

    @admin.action(description=gettext_lazy("制作打款批次（所选中待打款的）"), permissions=["pay"])
    def pay(self, request: HttpRequest, chosen: Any) -> None:
        try:
            batch = payouts.make_batch(request.user, days.now(), only=list(chosen.values_list("pk", flat=True)))
        except Refused as refused:
            self.message_user(request, refused.message, messages.ERROR)
            return
        said = _("批次 {number}：{count} 笔，合计 ¥{amount}。请到「打款批次」下载文件。")
        self.message_user(request, said.format(number=batch.number, count=batch.count, amount=yuan(batch.sum_fen)))

    def rows_of(self, chosen: Any) -> Iterable[Withdrawal]:
        """All are locked before the first account is."""
        return list(chosen.locked())


class ResultsForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("回盘文件"))

    def clean_file(self) -> bytes:
        if self.cleaned_data["file"].size > LARGEST_FILE_MB * 1024 * 1024:
            raise forms.ValidationError(_("文件超过 {limit} MB。请确认选对了文件。").format(limit=LARGEST_FILE_MB))
        return self.cleaned_data["file"].read()


@admin.register(PayoutBatch)
class PayoutBatchAdmin(LookOnlyAdmin):
    list_display = ["number", "made_at", "made_by", "count", yuan_column("sum_fen", gettext_lazy("合计")), "waiting"]
    list_select_related = ["made_by"]
    ordering = ["-pk"]
    search_fields = ["=number"]
    fields = [
        "number",
        "channel",
        "made_at",
        "made_by",
        "count",
        yuan_column("sum_fen", gettext_lazy("合计")),
        "waiting",
        "checksum",
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_waiting()

    @admin.display(description=gettext_lazy("等待结果（笔）"))
    def waiting(self, batch: PayoutBatch) -> int:
        return batch.waiting

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/file/", view(self.file_view), name="commissions_payoutbatch_file"),
            path("results/", view(self.results_view), name="commissions_payoutbatch_results"),
            *super().get_urls(),
        ]

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The file; every account in it goes to the access log."""
        self._require_pay(request)
        batch = get_object_or_404(PayoutBatch, pk=pk)
        try:
            content = payouts.file_of(batch, request.user, days.now())
        except Refused as refused:
            self.message_user(request, refused.message, messages.ERROR)
            return redirect("admin:commissions_payoutbatch_change", pk)
        return HttpResponse(
            content,
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{batch.number}.csv"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    def results_view(self, request: HttpRequest) -> HttpResponse:
        self._require_pay(request)
        form, answers = ResultsForm(request.POST or None, request.FILES or None), None
        if form.is_valid():
            try:
                answers = payouts.read_results(form.cleaned_data["file"], request.user, days.now())
            except Refused as refused:
                form.add_error("file", f"{refused.code}：{refused.message}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("读取回盘文件"),
            "opts": self.opts,
            "form": form,
            "answers": answers,
        }
        return render(request, "admin/commissions/payoutbatch/results.html", context)

    def _require_pay(self, request: HttpRequest) -> None:
        if not request.user.has_perm("commissions.pay_withdrawal"):
            raise PermissionDenied
