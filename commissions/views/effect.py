"""A leader's goods and what they bring."""

from datetime import timedelta
from typing import Any

from django.views.generic import TemplateView

from commissions import effect
from haowu import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant

SPANS = (7, 30, 90)
"""Days that the page can look back."""


class LeaderEffect(TenantRequiredMixin, TemplateView):
    kind = Tenant.Kind.TUANZHANG
    template_name = "commissions/effect.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("days", "")
        span = int(asked) if asked in map(str, SPANS) else 30
        rows = effect.of_leader(self.request.tenant, days.now() - timedelta(days=span))
        totals = {name: sum(getattr(row, name) for row in rows) for name in ("sold_fen", "kept_fen", "fees_fen")}
        return super().get_context_data(rows=rows, totals=totals, span=span, spans=SPANS, **context)
