"""A leader founds a base: the form, and how the application stands.

Who is a gold leader is asked of the floor above; the roof hands the question in (``as_view(is_gold_leader=…)``).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from bases import founding
from bases.forms import PaperFormSet, SiteForm
from bases.models import Application, BaseLevel, BasePolicy, Document
from haowu.approvals.act_views import went_through
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant


class FoundBase(TenantRequiredMixin, TemplateView):
    template_name = "bases/found.html"
    kind = Tenant.Kind.TUANZHANG
    is_gold_leader: Callable[[Tenant, datetime], bool] | None = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        at = days.now()
        mine = list(Application.objects.visible_to(self.request.tenant).newest_first().prefetch_related("documents"))
        policy = BasePolicy.objects.in_force(at)
        seats = [(level.label, founding.seats_filled(level), policy.seats(level)) for level in BaseLevel]
        returned = mine[0] if mine and mine[0].status == Application.Status.RETURNED else None
        initial = {name: getattr(returned, name) for name in SiteForm.base_fields} if returned else None
        known = {
            "applications": mine,
            "seats": seats,
            "is_gold": self.is_gold(at),
            "is_waiting": any(each.status == Application.Status.SUBMITTED for each in mine),
            "form": SiteForm(initial=initial),
            "papers": PaperFormSet(prefix="papers"),
            "needed": [Document.Kind(kind).label for kind in founding.NEEDED],
        }
        return super().get_context_data(**known | context)

    def is_gold(self, at: datetime) -> bool:
        return self.is_gold_leader is not None and self.is_gold_leader(self.request.tenant, at)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, papers = SiteForm(request.POST), PaperFormSet(request.POST, prefix="papers")
        if papers.is_valid() and went_through(form, lambda: self.hand_in(form, papers)):
            messages.success(request, _("申请已提交，平台审核后会在这里告诉你结果。"))
            return redirect("found-base")
        return self.render_to_response(self.get_context_data(form=form, papers=papers))

    def hand_in(self, form: SiteForm, papers: Any) -> None:
        leader, at = self.request.tenant, days.now()
        returned = Application.objects.visible_to(leader).returned().first()
        if returned:
            founding.complete(returned, form.site, papers.papers, at=at)
        else:
            founding.apply(leader, form.site, papers.papers, is_gold_leader=self.is_gold(at), at=at)
