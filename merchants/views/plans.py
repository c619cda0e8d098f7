"""Plans of a merchant: the list, opening one, its streamers, ending it. Rates are changed in ``commissions``."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days, inputs
from haowu.ground.errors import Refused
from haowu.ground.fields import MomentField
from haowu.ground.money import percent
from haowu.ground.tables import Column
from haowu.tenants.lists import ListPage, Sort, Tab, minute
from haowu.tenants.models import Tenant
from merchants import overview, plan_periods, plans, refusals
from merchants.filters import PlanFilter
from merchants.forms import (
    EXPLAINED,
    PlanForm,
    PlanStreamerForm,
    PlanStreamerFormSet,
    PlanStreamerRows,
    PriceForm,
)
from merchants.models import Plan
from merchants.plan_preview import preview_plan
from merchants.rates import MAX_COMMISSION_BPS
from merchants.views.above import ShowsKnown
from merchants.views.products import OfMerchant


class PlanList(OfMerchant, ListPage):
    template_name = "merchants/plan_list.html"
    filterset_class = PlanFilter
    route, title = "plans", gettext_lazy("推广计划")
    file_columns = [
        Column(gettext_lazy("商品编号"), width=16),
        Column(gettext_lazy("商品"), width=32),
        Column(gettext_lazy("计划类型")),
        Column(gettext_lazy("佣金率"), width=10),
        Column(gettext_lazy("名单人数"), width=10),
        Column(gettext_lazy("开始"), width=18),
        Column(gettext_lazy("结束"), width=18),
    ]
    tabs = [
        Tab("open", gettext_lazy("进行中"), lambda at: Q(ends_at__isnull=True) | Q(ends_at__gt=at)),
        Tab("ended", gettext_lazy("已结束"), lambda at: Q(ends_at__lte=at)),
    ]
    sorts = [
        Sort("newest", gettext_lazy("最新开设"), ("-starts_at", "-pk")),
        Sort("oldest", gettext_lazy("最早开设"), ("starts_at", "pk")),
    ]

    def queryset(self):
        return Plan.objects.visible_to(self.request.tenant).with_rates().prefetch_related("product__images")

    def to_count(self):
        return Plan.objects.visible_to(self.request.tenant)

    def rows(self, found: list[Plan]) -> list[overview.PlanNow]:
        return [overview.plan_now(plan, days.now()) for plan in found]

    def file_rows(self, found: list[Plan]) -> Iterator[tuple[Any, ...]]:
        for now in self.rows(found):
            plan = now.plan
            yield (
                plan.product.code if plan.product else "",
                str(plan.product) if plan.product else _("全店"),
                str(plan.get_type_display()),
                "" if now.rate.bps is None else percent(now.rate.bps),
                now.listed if plan.lists_streamers else None,
                minute(plan.starts_at),
                minute(plan.ends_at),
            )


class OwnPlan(OfMerchant):
    @cached_property
    def plan(self) -> Plan:
        mine = Plan.objects.visible_to(self.request.tenant).with_rates()
        return get_object_or_404(mine, public_id=self.kwargs["public_id"])


class PlanPage(ShowsKnown, OwnPlan, TemplateView):
    template_name = "merchants/plan.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        at = days.now()
        now = overview.plan_now(self.plan, at)
        price_fen = PriceForm().price_fen(self.plan.product.lowest_price_fen if self.plan.product else None)
        shares = self.known.previews([(price_fen, now.rate.bps)] if now.rate.bps is not None else [], at=at)
        return super().get_context_data(
            now=now,
            plan=self.plan,
            streamers=overview.listed_streamers(self.plan, at),
            explained=EXPLAINED[self.plan.type],
            adding=PlanStreamerForm(),
            midnight=days.next_midnight(at),
            period=PeriodForm(initial={"ends_at": self.plan.ends_at}),
            price_fen=price_fen,
            shares=next(iter(shares), None),
            **context,
        )


class NewPlan(ShowsKnown, OfMerchant, TemplateView):
    template_name = "merchants/plan_new.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = {"type": Plan.Type.NORMAL} | self.request.GET.dict()
        form = PlanForm(merchant=self.request.tenant, initial=asked)
        context = {"form": form, "streamers": PlanStreamerFormSet(prefix="streamers")} | context
        has_step = any(context["form"][name].value() for name in ("step_threshold", "step_bps"))
        return super().get_context_data(explained=EXPLAINED, price=PriceForm(), has_step=has_step, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlanForm(request.POST, merchant=request.tenant)
        streamers = PlanStreamerFormSet(request.POST, prefix="streamers")
        if form.is_valid() and (form.is_for_all or streamers.is_valid()):
            try:
                plan = plans.open_plan(request.tenant, at=days.now(), **_terms(form, streamers))
                messages.success(request, _("计划已开设，现在生效。"))
                return redirect("plan", plan.public_id)
            except Refused as refused:
                _show(refused, form, streamers)
        return self.render_to_response(self.get_context_data(form=form, streamers=streamers))


def _terms(form: PlanForm, streamers: PlanStreamerRows) -> dict[str, Any]:
    cleaned = form.cleaned_data
    return {
        "type": cleaned["type"],
        "product": cleaned["product_code"],
        "commission_bps": cleaned["commission_bps"],
        "streamers": {} if form.is_for_all else streamers.rates,
        "step": form.step,
        "ends_at": cleaned["ends_at"],
    }


FIELDS = {
    refusals.PlanNeedsProduct: "product_code",
    refusals.PlanEndInvalid: "ends_at",
    refusals.RateMissing: "commission_bps",
    refusals.StepThresholdInvalid: "step_threshold",
    refusals.StepNotHigher: "step_bps",
}
"""Where on the form a refusal is mended."""


def _show(refused: Refused, form: PlanForm, streamers: PlanStreamerRows) -> None:
    """Put ``refused`` where it is mended: at its field, at the rows whose rates are too high, else above the form."""
    if isinstance(refused, refusals.RateOutOfRange):
        if form.is_for_all:
            form.add_error("commission_bps", refused.message)
            return
        for row in streamers.forms:
            if (row.cleaned_data.get("bps") or 0) > MAX_COMMISSION_BPS:
                row.add_error("bps", refused.message)
        return
    form.add_error(FIELDS.get(type(refused)), refused.message)


class SplitPreview(ShowsKnown, OfMerchant, TemplateView):
    """Who gets what of one sale, as far as the form is filled. ``fragment=1`` answers what the form shows beside it."""

    def get_template_names(self) -> list[str]:
        return ["merchants/_split.html" if self.request.GET.get("fragment") else "merchants/split.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = PlanForm(self.request.GET, merchant=self.request.tenant)
        price, streamers = PriceForm(self.request.GET), PlanStreamerFormSet(self._rows(), prefix="streamers")
        form.is_valid(), price.is_valid(), streamers.is_valid()
        wish = form.wish(streamers.rates)
        price_fen = price.price_fen(wish.product.lowest_price_fen if wish.product else None)
        pickers = self.known.pickers([wish.product]).get(wish.product.pk, 0) if wish.product else 0
        preview = preview_plan(wish, price_fen, pickers, self.known.previews, days.now())
        return super().get_context_data(preview=preview, form=form, price=price, **context)

    def _rows(self) -> QueryDict:
        rows = self.request.GET.copy()
        rows.setdefault("streamers-TOTAL_FORMS", "0")
        rows.setdefault("streamers-INITIAL_FORMS", "0")
        return rows


class PlanAct(OwnPlan, ActView):
    def back(self) -> str:
        return reverse("plan", args=[self.plan.public_id])


class EndPlan(PlanAct):
    def act(self) -> str:
        plans.end_plan(self.plan, at=days.now())
        return _("计划将在明日 0 点结束。今天的订单仍按它计佣。")


class PeriodForm(forms.Form):
    ends_at = MomentField(
        label=gettext_lazy("到（不含）"),
        required=False,
        help_text=gettext_lazy("留空：不设结束。推后马上算数；提前最早到下一个 00:00。按北京时间。"),
    )


class ChangePeriod(PlanAct):
    """Until when the plan runs."""

    def act(self) -> str:
        ends_at = self.read(PeriodForm(self.request.POST))["ends_at"]
        plan_periods.set_end(self.plan, ends_at, at=days.now())
        if ends_at is None:
            return _("计划不再设结束时间。")
        return _("计划将在 {at} 结束。").format(at=minute(ends_at))


class TakeOff(PlanAct):
    """Takes a streamer off the plan's list."""

    def act(self) -> str:
        streamers = Tenant.objects.of_kind(Tenant.Kind.STREAMER)
        streamer = get_object_or_404(streamers, code=inputs.key(self.request.POST.get("streamer")))
        plans.set_rate(self.plan, None, at=days.now(), streamer=streamer)
        return _("达人将在明日 0 点移出名单。今天的订单仍按现在的佣金率。")
