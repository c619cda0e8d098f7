"""How the merchants of a leader's goods serve, and what he can do about it."""

from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.analytics.leaders import service_record
from haowu.analytics.leaders.service_record import Grouping, ServiceRecord
from haowu.analytics.views.effect import SPANS, looked_back
from haowu.ground import days
from haowu.ground.fields import SEARCH_LENGTH
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant
from tuanzhang.models import Enrolment

SORTS = {
    "lines": (gettext_lazy("订单行最多"), lambda row: -row.lines),
    "late": (gettext_lazy("延迟发货最多"), lambda row: -(row.late_bps or 0)),
    "after_sale": (gettext_lazy("售后率最高"), lambda row: -(row.after_sale_bps or 0)),
    "disputes": (gettext_lazy("争议最多"), lambda row: -row.disputes),
}


class ServicePage(TenantRequiredMixin, TemplateView):
    kind = Tenant.Kind.TUANZHANG
    template_name = "analytics/service.html"
    page_size = 24

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked, now = self.request.GET, days.now()
        by = Grouping.PRODUCT if asked.get("by") == Grouping.PRODUCT else Grouping.MERCHANT
        sort = asked.get("sort") if asked.get("sort") in SORTS else "lines"
        rows, span = looked_back(self.request, partial(service_record.of_leader, self.request.tenant, by=by, at=now))
        words = asked.get("q", "")[:SEARCH_LENGTH].strip()
        found = [row for row in sorted(rows, key=SORTS[sort][1]) if row.is_about(words)]
        page = Paginator(found, self.page_size).get_page(asked.get("page"))
        running = self._running(by, now)
        return super().get_context_data(
            rows=[(row, running[_key(row)]) for row in page],
            page=page,
            words=words,
            late_merchants=len({row.merchant.pk for row in rows if row.ships_late}),
            span=span,
            spans=SPANS,
            by=by,
            sort=sort,
            sorts=[(key, label) for key, (label, _rank) in SORTS.items()],
            **context,
        )

    def _running(self, by: Grouping, at: datetime) -> dict[int, list[Enrolment]]:
        """What still runs, by the id of its product or of its merchant."""
        mine = Enrolment.objects.visible_to(self.request.tenant).of_leader(self.request.tenant).not_over(at)
        found: dict[int, list[Enrolment]] = defaultdict(list)
        for item in mine.select_related("activity").order_by("pk"):
            found[item.product_id if by == Grouping.PRODUCT else item.merchant_id].append(item)
        return found


def _key(row: ServiceRecord) -> int:
    return row.product.pk if row.product else row.merchant.pk
