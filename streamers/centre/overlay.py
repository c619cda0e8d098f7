"""What plans and activities pay to one streamer, laid over the listing, which says what everybody may earn.

The rule is ``streamers.offers.choose``. It is asked for each product that something may decide for this streamer alone:
a plan on the product or an exclusive activity that lists him, or an activity that his pick stands through. A plan on
a whole shop may be about thousands of products: it counts for all of the shop's that are not among these.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants import rates
from merchants.models import Plan, PlanRate, Product
from streamers.models import Channel
from streamers.offers import Choice, Offer, PickSource
from streamers.terms import OfferBook
from tuanzhang.models import Enrolment


@dataclass(frozen=True)
class Personal:
    """What speaks on a product for the streamer, now and from midnight on."""

    now: Choice
    tomorrow: Choice

    @property
    def offer(self) -> Offer | None:
        return self.now.offer


@dataclass(frozen=True)
class Overlay:
    """``products``: by product id. ``shops``: rates in bps by merchant id, for the rest of a shop's products."""

    products: Mapping[int, Personal] = field(default_factory=dict)
    shops: Mapping[int, int] = field(default_factory=dict)

    @property
    def rates(self) -> dict[int, int]:
        """The products that pay the streamer something, with the rate; the others of ``products`` pay nothing."""
        return {
            product: personal.offer.commission_bps
            for product, personal in self.products.items()
            if personal.offer is not None
        }

    def __bool__(self) -> bool:
        return bool(self.products or self.shops)


def overlay_of(streamer: Tenant, at: datetime) -> Overlay:
    """What is laid over the listing for ``streamer`` at ``at``. Within a transaction."""
    products, shops = _listing_plans(streamer, at)
    ways = _ways(streamer, at)
    exclusive = Enrolment.objects.live(at).exclusive().listing(streamer, at)
    products |= {*ways, *exclusive.values_list("product", flat=True)}
    return Overlay(personal(streamer, products, at, ways), shops)


def personal(
    streamer: Tenant, products: Iterable[int], at: datetime, ways: Mapping[int, PickSource] | None = None
) -> dict[int, Personal]:
    """What speaks on each of ``products`` (ids). ``ways``: through what the streamer's picks stand, by product."""
    ids = list(products)
    if not ids:
        return {}
    tomorrow = days.next_midnight(at)
    ways = ways or {}
    with platform_scope():
        book = OfferBook(Product.objects.filter(pk__any_of=ids).only("merchant"), streamer.pk)
    return {
        product: Personal(
            book.choose(product, streamer.pk, at, ways.get(product)),
            book.choose(product, streamer.pk, tomorrow, ways.get(product)),
        )
        for product in ids
    }


def _listing_plans(streamer: Tenant, at: datetime) -> tuple[set[int], dict[int, int]]:
    """Products on which a live plan lists the streamer, and the rates of shops that list him for all they sell."""
    listed = PlanRate.objects.filter(streamer=streamer, plan__in=Plan.objects.live(at)).select_related("plan")
    rates_of: dict[Plan, list[PlanRate]] = {}
    for rate in listed:
        rates_of.setdefault(rate.plan, []).append(rate)
    products, shops = set(), {}
    for plan, history in rates_of.items():
        rate = rates.in_force(history, at)
        if plan.product_id is not None:
            products.add(plan.product_id)
        elif rate is not None and rate.commission_bps is not None:
            shops[plan.merchant_id] = rate.commission_bps
    return products, shops


def _ways(streamer: Tenant, at: datetime) -> dict[int, PickSource]:
    """Through which activities the streamer's picks on the shelf stand, by product."""
    rows = Channel.objects.filter(streamer=streamer, pick__unpicked_at__isnull=True, effective_from__lte=at)
    latest = {
        row.pick.product_id: row.through
        for row in rows.select_related("pick", "activity").order_by("effective_from", "pk")
    }
    return {product: through for product, through in latest.items() if through is not None}
