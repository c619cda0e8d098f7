"""The page of one product: what it leaves this streamer and why, what he has to say about it, where it lies."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.views.generic import TemplateView

from bases.models import Base, Stock
from haowu.ground import days, inputs
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product, ShopScore
from streamers.changes import Change, changes_of
from streamers.models import ListingFigures, Pick
from streamers.reasons import reasons_of
from streamers.selection import Card, OneOffer, one_offer
from streamers.views import OneProduct
from tuanzhang.models import Enrolment

HISTORY = timedelta(days=30)
UNITS = (100, 500, 1_000)
MAX_UNITS = 1_000_000


class ProductPage(OneProduct, TemplateView):
    template_name = "streamers/product.html"

    def get_template_names(self) -> list[str]:
        """The calculator alone, where it moves in place."""
        return ["streamers/_calculator.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        at = days.now()
        offer = one_offer(self.request.tenant, self.product)
        card = offer.card(at, self.tech_bps_at(at))
        units = _units(self.request.GET.get("units") or self.request.GET.get("other", ""))
        return super().get_context_data(
            card=card,
            skus=[(sku, card.net_of(sku.price_fen)) for sku in self.product.skus.order_by("price_fen", "pk")],
            units=units,
            choices=UNITS,
            total_fen=units * card.net_fen,
            change=self._change(card, at),
            reasons=reasons_of(card, offer.book.offers(self.product.pk, self.request.tenant.pk, at, offer.through(at))),
            speaking=self._speaking(card),
            history=_history(offer, at),
            points=[line.strip() for line in self.product.description.splitlines() if line.strip()],
            lying=lying_at_bases(self.product, at),
            sellers=sellers_by_fans(self.product),
            sales_30d=_sales(self.product),
            shop_score=ShopScore.objects.newest_of(self.product.merchant),
            my_band=fan_band(self.request.tenant),
            shop_goods=Product.objects.listed().of_merchant(self.product.merchant).count(),
            **context,
        )

    def _change(self, card: Card, at: datetime) -> Change | None:
        return changes_of([card], at).get(self.product.pk)

    def _speaking(self, card: Card) -> Enrolment | None:
        """The enrolment that speaks, with its activity; None where a plan does."""
        offer = card.choice.offer
        if offer is None or not offer.activity:
            return None
        seen = Enrolment.objects.visible_to(self.request.tenant).with_terms()
        return seen.filter(pk=offer.offer_id).first()


def _sales(product: Product) -> int:
    """Of the last thirty days, as of this morning."""
    known = ListingFigures.objects.filter(product=product).values_list("sales_30d", flat=True)
    return known.first() or 0


def _units(typed: str) -> int:
    """How many are sold, in the calculator."""
    try:
        return inputs.whole_text(typed, low=1, high=MAX_UNITS) if typed else UNITS[1]
    except inputs.InputInvalid:
        return UNITS[1]


@dataclass(frozen=True)
class RateSince:
    """``bps`` None: nothing was paid from then on."""

    at: datetime
    bps: int | None


def _history(offer: OneOffer, at: datetime) -> list[RateSince]:
    """The rates of a month by the way that the pick stands through now; empty where there was but one."""
    begin = at - HISTORY
    as_now = OneOffer(offer.product, offer.book, offer.streamer, offer.pick, offer.through(at))
    found: list[RateSince] = []
    for turn in [(begin, as_now.choice(begin)), *((turn.at, turn.choice) for turn in as_now.turns(begin, at))]:
        bps = turn[1].offer.commission_bps if turn[1].offer else None
        if not found or found[-1].bps != bps:
            found.append(RateSince(turn[0], bps))
    return found if len(found) > 1 else []


def lying_at_bases(product: Product, at: datetime) -> QuerySet[Base]:
    """The working bases that may sell ``product``, with ``free`` pieces and ``is_fresh``; the fullest first."""
    held = Stock.objects.of_product(product.merchant, product.code).permitted(at)
    bases = Base.objects.working().filter(base__stock__in=held).select_related("base__feeder")
    free = Sum(F("base__stock__quantity") - F("base__stock__reserved"), filter=Q(base__stock__in=held))
    return bases.annotate(free=free, is_fresh=Q(base__feeder__fresh_until__gt=at)).order_by("-is_fresh", "-free", "pk")


def sellers_by_fans(product: Product) -> dict[str, int]:
    """How many streamers have it on their shelf, in all and by the bands of their fans. Within a transaction."""
    fans = "streamer__profile__fans"
    small, large = Q(**{f"{fans}__lt": 100_000}), Q(**{f"{fans}__gte": 1_000_000})
    counts = {"all": Q(), "large": large, "middle": ~small & ~large, "small": small}
    with platform_scope():
        picks = Pick.objects.on_shelf().of_products([product])
        return picks.aggregate(**{name: Count("pk", filter=band) for name, band in counts.items()})


def fan_band(streamer: Tenant) -> str:
    fans = streamer.profile.fans
    return "small" if fans < 100_000 else "middle" if fans < 1_000_000 else "large"
