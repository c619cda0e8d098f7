"""Withdrawing: what may be withdrawn, asking for it once, each withdrawal's way, and the account it goes to."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from commissions.filters import WithdrawalFilter
from commissions.forms import BankAccountForm, WithdrawalForm
from commissions.models import Withdrawal
from commissions.payments import withdrawal_story, withdrawals
from commissions.payments.allowance import allowance
from commissions.views.earnings import OfPayee
from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.money import yuan
from haowu.ground.tables import Column
from haowu.tenants import personal
from haowu.tenants.lists import ListPage, Sort, minute
from haowu.tenants.models import PersonalRecord

JUST_NOW = timedelta(minutes=10)


class Withdrawals(OfPayee, ListPage):
    """What may be withdrawn and the form that asks for it, above all that was asked for before."""

    template_name = "commissions/withdrawals.html"
    filterset_class = WithdrawalFilter
    title = gettext_lazy("提现")
    file_columns = [
        Column(gettext_lazy("流水号"), width=24),
        Column(gettext_lazy("申请时间"), width=18),
        Column(gettext_lazy("金额"), is_money=True),
        Column(gettext_lazy("状态")),
    ]
    right = "may_handle_money"
    sorts = [
        Sort("newest", gettext_lazy("最近申请"), ("-requested_at", "-pk")),
        Sort("amount", gettext_lazy("金额从高到低"), ("-amount_fen", "-pk")),
    ]

    def queryset(self):
        return Withdrawal.objects.visible_to(self.request.tenant).with_account()

    def rows(self, found: list[Withdrawal]) -> list[dict[str, Any]]:
        return [{"withdrawal": each, "next": withdrawal_story.next_step(each)} for each in found]

    def file_rows(self, found: list[Withdrawal]) -> Iterator[tuple[Any, ...]]:
        for each in found:
            yield (each.reference, minute(each.requested_at), each.amount_fen, str(each.get_status_display()))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"ask": WithdrawalForm()} | context
        allowed = allowance(self.request.tenant, days.now())
        return super().get_context_data(allowed=allowed, may_ask=self.has_right(), **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        ask = WithdrawalForm(request.POST)
        if ask.is_valid():
            number, amount_fen = ask.cleaned_data["number"], ask.cleaned_data["amount"]
            recent = self._same_just_now(number, amount_fen)
            if recent and not request.POST.get("again"):
                ask.add_error(None, _("刚刚已经申请过同样的金额，这次没有提交。要另外再提一笔，请在下面打勾。"))
                return self.render_to_response(self.get_context_data(ask=ask, recent=recent))
            try:
                made = withdrawals.request(request.tenant, number, amount_fen, request.user, days.now())
                messages.success(request, _("已申请提现 ¥{amount}。").format(amount=yuan(made.amount_fen)))
                return redirect("withdrawal", made.public_id)
            except withdrawals.NumberTaken as refused:
                ask = self._again(ask, refused)
            except Refused as refused:
                ask.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(ask=ask))

    def _same_just_now(self, number: str, amount_fen: int) -> Withdrawal | None:
        """Of the same amount under another number, minutes ago: somebody who went back may have sent it once more."""
        since = days.now() - JUST_NOW
        mine = Withdrawal.objects.visible_to(self.request.tenant).under_way()
        return mine.same_since(amount_fen, since, but_number=number).newest_first().first()

    def _again(self, ask: WithdrawalForm, refused: withdrawals.NumberTaken) -> WithdrawalForm:
        """The form once more under a fresh number: another press is another withdrawal, and knows it."""
        fresh = WithdrawalForm({**ask.data.dict(), "number": ask.fields["number"].initial()})
        said = _("从这一页已经申请过 ¥{amount}，这次没有提交。要另外再提一笔，请再按一次「确认提现」。")
        fresh.add_error(None, said.format(amount=refused.facts["amount"]))
        return fresh


class OneWithdrawal(OfPayee):
    right = "may_handle_money"

    @cached_property
    def withdrawal(self) -> Withdrawal:
        mine = Withdrawal.objects.visible_to(self.request.tenant).with_account()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class WithdrawalPage(OneWithdrawal, TemplateView):
    template_name = "commissions/withdrawal.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        story = {
            "next": withdrawal_story.next_step(self.withdrawal),
            "steps": withdrawal_story.steps(self.withdrawal),
        }
        may_cancel = self.has_right() and self.withdrawal.may_cancel
        return super().get_context_data(withdrawal=self.withdrawal, may_cancel=may_cancel, **story, **context)


class CancelWithdrawal(OneWithdrawal, ActView):
    def act(self) -> str:
        withdrawals.cancel(self.withdrawal, self.request.user, days.now())
        return _("已取消，钱已退回可提现。")

    def text_of(self, refused: Refused) -> str:
        return _("这笔提现已不能取消，下面是它现在的状态。")

    def back(self) -> str:
        return reverse("withdrawal", args=[self.withdrawal.public_id])


class BankAccountPage(OfPayee, TemplateView):
    """The account that is paid: masked once recorded. A new one takes the old one's place."""

    template_name = "commissions/bank_account.html"
    right = "may_handle_money"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        current = PersonalRecord.objects.visible_to(self.request.tenant).current(PersonalRecord.Kind.BANK_ACCOUNT)
        return super().get_context_data(**{"form": BankAccountForm(request=self.request), "current": current} | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BankAccountForm(request.POST, request=request)
        if form.is_valid():
            try:
                kept = personal.record(request.tenant, form.facts, by=request.user, at=days.now())
                messages.success(request, _("收款账户已登记：{account}。").format(account=kept.masked))
                return redirect("withdrawals")
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))
