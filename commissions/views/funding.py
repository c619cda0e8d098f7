"""A merchant's commission account: its balance, what waits for money, how to pay in, when to be warned."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from commissions.forms import LowBalanceForm
from commissions.party_share import share_of
from commissions.payments import deposit
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant

SHOWN = 50


class FundingPage(TenantRequiredMixin, TemplateView):
    template_name = "commissions/funding.html"
    kind = Tenant.Kind.MERCHANT
    right = "may_handle_money"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tenant = self.request.tenant
        now = deposit.deposit_of(tenant)
        held = [{"line": line, "part": share_of(line, tenant, line.due)} for line in deposit.waiting(tenant)[:SHOWN]]
        form = LowBalanceForm(initial={"low_balance_fen": now.low_balance_fen})
        sections = {"form": form, "deposit": now, "held": held, "may_set": self.has_right(), "shown": SHOWN}
        return super().get_context_data(**sections | context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LowBalanceForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        deposit.set_low_balance(request.tenant, form.cleaned_data["low_balance_fen"], at=days.now())
        messages.success(request, _("提醒线已保存。"))
        return redirect("funding")
