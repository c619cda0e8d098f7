"""Order lines with their frozen terms, and why a line pays what it pays."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from commissions.cases import case_story
from commissions.filters import LineFilter
from commissions.models import OrderLine
from commissions.orders import supply
from commissions.party_share import share_of
from commissions.stories import explain, party_view, sentences
from haowu.ground import days
from haowu.ledger.models import Account, Posting
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.scope import platform_scope


class OrderList(ListPage):
    """The lines in which the tenant has a role."""

    template_name = "commissions/order_list.html"
    filterset_class = LineFilter
    sorts = [
        Sort("newest", gettext_lazy("最近下单"), ("-ordered_at", "-pk")),
        Sort("oldest", gettext_lazy("最早下单"), ("ordered_at", "pk")),
    ]

    def queryset(self):
        mine = OrderLine.objects.visible_to(self.request.tenant).with_settled()
        return mine.select_related("product", "streamer", "merchant")

    def rows(self, found: list[OrderLine]) -> list[dict[str, Any]]:
        tenant = self.request.tenant
        return [{"line": line, "part": share_of(line, tenant, line.due)} for line in found]


class LinePage(TenantRequiredMixin, TemplateView):
    """ "Why this amount?", as far as it is the tenant's to know."""

    template_name = "commissions/line.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = OrderLine.objects.visible_to(self.request.tenant).select_related("product", "source")
        line = get_object_or_404(mine, pk=self.kwargs["pk"])
        with platform_scope():
            story = explain.as_seen_by(self.request.tenant, line)
        sections = {
            "steps": sentences.rules(story),
            "rates": party_view.rates(self.request.tenant, line) if story["terms"]["offer"] else "",
            "events": sentences.events(story),
            "shares": list(sentences.shares(story)),
            "cases": case_story.of_line(line, self.request.tenant, days.now()),
            "waiting": [*sentences.steps(story), *sentences.waiting(story)],
            "goods": supply.of_line(line) if self.request.tenant.pk == line.merchant_id else None,
            "next": sentences.what_comes_next(story),
            "postings": [
                row
                | {"day": date.fromisoformat(row["day"])}
                | {"account_label": Account.Kind(row["account"]).label, "label": Posting.Kind(row["kind"]).label}
                for row in story["postings"]
            ],
        }
        return super().get_context_data(line=line, story=story, **sections, **context)
