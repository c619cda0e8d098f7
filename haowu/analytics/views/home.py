"""The first page of merchants, leaders and providers: how it went, what waits, last night and the next."""

from typing import Any, ClassVar

from django.views.generic import TemplateView

from haowu.analytics.homes import nights, sales
from haowu.analytics.homes.charts import sales_chart
from haowu.approvals import notices
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant

SPANS = (7, 30, 90)
CHANGES = 6


def best_people(tenant: Tenant, span: sales.Span) -> list[sales.Best]:
    """A merchant sees who sells its goods; the others, whose goods they bring."""
    best = sales.best_streamers if tenant.kind == Tenant.Kind.MERCHANT else sales.best_merchants
    return best(tenant, span)


class Dashboard(TenantRequiredMixin, TemplateView):
    templates: ClassVar[dict[str, str]] = {
        Tenant.Kind.MERCHANT: "analytics/home_merchant.html",
        Tenant.Kind.TUANZHANG: "analytics/home_leader.html",
    }

    def get_template_names(self) -> list[str]:
        return [self.templates.get(self.request.tenant.kind, "analytics/home_party.html")]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tenant, asked = self.request.tenant, self.request.GET.get("days", "")
        span = sales.Span(days.now(), int(asked) if asked in map(str, SPANS) else 30)
        sold = sales.by_day(tenant, span)
        return super().get_context_data(
            span=span,
            spans=SPANS,
            total=sales.totals(sold, span),
            chart=sales_chart(sold, span),
            people=best_people(tenant, span),
            products=sales.best_products(tenant, span),
            last_night=nights.last_night(tenant),
            next_night=nights.next_night(tenant),
            changes=notices.page(self.request.user, tenant).notices[:CHANGES],
            **context,
        )
