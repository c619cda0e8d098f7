"""Plans of a merchant: the list, opening one, its streamers, ending it. Rates are changed in ``commissions``."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from merchants import overview, plans
from merchants.filters import PlanFilter
from merchants.forms import EXPLAINED, PlanForm, PlanStreamerFormSet, PlanStreamerRows
from merchants.models import Plan, Product
from merchants.views.products import OfMerchant


class PlanList(OfMerchant, ListPage):
    template_name = "merchants/plan_list.html"
    filterset_class = PlanFilter
    sorts = [
        Sort("newest", gettext_lazy("最新开设"), ("-starts_at", "-pk")),
        Sort("oldest", gettext_lazy("最早开设"), ("starts_at", "pk")),
    ]

    def queryset(self):
        return Plan.objects.visible_to(self.request.tenant).with_rates()

    def rows(self, found: list[Plan]) -> list[overview.PlanNow]:
        return [overview.plan_now(plan, days.now()) for plan in found]


class OwnPlan(OfMerchant):
    @cached_property
    def plan(self) -> Plan:
        mine = Plan.objects.visible_to(self.request.tenant).with_rates()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class PlanPage(OwnPlan, TemplateView):
    template_name = "merchants/plan.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = overview.plan_now(self.plan, days.now())
        streamers = overview.listed_streamers(self.plan, days.now())
        explained = EXPLAINED[self.plan.type]
        return super().get_context_data(now=now, plan=self.plan, streamers=streamers, explained=explained, **context)


class NewPlan(OfMerchant, TemplateView):
    template_name = "merchants/plan_new.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = {"type": Plan.Type.NORMAL} | self.request.GET.dict()
        form = PlanForm(merchant=self.request.tenant, initial=asked)
        context = {"form": form, "streamers": PlanStreamerFormSet(prefix="streamers")} | context
        mine = Product.objects.visible_to(self.request.tenant).newest_first()[:200]
        return super().get_context_data(explained=EXPLAINED, products=mine, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlanForm(request.POST, merchant=request.tenant)
        streamers = PlanStreamerFormSet(request.POST, prefix="streamers")
        if form.is_valid() and streamers.is_valid():
            try:
                plan = plans.open_plan(request.tenant, at=days.now(), **_terms(form, streamers))
                messages.success(request, _("计划已开设，现在生效。"))
                return redirect("plan", plan.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form, streamers=streamers))


def _terms(form: PlanForm, streamers: PlanStreamerRows) -> dict[str, Any]:
    cleaned = form.cleaned_data
    return {
        "type": cleaned["type"],
        "product": cleaned["product_code"],
        "commission_bps": cleaned["commission_bps"],
        "streamers": streamers.rates,
        "step": form.step,
    }


class PlanAct(OwnPlan, ActView):
    def back(self) -> str:
        return reverse("plan", args=[self.plan.public_id])


class EndPlan(PlanAct):
    def act(self) -> str:
        plans.end_plan(self.plan, at=days.now())
        return _("计划将在明日 0 点结束。今天的订单仍按它计佣。")


class TakeOff(PlanAct):
    """Takes a streamer off the plan's list."""

    def act(self) -> str:
        streamers = Tenant.objects.of_kind(Tenant.Kind.STREAMER)
        streamer = get_object_or_404(streamers, code=inputs.key(self.request.POST.get("streamer")))
        plans.set_rate(self.plan, None, at=days.now(), streamer=streamer)
        return _("达人将在明日 0 点移出名单。今天的订单仍按现在的佣金率。")
