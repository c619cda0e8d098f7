"""What the streamer's pages share, and the buttons that put goods on the shelf and take them off."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from haowu.approvals.act_views import ActView
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.tenants.access import TenantRequiredMixin
from haowu.tenants.models import Tenant
from haowu.web.paths import local
from merchants.models import Product
from streamers import shelf, waiting
from streamers.centre.conditions import Looker
from streamers.centre.search import card_of
from streamers.found_cards import cards_html
from streamers.links.shared import link, recommendation
from streamers.models import Module
from streamers.offers import PickSource
from streamers.selection import Card, cards, open_to


class OfStreamer(TenantRequiredMixin):
    kind = Tenant.Kind.STREAMER

    @staticmethod
    def tech_bps_at(at: datetime) -> int:
        """What the platform keeps of a commission at ``at``. The floor above knows it: ``urls`` passes it on."""
        raise NotImplementedError

    @cached_property
    def looker(self) -> Looker:
        at = days.now()
        return Looker(self.request.tenant, at, self.tech_bps_at(at))

    def cards(self, products: list[Product], ways: dict[int, PickSource] | None = None) -> list[Card]:
        looker = self.looker
        return cards(looker.streamer, products, looker.at, looker.tech_bps, ways)


class OneProduct(OfStreamer):
    """Pages about one product: listed, or still on this streamer's shelf."""

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(open_to(self.request.tenant), public_id=self.kwargs["public_id"])


class OnShelf(OfStreamer, ActView):
    """What is done to the shelf; the menu counts anew after it."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, **kwargs)
        transaction.on_commit(lambda: waiting.count_anew(request.tenant))
        return answer


class ShelfAct(OneProduct, OnShelf):
    """Goes back to the page it was pressed on."""

    def back(self) -> str:
        return local(self.request, self.request.POST.get("next")) or reverse("shelf")


class PickProduct(ShelfAct):
    """``activity`` and ``via`` are posted by the page of a leader's link, ``recommendation`` by the page of his."""

    def act(self) -> str:
        posted, streamer = self.request.POST, self.request.tenant
        shared = link(posted.get("activity", ""), posted.get("via", ""))
        named = recommendation(streamer, posted.get("recommendation", ""), self.product, shared["activity"])
        module = Module.objects.known_code(posted.get("module", ""))
        shelf.pick(streamer, self.product, at=days.now(), recommendation=named, module=module, **shared)
        return _("已选入货架，推广位已生成。")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """In place: the good's card as it is now, with what was refused on it."""
        if not request.headers.get("HX-Request"):
            return super().post(request, **kwargs)
        refused = ""
        try:
            self.act()
        except Refused as answer:
            refused = answer.message
        transaction.on_commit(lambda: waiting.count_anew(request.tenant))
        shown = {"refused": refused, "next": request.POST.get("next", "")}
        found = card_of(self.looker, self.product.public_id) if request.POST.get("list") == "centre" else None
        if found is not None:
            return HttpResponse(cards_html(request, [found], back=shown["next"], refused=refused))
        return render(request, "streamers/_good.html", shown | {"card": self.cards([self.product])[0]})


class UnpickProduct(ShelfAct):
    def act(self) -> str:
        shelf.unpick(self.request.tenant, self.product, at=days.now())
        return _("已移出货架。分享出去的链接仍然计佣。")
