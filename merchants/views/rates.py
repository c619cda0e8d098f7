"""Changing a plan's rate: first what it would mean and from when, then the change itself."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.fields import PercentField, YuanField
from merchants import overview, plans, rates
from merchants.forms import StreamerField
from merchants.models import Plan
from merchants.views.plans import OwnPlan
from merchants.views.products import OfMerchant

SAMPLE_PRICE_FEN = 10_000
"""The price shown where no product names one."""


class PreviewForm(forms.Form):
    price = YuanField(
        label=gettext_lazy("试算价格（元）"),
        required=False,
        help_text=gettext_lazy("留空时按商品的最低价，没有商品时按 100.00。"),
    )
    rate = PercentField(label=gettext_lazy("新的佣金率（%）"), max_value=90)

    def price_fen(self, otherwise: int | None) -> int:
        return self.cleaned_data["price"] or otherwise or SAMPLE_PRICE_FEN


class RateForm(PreviewForm):
    streamer = StreamerField(required=False)

    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["streamer"].required = plan.lists_streamers


class WithPreview:
    """``preview_of(price_fen, commission_bps, at=)`` says who gets what; addresses bring it from the floor above."""

    preview_of: Callable[..., Any] | None = None

    def preview(self, form: PreviewForm, price_fen: int | None = None) -> Any:
        return self.preview_of(form.price_fen(price_fen), form.cleaned_data["rate"], at=days.now())


class SplitPreview(WithPreview, OfMerchant, TemplateView):
    """Who gets what of one sale. ``fragment=1`` answers the table alone, for the form that shows it live."""

    def get_template_names(self) -> list[str]:
        return ["merchants/_split.html" if self.request.GET.get("fragment") else "merchants/split.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = PreviewForm(self.request.GET)
        split = self.preview(form) if form.is_valid() else None
        return super().get_context_data(form=form, preview=split, **context)


class ChangeRate(WithPreview, OwnPlan, TemplateView):
    """GET with ``rate`` (and ``streamer``, a code) shows what would change and when; POST asks for it."""

    template_name = "merchants/change_rate.html"
    writes = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"form": RateForm(self.request.GET, plan=self.plan), "plan": self.plan} | context
        if not context["form"].errors:
            context |= self._effect(context["form"])
        return super().get_context_data(**context)

    def _effect(self, form: RateForm) -> dict[str, Any]:
        at = days.now()
        streamer, rate = form.cleaned_data["streamer"], form.cleaned_data["rate"]
        now = overview.rate_now(self.plan, self.plan.history_of(streamer), at)
        price_fen = self.plan.product.lowest_price_fen if self.plan.product else None
        return {
            "streamer": streamer,
            "now": now,
            "rate": rate,
            "change": rates.change(now.bps, rate, at),
            "preview": self.preview(form, price_fen),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RateForm(request.POST, plan=self.plan)
        if form.is_valid():
            try:
                streamer = form.cleaned_data["streamer"]
                plans.set_rate(self.plan, form.cleaned_data["rate"], at=days.now(), streamer=streamer)
                messages.success(request, _("佣金率已提交。"))
                return redirect("plan", self.plan.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))
