"""A party's own trail."""

from typing import Any

from django.utils.translation import gettext_lazy

from haowu.approvals import reading
from haowu.approvals.filters import TrailFilter
from haowu.approvals.models import Trail
from haowu.tenants.lists import ListPage, Sort


class TrailPage(ListPage):
    """Everything that was done to what is the tenant's, newest first, and by whom."""

    template_name = "approvals/trail.html"
    filterset_class = TrailFilter
    sorts = [Sort("newest", gettext_lazy("最近发生"), ("-pk",))]

    def queryset(self):
        return Trail.objects.visible_to(self.request.tenant).select_related("acting_for")

    def rows(self, found: list[Trail]) -> list[dict[str, Any]]:
        tenant = self.request.tenant
        return [
            {"row": row, "who": reading.who(row, tenant), "request_id": reading.request_id(row, tenant)}
            for row in found
        ]
