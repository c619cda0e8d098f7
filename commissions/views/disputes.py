"""Disputes as their parties see them: raised from a line, followed to the end, taken back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from commissions.cases import case_story, disputes
from commissions.filters import DisputeFilter
from commissions.forms import DisputeForm, RetractDisputeForm
from commissions.models import Dispute, OrderLine
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ground.tables import Column
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort, minute


class NewDispute(TenantRequiredMixin, TemplateView):
    """Who of a line gets what it should not, and why."""

    template_name = "commissions/dispute_new.html"
    right = "may_dispute"
    writes = True

    @cached_property
    def line(self) -> OrderLine:
        mine = OrderLine.objects.visible_to(self.request.tenant).select_related("product")
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    @cached_property
    def others(self) -> list:
        return case_story.other_sides(self.line, self.request.tenant)

    def form(self, *asked: Any) -> DisputeForm:
        form = DisputeForm(*asked)
        form.fields["against"].choices = [(party.public_id, f"{party.name}（{roles}）") for party, roles in self.others]
        return form

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not self.others:
            raise Http404
        sections = {"line": self.line, "cases": case_story.of_line(self.line, self.request.tenant, days.now())}
        within = disputes.DECIDE_WITHIN.days
        return super().get_context_data(**{"form": self.form(), "within": within} | sections | context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            against = next(party for party, _roles in self.others if party.public_id == form.cleaned_data["against"])
            sides = {"claimant": request.tenant, "against": against}
            try:
                reason = form.cleaned_data["reason"]
                raised = disputes.open_dispute(self.line, reason=reason, by=request.user, at=days.now(), **sides)
                messages.success(request, _("争议已提交：平台开始处理，对方也能在自己的页面看到。"))
                return redirect("dispute", raised.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))


class DisputeList(ListPage):
    """Every dispute in which the tenant stands, on either side."""

    template_name = "commissions/dispute_list.html"
    filterset_class = DisputeFilter
    title = gettext_lazy("争议")
    file_columns = [
        Column(gettext_lazy("订单号"), width=24),
        Column(gettext_lazy("行号"), width=8),
        Column(gettext_lazy("提出方"), width=20),
        Column(gettext_lazy("对方"), width=20),
        Column(gettext_lazy("理由"), width=48),
        Column(gettext_lazy("状态")),
        Column(gettext_lazy("提出时间"), width=18),
        Column(gettext_lazy("裁定时间"), width=18),
    ]
    sorts = [
        Sort("newest", gettext_lazy("最近提出"), ("-opened_at", "-pk")),
        Sort("deadline", gettext_lazy("期限最近"), ("expires_at", "pk")),
    ]

    def queryset(self):
        return Dispute.objects.visible_to(self.request.tenant)

    def rows(self, found: list[Dispute]) -> list[Dispute]:
        return case_story.named(found)

    def file_rows(self, found: list[Dispute]) -> Iterator[tuple[Any, ...]]:
        for each in self.rows(found):
            yield (
                each.order.order_no,
                each.line_no,
                each.claimant.name,
                each.respondent.name,
                each.reason,
                str(each.get_status_display()),
                minute(each.opened_at),
                minute(each.decided_at),
            )


class DisputePage(TenantRequiredMixin, TemplateView):
    template_name = "commissions/dispute.html"
    right = "may_dispute"

    @cached_property
    def dispute(self) -> Dispute:
        mine = Dispute.objects.visible_to(self.request.tenant)
        (found,) = case_story.named([get_object_or_404(mine, public_id=self.kwargs["public_id"])])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        dispute, tenant = self.dispute, self.request.tenant
        mine = dispute.claimant_id == tenant.pk and dispute.status in Dispute.UNDECIDED
        sections = {"next": case_story.next_step(dispute), "trail": case_story.trail(dispute)}
        amounts = {"knows_amount": case_story.knows_amount(dispute, tenant)}
        lines = OrderLine.objects.visible_to(tenant).at(dispute.order_id, dispute.line_no)
        context = {"form": RetractDisputeForm()} | context
        may = {"may_retract": mine and self.has_right()}
        return super().get_context_data(dispute=dispute, line=lines.first(), **sections, **amounts, **may, **context)


class RetractDispute(DisputePage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RetractDisputeForm(request.POST)
        if form.is_valid():
            try:
                reason, by = form.cleaned_data["reason"], request.user
                disputes.retract(self.dispute, reason, claimant=request.tenant, by=by, at=days.now())
                messages.success(request, _("争议已撤回，冻结的钱已放开。"))
                return redirect("dispute", self.dispute.public_id)
            except Refused as refused:
                form.add_error(None, refused.message)
        return self.render_to_response(self.get_context_data(form=form))
