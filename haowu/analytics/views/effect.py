"""A leader's goods and what they bring."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from haowu.analytics.filters import EffectFilter
from haowu.analytics.homes import sales
from haowu.analytics.homes.charts import sales_chart
from haowu.analytics.leaders import effect
from haowu.ground import days
from haowu.tenants.lists import ListPage, Sort
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


class LeaderEffect(ListPage):
    """The chart of the span beside the one before; below it each product, with figures that open into their orders."""

    kind = Tenant.Kind.TUANZHANG
    template_name = "analytics/effect.html"
    filterset_class = EffectFilter
    sorts = [
        Sort("sold", gettext_lazy("成交额最高"), ("-sold_fen", "activity", "product")),
        Sort("net", gettext_lazy("到手最多"), ("-net_fen", "activity", "product")),
        Sort("orders", gettext_lazy("订单最多"), ("-orders", "activity", "product")),
    ]

    @cached_property
    def span(self) -> sales.Span:
        """``?days=``; of all time the chart shows the longest span."""
        asked = self.request.GET.get("days", "")
        return sales.Span(days.now(), int(asked) if asked in map(str, SPANS) else SPANS[-1] if self.is_ever else 30)

    @property
    def is_ever(self) -> bool:
        return self.request.GET.get("days") == EVER

    @property
    def from_day(self) -> date | None:
        return None if self.is_ever else self.span.first

    @property
    def since(self) -> datetime:
        return days.BEGINNING if self.is_ever else days.start_of(self.span.first)

    def queryset(self) -> QuerySet:
        return effect.of_leader(self.request.tenant, self.since)

    def rows(self, found: list[dict[str, Any]]) -> list[effect.ItemEffect]:
        return effect.shown(found, self.from_day)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sold = sales.by_day(self.request.tenant, self.span)
        narrowed = self.filterset_class(self.request.GET, queryset=self.queryset(), request=self.request).qs
        known = {
            "totals": effect.totals(narrowed),
            "total_now": sales.totals(sold, self.span),
            "chart": sales_chart(sold, self.span),
            "span": self.span,
            "spans": SPANS,
            "is_ever": self.is_ever,
            "from_day": self.from_day,
        }
        shown = super().get_context_data(**known | context)
        return shown | {"most_fen": max((row.sold_fen for row in shown["rows"]), default=0)}
