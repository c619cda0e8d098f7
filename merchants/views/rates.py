"""Changing a plan's rate: first what it would mean and from when, then the change itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.ground.errors import Refused
from merchants import overview, plans, rates
from merchants.forms import PreviewForm, StreamerField
from merchants.models import Plan
from merchants.views.above import ShowsKnown
from merchants.views.plans import OwnPlan


class RateForm(PreviewForm):
    streamer = StreamerField(required=False)

    def __init__(self, *args: Any, plan: Plan, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["streamer"].required = plan.lists_streamers


class ChangeRate(ShowsKnown, OwnPlan, TemplateView):
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
        price_fen = form.price_fen(self.plan.product.lowest_price_fen if self.plan.product else None)
        kept = [(price_fen, bps) for bps in (rate, now.bps) if bps is not None]
        shares = self.known.previews(kept, at=at)
        return {
            "streamer": streamer,
            "now": now,
            "rate": rate,
            "change": rates.change(now.bps, rate, at),
            "price_fen": price_fen,
            "preview": shares[0],
            "before": shares[1] if len(shares) > 1 else None,
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
