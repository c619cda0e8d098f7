"""What plans and activities pay to one streamer, laid over the listing, which says what everybody may earn.

The rule is ``streamers.offers.choose``. It is asked for each product that something may decide for this streamer alone:
a plan on the product or an exclusive activity that lists him, or an activity that his pick stands through. A plan on
a whole shop may be about thousands of products: it counts for all of the shop's that are not among these.

Only his own rows are read, in his own scope. That others have a product for themselves, and the normal plan's rate,
are in the listing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Plan, PlanRate
from streamers.models import Channel, Listing
from streamers.offers import EXCLUSIVE_KINDS, Choice, Kind, Offer, choose
from streamers.terms import DatedItem, DatedPlan
from tuanzhang.models import Enrolment, ListedStreamer


@dataclass(frozen=True)
class Personal:
    """What speaks on a product for the streamer, now and from midnight on."""

    now: Choice
    tomorrow: Choice

    @property
    def offer(self) -> Offer | None:
        return self.now.offer

    @property
    def is_kept(self) -> bool:
        """Others alone may sell it."""
        return "EXCLUSIVE_NOT_LISTED" in self.now.trace


class Overlay:
    """``products``: what the list shows of them differs for this streamer. ``shops``: bps of shops that list him."""

    def __init__(self, streamer: Tenant, at: datetime) -> None:
        self._streamer, self._at = streamer, at
        self._on_product: dict[int, list[DatedPlan]] = defaultdict(list)
        self._on_shop: dict[int, list[DatedPlan]] = defaultdict(list)
        self._items: dict[int, list[DatedItem]] = defaultdict(list)
        self._ways: dict[int, str] = {}
        self._read_plans()
        self._read_exclusive_items()
        self._read_ways()
        decided = {*self._on_product, *self._items, *self._ways}
        found = self.personal(decided).items()
        self.products = {product: each for product, each in found if each.offer is not None or each.is_kept}
        self.shops = {merchant: bps for merchant in self._on_shop if (bps := self._shop_rate(merchant)) is not None}

    def __bool__(self) -> bool:
        return bool(self.products or self.shops)

    def personal(self, products: Iterable[int]) -> dict[int, Personal]:
        """What speaks for the streamer on each of ``products`` (ids) that is listed."""
        ids, tomorrow = list(products), days.next_midnight(self._at)
        if not ids:
            return {}
        rows: dict[int, dict[datetime, Listing]] = defaultdict(dict)
        known = Listing.objects.of_products(ids).only(
            "product", "merchant", "valid_from", "valid_until", "is_exclusive", "offer", "bps"
        )
        for row in known:
            for moment in (self._at, tomorrow):
                if row.valid_from <= moment < row.valid_until:
                    rows[row.product_id][moment] = row
        return {
            product: Personal(*(self._choice(row_at[moment], moment) for moment in (self._at, tomorrow)))
            for product, row_at in rows.items()
            if len(row_at) == 2
        }

    def _choice(self, row: Listing, at: datetime) -> Choice:
        plans = [*self._on_product[row.product_id], *self._on_shop[row.merchant_id]]
        offers = [plan.offer(self._streamer.pk, at) for plan in plans if plan.speaks(at)]
        offers += [item.offer(self._streamer.pk, at, None) for item in self._items[row.product_id] if item.speaks(at)]
        if row.is_exclusive and not any(offer.kind in EXCLUSIVE_KINDS for offer in offers):
            offers.append(Offer(Kind.EXCLUSIVE, 0, listed=False))
        if row.offer == Listing.Offer.NORMAL and row.bps is not None:
            offers.append(Offer(Kind.NORMAL, 0, commission_bps=row.bps))
        return choose(offers, self._ways.get(row.product_id))

    def _shop_rate(self, merchant: int) -> int | None:
        offers = [plan.offer(self._streamer.pk, self._at) for plan in self._on_shop[merchant] if plan.speaks(self._at)]
        return next((offer.commission_bps for offer in offers if offer.listed), None)

    def _read_plans(self) -> None:
        """The plans that list him, or did, with his rates alone."""
        rates = PlanRate.objects.filter(streamer=self._streamer, plan__in=Plan.objects.not_ended(self._at))
        rates_of: dict[Plan, list[PlanRate]] = defaultdict(list)
        for rate in rates.select_related("plan"):
            rates_of[rate.plan].append(rate)
        for plan, own in rates_of.items():
            home = self._on_shop[plan.merchant_id] if plan.product_id is None else self._on_product[plan.product_id]
            home.append(DatedPlan(plan, own))

    def _read_exclusive_items(self) -> None:
        listed = ListedStreamer.objects.filter(streamer=self._streamer)
        activities = set(listed.values_list("activity", flat=True))
        if activities:
            items = Enrolment.objects.exclusive().not_over(self._at).filter(activity__in=activities)
            self._add_items(items, Prefetch("activity__listed", listed))

    def _read_ways(self) -> None:
        """Through which activities his picks on the shelf stand, and what these pay."""
        channels = Channel.objects.filter(
            streamer=self._streamer, pick__unpicked_at__isnull=True, effective_from__lte=self._at
        )
        in_order = channels.select_related("pick", "activity").order_by("effective_from", "pk")
        latest = {each.pick.product_id: each for each in in_order}
        ways = {product: each.activity for product, each in latest.items() if each.activity is not None}
        self._ways = {product: activity.code for product, activity in ways.items()}
        if ways:
            items = Enrolment.objects.normal().not_over(self._at).filter(product__any_of=[*ways])
            self._add_items(items.filter(activity__in={activity.pk for activity in ways.values()}), "activity__listed")

    def _add_items(self, items: QuerySet[Enrolment], listed: Prefetch | str) -> None:
        dated = items.select_related("activity", "product").prefetch_related(
            "rates", "seconds", listed, "product__delistings"
        )
        for item in dated:
            self._items[item.product_id].append(DatedItem(item))
