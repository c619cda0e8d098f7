"""The page of one product: what it leaves this streamer and why, what he has to say about it, where it lies."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Q
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Product, ShopScore, Sku
from merchants.prices import lowest_prices
from streamers.calculation import Asked, Calculation, calculated
from streamers.calculator_forms import UNITS, CalculatorForm
from streamers.changes import Change, changes_of
from streamers.history import HISTORY, rates_since
from streamers.models import ListingFigures, Pick, ProductService
from streamers.reasons import reasons_of
from streamers.selection import Card, OneOffer, one_offer
from streamers.similar import Alike, similar
from streamers.supplied import lying_at_bases
from streamers.views import OneProduct
from tuanzhang.models import Enrolment

Since = TypeVar("Since")


class ProductPage(OneProduct, TemplateView):
    template_name = "streamers/product.html"

    def get_template_names(self) -> list[str]:
        """The calculator alone, where it moves in place."""
        return ["streamers/_calculator.html"] if self.request.headers.get("HX-Request") else [self.template_name]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        card = self.card
        facts = {} if self.request.headers.get("HX-Request") else self._facts()
        return super().get_context_data(
            card=card,
            form=self.form,
            calculation=self._calculation(),
            choices=UNITS,
            **facts,
            **context,
        )

    @cached_property
    def offer(self) -> OneOffer:
        return one_offer(self.request.tenant, self.product)

    @cached_property
    def card(self) -> Card:
        return self.offer.card(self.looker.at, self.looker.tech_bps)

    @cached_property
    def skus(self) -> list[Sku]:
        return list(self.product.skus.order_by("price_fen", "pk"))

    @cached_property
    def form(self) -> CalculatorForm:
        return CalculatorForm(self.request.GET, self.skus)

    def _calculation(self) -> Calculation:
        at, form = self.looker.at, self.form
        asked = Asked(form.price_fen, form.coupon_fen, form.units_in_use)
        return calculated(self.offer, asked, at, self.looker.tech_bps, self.tech_bps_at(days.next_midnight(at)))

    def _facts(self) -> dict[str, Any]:
        """What stands on the page beside the calculator."""
        card, at, product, streamer = self.card, self.looker.at, self.product, self.request.tenant
        offers = self.offer.book.offers(product.pk, streamer.pk, at, self.offer.through(at))
        return {
            "skus": [(sku, card.net_of(sku.price_fen)) for sku in self.skus],
            "change": self._change(card, at),
            "reasons": reasons_of(card, offers),
            "speaking": self._speaking(card),
            "history": _if_several(rates_since(self.offer, at)),
            "prices": _if_several(lowest_prices(product, at - HISTORY, at)),
            "points": points_of(product),
            "lying": lying_at_bases(product, at),
            "sellers": sellers_by_fans(product),
            "sales_30d": _sales(product),
            "shop_score": ShopScore.objects.newest_of(product.merchant),
            "service": ProductService.objects.of_products([product.pk]).first(),
            "my_band": fan_band(streamer),
            "shop_goods": Product.objects.listed().of_merchant(product.merchant).count(),
            "alike": self._alike(),
        }

    def _alike(self) -> list[Alike]:
        return similar(self.looker, self.product, self.card.price_fen, self.card.net_fen)

    def _change(self, card: Card, at: datetime) -> Change | None:
        return changes_of([card], at).get(self.product.pk)

    def _speaking(self, card: Card) -> Enrolment | None:
        """The enrolment that speaks, with its activity; None where a plan does."""
        offer = card.choice.offer
        if offer is None or not offer.activity:
            return None
        seen = Enrolment.objects.visible_to(self.request.tenant).with_terms()
        return seen.filter(pk=offer.offer_id).first()


def points_of(product: Product) -> list[str]:
    """What the merchant gives to say about it, a line each."""
    return [line.strip() for line in product.description.splitlines() if line.strip()]


def _if_several(history: list[Since]) -> list[Since]:
    """A history of one entry is none."""
    return history if len(history) > 1 else []


def _sales(product: Product) -> int:
    """Of the last thirty days, as of this morning."""
    known = ListingFigures.objects.filter(product=product).values_list("sales_30d", flat=True)
    return known.first() or 0


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
