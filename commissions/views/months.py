"""Months: what the daily statements of an account come to, by kind and by day."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from commissions.statements import months
from haowu.ledger.models import DailyBalance
from haowu.tenants.access import TenantRequiredMixin


class MonthList(TenantRequiredMixin, TemplateView):
    template_name = "commissions/month_list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(months=months.of_tenant(self.request.tenant), **context)


class OneMonth(TenantRequiredMixin):
    @cached_property
    def days(self) -> list[DailyBalance]:
        days = months.days_of(self.request.tenant, self.kwargs["account"], self.kwargs["month"])
        if not days:
            raise Http404
        return days


class MonthPage(OneMonth, TemplateView):
    """A month by kind; one of its kinds by day where ``kind`` names it."""

    template_name = "commissions/month.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        entries = months.entries(self.days)
        asked = self.request.GET.get("kind", "")
        chosen = next((entry for entry in entries if entry.kind == asked), None)
        sections = {
            "first_on": self.kwargs["month"],
            "account": self.days[0].account,
            "days": self.days,
            "entries": entries,
            "opening_fen": self.days[0].opening_fen,
            "closing_fen": self.days[-1].closing_fen,
            "chosen": chosen,
            "by_day": months.by_day(self.days, chosen.kind) if chosen else [],
        }
        return super().get_context_data(**context | sections)
