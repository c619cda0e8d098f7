"""The shelf: what has to be decided first, then everything on it; many goods taken off at once."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haowu.approvals.act_views import say_of_many
from haowu.ground import days
from haowu.tenants.lists import ListPage, Sort
from merchants.models import Product
from streamers import shelf
from streamers.changes import AT_MOST, Change, changes_of, to_decide
from streamers.filters import ShelfFilter
from streamers.models import Pick
from streamers.selection import Card, open_to, products_of
from streamers.views import OfStreamer, OnShelf


class Shelf(OfStreamer, ListPage):
    """The goods to decide about stand apart, on the first page; while one searches, they stand among the others."""

    template_name = "streamers/shelf.html"
    filterset_class = ShelfFilter
    sorts = [
        Sort("newest", gettext_lazy("最近选入"), ("-picked_at", "-pk")),
        Sort("oldest", gettext_lazy("最早选入"), ("picked_at", "pk")),
    ]

    @cached_property
    def to_decide(self) -> list[Product]:
        if self.request.GET.get("q"):
            return []
        urgent = to_decide(self.request.tenant, days.now()).order_by("pk").values_list("pk", flat=True)[:AT_MOST]
        products = open_to(self.request.tenant).in_bulk(list(urgent))
        return [products[pk] for pk in sorted(products)]

    def queryset(self) -> QuerySet[Pick]:
        mine = Pick.objects.visible_to(self.request.tenant).on_shelf()
        return mine.exclude(product__in=self.to_decide)

    def rows(self, found: list[Pick]) -> list[tuple[Card, Change | None]]:
        """What is to know within the week stands in the row."""
        goods = products_of(found, self.request.tenant)
        urgent = [] if self.request.GET.get("after") else self.to_decide
        cards = self.cards([*urgent, *goods])
        changes = changes_of(cards, days.now())
        self.changes = [changes[card.product.pk] for card in cards[: len(urgent)] if card.product.pk in changes]
        return [(card, changes.get(card.product.pk)) for card in cards[len(urgent) :]]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        return context | {"changes": self.changes, "on_shelf": context["total"] + len(self.to_decide)}


class TakeOff(OnShelf):
    """The ticked goods (``product``, public ids), each with its own answer."""

    back_to = "shelf"

    def act(self) -> str:
        ids = self.request.POST.getlist("product")
        shelf.check_number(len(ids))
        found = {each.public_id: each for each in open_to(self.request.tenant).filter(public_id__in=ids)}
        products = [found[each] for each in ids if each in found]
        answers = shelf.unpick_many(self.request.tenant, products, at=days.now())
        done = _("{n} 款已移出货架。分享出去的链接仍然计佣。")
        say_of_many(self.request, done, list(zip(products, answers, strict=True)))
        return ""
