"""What a leader's share link leads to: the goods of an activity, picked through it."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from haowu.ground import days
from haowu.tenants.lists import ListPage, Sort
from merchants.models import Product
from streamers.filters import ActivityGoodsFilter
from streamers.links.shared import link
from streamers.offers import PickSource
from streamers.selection import Card, in_activity
from streamers.views import OfStreamer
from tuanzhang.models import Activity


class ActivityGoods(OfStreamer, ListPage):
    template_name = "streamers/activity_goods.html"
    filterset_class = ActivityGoodsFilter
    sorts = [
        Sort("newest", gettext_lazy("最新上架"), ("-listed_at", "-pk")),
        Sort("price", gettext_lazy("价格从低到高"), ("price_fen", "pk")),
    ]

    @cached_property
    def shared(self) -> dict[str, Any]:
        shared = link(self.kwargs["token"], self.request.GET.get("via", ""))
        if shared["activity"] is None:
            raise Http404
        return shared

    @property
    def through(self) -> PickSource:
        second = self.shared["second_leader"]
        return PickSource(self.shared["activity"].code, second.pk if second else None)

    def queryset(self):
        return in_activity(self.shared["activity"], self.request.tenant, days.now())

    def rows(self, found: list[Product]) -> list[tuple[Card, bool]]:
        """Each card as if picked through the link, and whether it stands on the shelf that way already."""
        dressed = self.cards(found, {product.pk: self.through for product in found})
        return [(card, bool(card.pick) and card.pick.latest_through == self.through) for card in dressed]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        activity: Activity = self.shared["activity"]
        state = activity.state_at(days.now())
        return super().get_context_data(state=state, **self.shared, **context)
