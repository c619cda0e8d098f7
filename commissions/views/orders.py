"""Order lines with their frozen terms, and why a line pays what it pays."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from commissions.cases import case_story
from commissions.filters import LineFilter
from commissions.models import OrderLine
from commissions.orders import supply
from commissions.party_share import may_know_streamer, share_of, terms_in_short
from commissions.split import ROLES
from commissions.stories import explain, party_view, sentences
from commissions.stories.line_story import LineStory
from haowu.ground import days
from haowu.ground.money import percent
from haowu.ground.tables import Column
from haowu.ledger.models import Account, Posting
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListColumn, ListPage, Sort, minute
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope


class OrderList(ListPage):
    """The lines in which the tenant has a role."""

    template_name = "commissions/order_list.html"
    filterset_class = LineFilter
    route, title = "orders", gettext_lazy("订单")
    sorts = [
        Sort("newest", gettext_lazy("最近下单"), ("-ordered_at", "-pk")),
        Sort("oldest", gettext_lazy("最早下单"), ("ordered_at", "pk")),
    ]
    columns = [
        ListColumn("streamer", gettext_lazy("达人")),
        ListColumn("status", gettext_lazy("状态")),
        ListColumn("paid", gettext_lazy("下单时基数"), is_extra=True),
        ListColumn("base", gettext_lazy("计佣基数")),
        ListColumn("offer", gettext_lazy("按什么")),
        ListColumn("due", gettext_lazy("到期"), is_extra=True),
        ListColumn("net", gettext_lazy("净额")),
    ]
    file_columns = [
        Column(gettext_lazy("订单号"), width=24),
        Column(gettext_lazy("行号"), width=8),
        Column(gettext_lazy("下单时间"), width=18),
        Column(gettext_lazy("商品编号"), width=16),
        Column(gettext_lazy("商品"), width=32),
        Column(gettext_lazy("数量"), width=8),
        Column(gettext_lazy("达人"), width=16),
        Column(gettext_lazy("状态")),
        Column(gettext_lazy("计佣基数"), is_money=True),
        Column(gettext_lazy("按什么"), width=20),
        Column(gettext_lazy("率"), width=8),
        Column(gettext_lazy("净额"), is_money=True),
    ]

    def queryset(self):
        mine = OrderLine.objects.visible_to(self.request.tenant).with_settled()
        return mine.select_related("product", "streamer", "merchant").prefetch_related("product__images")

    def rows(self, found: list[OrderLine]) -> list[dict[str, Any]]:
        tenant = self.request.tenant
        return [
            {"line": line, "part": share_of(line, tenant, line.due)} | terms_in_short(tenant, line) for line in found
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(shows_streamer=may_know_streamer(self.request.tenant), **context)

    def file_rows(self, found: list[OrderLine]) -> Iterator[tuple[Any, ...]]:
        for row in self.rows(found):
            line, rate = row["line"], row["rate_bps"]
            yield (
                line.order_no,
                line.line_no,
                minute(line.ordered_at),
                line.product.code,
                str(line.product),
                line.quantity,
                line.streamer.name if line.streamer and may_know_streamer(self.request.tenant) else "",
                str(OrderLine.Status.SETTLED.label if line.is_settled else line.get_status_display()),
                line.due_base_fen,
                row["offer"],
                "" if rate is None else percent(rate),
                row["part"].net_fen,
            )


class LinePage(TenantRequiredMixin, TemplateView):
    """ "Why this amount?", as far as it is the tenant's to know."""

    def get_template_names(self) -> list[str]:
        return ["commissions/_why.html" if self.request.headers.get("HX-Request") else "commissions/line.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = OrderLine.objects.visible_to(self.request.tenant).select_related("product", "source")
        line = get_object_or_404(mine, pk=self.kwargs["pk"])
        with platform_scope():
            story = explain.as_seen_by(self.request.tenant, line)
        sections = {
            "rules": list(sentences.rules(story)),
            "rates": party_view.rates(self.request.tenant, line) if story["terms"]["offer"] else "",
            "events": sentences.events(story),
            "phases": [
                {"title": title, "shares": list(shares)}
                for title, shares in groupby(named_shares(story, line), key=lambda share: share["title"])
            ],
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


def named_shares(story: LineStory, line: OrderLine) -> Iterator[dict[str, Any]]:
    """The shares of the story with the parties' names rather than their codes."""
    parties = Tenant.objects.filter(pk__in=filter(None, (getattr(line, f"{role}_id") for role in ROLES)))
    names = {party.code: party.name for party in parties}
    for share in sentences.shares(story):
        yield share | {"party": names.get(share["party"], share["party"])}
