"""``/shelf`` with what changes on it, ``/picks`` and ``/unpicks``, goods replaced by others."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.partners.filters import CodeFilter
from haowu.partners.idempotency import idempotent
from haowu.partners.views import PartnerListView
from merchants.models import Product
from streamers import shelf
from streamers.api import OfCentre
from streamers.changes import Change, changes_of
from streamers.links.shared import link
from streamers.models import Pick
from streamers.selection import Card, cards_of, open_to
from streamers.shelf_shapes_api import (
    Acting,
    PicksIn,
    PicksOut,
    ReplacementsIn,
    ShelfItemOut,
    UnpicksIn,
    answered,
    key_of,
    unknown,
)


class ShelfFilters(django_filters.FilterSet):
    group = CodeFilter(field_name="group__public_id", help_text=_("分组的 id"))


@extend_schema(tags=["shelf"])
class ShelfView(OfCentre, PartnerListView):
    required_scopes = {"GET": ["shelf:read"]}
    queryset = Pick.objects.none()
    filterset_class = ShelfFilters
    ordering = ("-place", "-pk")
    serializer_class = ShelfItemOut
    query_parameters = PartnerListView.query_parameters

    def get_queryset(self) -> QuerySet[Pick]:
        return Pick.objects.visible_to(self.tenant).on_shelf().with_channels().select_related("group")

    @extend_schema(operation_id="list_shelf", summary=_("自己的货架，按自己排的顺序，带将要发生的变化"))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def paginate_queryset(self, queryset: QuerySet[Pick]) -> list[dict[str, Any]]:
        looker = self.looker
        picks = {pick.product_id: pick for pick in super(PartnerListView, self).paginate_queryset(queryset)}
        found = open_to(self.tenant).with_standing(looker.at).in_bulk(list(picks))
        goods = [found[pk] for pk in picks]
        cards = cards_of(self.tenant, goods, picks, looker.at, looker.tech_bps, {})
        changes = changes_of(cards, looker.at)
        return [_item(card, changes.get(card.product.pk)) for card in cards]


def _item(card: Card, change: Change | None) -> dict[str, Any]:
    product, pick, offer = card.product, card.pick, card.choice.offer
    return {
        "id": product.public_id,
        "pid": pick.pid,
        "product": {"merchant_code": product.merchant.code, "code": product.code},
        "title": product.title,
        "price_fen": card.price_fen,
        "stock": product.stock or 0,
        "offer": offer.kind.value if offer else None,
        "commission_bps": card.bps,
        "per_sale_net_fen": card.net_fen,
        "next_commission_bps": card.next_bps,
        "group": pick.group.public_id if pick.group else None,
        "picked_at": pick.picked_at,
        "change": change,
    }


@extend_schema(tags=["shelf"])
class PicksView(Acting):
    @extend_schema(
        operation_id="pick",
        summary=_("选入货架"),
        description=_("一次 1 到 50 款，逐款回答。"),
        request=PicksIn,
        responses={200: PicksOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = self.read(PicksIn, request)["picks"]
        refs = [each["product"] for each in asked]
        known, at = self.named(refs), days.now()
        tokens = {each["activity"]: link(each["activity"], "")["activity"] for each in asked if each["activity"]}
        wishes: list[shelf.NewPick | Refused] = []
        for each in asked:
            product, activity = known.get(key_of(each["product"])), tokens.get(each["activity"])
            if product is None:
                wishes.append(unknown(each["product"]))
            elif each["activity"] and activity is None:
                wishes.append(NotFound(_("没有活动「{code}」。"), code=each["activity"]))
            else:
                wishes.append(shelf.NewPick(self.tenant, product, at, activity=activity))
        picked = iter(shelf.pick_many([wish for wish in wishes if isinstance(wish, shelf.NewPick)]))
        return answered(refs, [wish if isinstance(wish, Refused) else next(picked) for wish in wishes])


@extend_schema(tags=["shelf"])
class UnpicksView(Acting):
    @extend_schema(
        operation_id="unpick",
        summary=_("移出货架"),
        description=_("一次 1 到 50 款，逐款回答。分享出去的链接仍然计佣。"),
        request=UnpicksIn,
        responses={200: PicksOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        refs = [each["product"] for each in self.read(UnpicksIn, request)["unpicks"]]
        known, at = self.named(refs), days.now()
        products = [known[key_of(ref)] for ref in refs if key_of(ref) in known]
        done = iter(shelf.unpick_many(self.tenant, products, at=at))
        return answered(refs, [next(done) if key_of(ref) in known else unknown(ref) for ref in refs])


@extend_schema(tags=["shelf"])
class ReplacementsView(Acting):
    @extend_schema(
        operation_id="replace_on_shelf",
        summary=_("换成别的商品"),
        description=_("一次 1 到 50 款，逐款回答；换上的站在换下的位置和分组里。换上的选不进，换下的留着。"),
        request=ReplacementsIn,
        responses={200: PicksOut},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        asked = self.read(ReplacementsIn, request)["replacements"]
        known = self.named([each[name] for each in asked for name in ("product", "by")])
        return answered([each["by"] for each in asked], [self._replaced(each, known) for each in asked])

    def _replaced(self, asked: dict[str, Any], known: dict[tuple[str, str], Product]) -> Pick | Refused:
        for name in ("product", "by"):
            if key_of(asked[name]) not in known:
                return unknown(asked[name])
        activity = link(asked["activity"], "")["activity"] if asked["activity"] else None
        if asked["activity"] and activity is None:
            return NotFound(_("没有活动「{code}」。"), code=asked["activity"])
        old, new = known[key_of(asked["product"])], known[key_of(asked["by"])]
        try:
            return shelf.replace(self.tenant, old, new, at=days.now(), activity=activity)
        except Refused as refused:
            return refused
