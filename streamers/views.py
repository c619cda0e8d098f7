"""A streamer's selection list, the page of a product, and the shelf."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.lists import ListPage, Sort, chips_of
from haowu.tenants.models import Tenant
from haowu.web.paths import local
from merchants.models import Product
from streamers import shelf
from streamers.centre.conditions import Looker
from streamers.centre.filters import SORTS, SelectionForm
from streamers.centre.memory import remember_search
from streamers.centre.search import find_or_begin
from streamers.filters import ShelfFilter
from streamers.links import link, recommendation
from streamers.models import Pick
from streamers.selection import Card, cards, open_to, products_of


class OfStreamer(TenantRequiredMixin):
    kind = Tenant.Kind.STREAMER

    def cards(self, products: list[Product]) -> list[Card]:
        return cards(self.request.tenant, products, days.now())


class Selection(OfStreamer, TemplateView):
    """``tech_bps_at`` comes from the floor above: what the platform keeps of a commission."""

    template_name = "streamers/selection.html"
    tech_bps_at: Callable[[datetime], int] | None = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query, at = self.request.GET, days.now()
        form = SelectionForm(query)
        looker = Looker(self.request.tenant, at, self.tech_bps_at(at))
        found = find_or_begin(looker, form.filters, cursor=query.get("after", ""))
        if form.filters.q and found.total:
            remember_search(looker.streamer, form.filters.q, at)
        return super().get_context_data(
            rows=found.cards,
            found=found,
            next_cursor=found.next_cursor,
            is_first=not query.get("after"),
            total=found.total,
            is_more=found.is_more,
            form=form,
            chips=list(chips_of(form, query)),
            sort=form.filters.way,
            sorts=SORTS.values(),
            **context,
        )


class OneProduct(OfStreamer):
    """Pages about one product: listed, or still on this streamer's shelf."""

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(open_to(self.request.tenant), public_id=self.kwargs["public_id"])


class ProductPage(OneProduct, TemplateView):
    template_name = "streamers/product.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        (card,) = self.cards([self.product])
        skus = [(sku, card.per_sale_of(sku.price_fen)) for sku in self.product.skus.order_by("price_fen", "pk")]
        return super().get_context_data(card=card, skus=skus, **context)


class Shelf(OfStreamer, ListPage):
    template_name = "streamers/shelf.html"
    filterset_class = ShelfFilter
    sorts = [
        Sort("newest", gettext_lazy("最近选入"), ("-picked_at", "-pk")),
        Sort("oldest", gettext_lazy("最早选入"), ("picked_at", "pk")),
    ]

    def queryset(self):
        return Pick.objects.visible_to(self.request.tenant).on_shelf()

    def rows(self, found: list[Pick]) -> list[Card]:
        return self.cards(products_of(found, self.request.tenant))


class ShelfAct(OneProduct, ActView):
    """Goes back to the page it was pressed on."""

    def back(self) -> str:
        return local(self.request, self.request.POST.get("next")) or reverse("shelf")


class PickProduct(ShelfAct):
    """``activity`` and ``via`` are posted by the page of a leader's link, ``recommendation`` by the page of his."""

    def act(self) -> str:
        posted, streamer = self.request.POST, self.request.tenant
        shared = link(posted.get("activity", ""), posted.get("via", ""))
        named = recommendation(streamer, posted.get("recommendation", ""), self.product, shared["activity"])
        shelf.pick(streamer, self.product, at=days.now(), recommendation=named, **shared)
        return _("已选入货架，推广位已生成。")


class UnpickProduct(ShelfAct):
    def act(self) -> str:
        shelf.unpick(self.request.tenant, self.product, at=days.now())
        return _("已移出货架。分享出去的链接仍然计佣。")
