"""The first page of merchants, leaders and providers: how it went, what waits, last night and the next."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
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


@dataclass(frozen=True)
class Words:
    """What differs between the homes: what orders are called, what one pays or earns, and whose figures are listed."""

    orders: Any
    own: Any
    own_note: Any
    own_page: str
    people: Any


OF_MERCHANT = Words(_("联盟订单"), _("推广费"), _("佣金、服务费等，随退款减少"), "statements", _("卖得最多的达人"))
OF_EARNER = Words(_("订单"), _("你的服务费，净"), _("随退款减少，结算前是预计"), "earnings", _("卖得最多的商家"))


class Dashboard(TenantRequiredMixin, TemplateView):
    template_name = "analytics/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tenant, asked = self.request.tenant, self.request.GET.get("days", "")
        span = sales.Span(days.now(), int(asked) if asked in map(str, SPANS) else 30)
        sold = sales.by_day(tenant, span)
        return super().get_context_data(
            words=OF_MERCHANT if tenant.kind == Tenant.Kind.MERCHANT else OF_EARNER,
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
