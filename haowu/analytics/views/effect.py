"""A leader's goods and what they bring."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest
from django.views.generic import TemplateView

from haowu.analytics.leaders import effect
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant

SPANS = (7, 30, 90)
"""Days that the page can look back; beside them ``EVER``."""
EVER = "all"
T = TypeVar("T")


def looked_back(request: HttpRequest, rows_since: Callable[[datetime], list[T]]) -> tuple[list[T], int | str]:
    """What the page's ``?days=`` asks for, and the span; unasked the last 30 days, or ever where these are empty."""
    asked, now = request.GET.get("days", ""), days.now()
    span: int | str = int(asked) if asked in map(str, SPANS) else EVER if asked == EVER else 30
    rows = rows_since(days.BEGINNING if span == EVER else now - timedelta(days=span))
    if not rows and not asked:
        rows, span = rows_since(days.BEGINNING), EVER
    return rows, span


class LeaderEffect(TenantRequiredMixin, TemplateView):
    kind = Tenant.Kind.TUANZHANG
    template_name = "analytics/effect.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, span = looked_back(self.request, partial(effect.of_leader, self.request.tenant))
        totals = {name: sum(getattr(row, name) for row in rows) for name in ("sold_fen", "kept_fen", "fees_fen")}
        return super().get_context_data(rows=rows, totals=totals, span=span, spans=SPANS, **context)
