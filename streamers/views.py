"""A streamer's selection list, the page of a product, and the shelf."""

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
from haowu.tenants.lists import ListPage, Sort
from haowu.tenants.models import Tenant
from haowu.web.paths import local
from merchants.models import Product
from streamers import shelf
from streamers.filters import SelectionFilter, ShelfFilter
from streamers.links import link, recommendation
from streamers.models import Pick
from streamers.selection import Card, cards, offered_to, open_to, products_of


class OfStreamer(TenantRequiredMixin):
    kind = Tenant.Kind.STREAMER

    def cards(self, products: list[Product]) -> list[Card]:
        return cards(self.request.tenant, products, days.now())


class Selection(OfStreamer, ListPage):
    template_name = "streamers/selection.html"
    filterset_class = SelectionFilter
    sorts = [
        Sort("newest", gettext_lazy("最新上架"), ("-listed_at", "-pk")),
        Sort("worth", gettext_lazy("每单赚得最多"), ("-worth", "-pk")),
        Sort("rate", gettext_lazy("佣金率最高"), ("-commission_bps", "-pk")),
        Sort("price", gettext_lazy("价格从低到高"), ("price_fen", "pk")),
        Sort("price_down", gettext_lazy("价格从高到低"), ("-price_fen", "-pk")),
    ]

    def queryset(self):
        offered = offered_to(self.request.tenant, days.now())
        return offered.select_related("merchant__shop", "category").prefetch_related("images")

    def rows(self, found: list[Product]) -> list[Card]:
        return self.cards(found)


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
