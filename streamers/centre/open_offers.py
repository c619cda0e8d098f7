"""What products pay to a streamer whom nobody lists, from a moment on: the offers that are open to everybody.

The rule is ``streamers.offers.choose``; what is asked here is only which moments may change its answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from haowu.ground import days
from merchants.models import Plan, PlanRate
from streamers.offers import Choice, Kind, Offer, choose
from streamers.terms import DatedItem, DatedPlan
from tuanzhang.models import Enrolment

NOBODY = 0
"""The id of no streamer: no plan lists them."""


@dataclass(frozen=True)
class OpenOffer:
    """``activities``: the offers of open normal activities, best first; the best of equals is the older."""

    choice: Choice
    activities: tuple[Offer, ...]

    @property
    def picked(self) -> Offer | None:
        """What a pick from the list leads to: the normal plan, else the best open activity."""
        if self.choice.offer is not None or self.is_exclusive:
            return self.choice.offer
        return self.activities[0] if self.activities else None

    @property
    def is_exclusive(self) -> bool:
        return "EXCLUSIVE_NOT_LISTED" in self.choice.trace

    @property
    def best_bps(self) -> int | None:
        """The highest rate that is open to everybody."""
        if self.is_exclusive:
            return None
        offers = [*self.activities, *([self.choice.offer] if self.choice.offer else [])]
        return max((offer.commission_bps for offer in offers), default=None)


class OpenOffers:
    """The plans and activities that speak on ``products`` (ids) for everybody, from ``at`` on. Platform scope.

    The rates of listed streamers are not read: there may be thousands on a product.
    """

    def __init__(self, products: Iterable[int], at: datetime) -> None:
        self._plans: dict[int, list[DatedPlan]] = defaultdict(list)
        self._items: dict[int, list[DatedItem]] = defaultdict(list)
        self._moments: dict[int, set[datetime]] = defaultdict(set)
        self._at = at
        ids = list(products)
        plans = list(Plan.objects.on_products(ids).open_to_all().not_ended(at))
        rates_of: dict[int, list[PlanRate]] = defaultdict(list)
        for rate in PlanRate.objects.filter(plan__any_of=[plan.pk for plan in plans], streamer=None):
            rates_of[rate.plan_id].append(rate)
        for plan in plans:
            self._add_plan(plan, rates_of[plan.pk])
        for item in Enrolment.objects.that_ever_spoke(ids):
            if not item.is_over(at):
                self._add_item(item)

    def moments(self, product: int) -> list[datetime]:
        """When its offers may change after ``at``, in order."""
        return sorted(self._moments[product])

    def at(self, product: int, at: datetime) -> OpenOffer:
        offers = [plan.offer(NOBODY, at) for plan in self._plans[product] if plan.speaks(at)]
        offers += [item.offer(NOBODY, at, None) for item in self._items[product] if item.speaks(at)]
        through = [offer for offer in offers if offer.kind == Kind.NORMAL_ACTIVITY]
        through.sort(key=lambda offer: (-offer.commission_bps, offer.offer_id))
        return OpenOffer(choose(offers), tuple(through))

    def activity_of(self, product: int, offer: Offer) -> int:
        """The id of the activity in which ``offer`` was made."""
        items = self._items[product]
        return next(item.activity.pk for item in items if item.enrolment.pk == offer.offer_id)

    def leaders(self, product: int, at: datetime) -> set[int]:
        """The leaders of the open normal activities in which the product runs at ``at``."""
        items = [item for item in self._items[product] if item.kind == Kind.NORMAL_ACTIVITY and item.speaks(at)]
        return {item.enrolment.leader_id for item in items}

    def _add_plan(self, plan: Plan, plan_rates: list[PlanRate]) -> None:
        if plan.product_id is None:
            return
        self._plans[plan.product_id].append(DatedPlan(plan, plan_rates))
        begun = [rate.effective_from for rate in plan_rates if rate.cancelled_at is None]
        self._later(plan.product_id, [plan.starts_at, plan.ends_at, *begun])

    def _add_item(self, item: Enrolment) -> None:
        self._items[item.product_id].append(DatedItem(item))
        begun = [rate.effective_from for rate in item.rates.all() if rate.cancelled_at is None]
        over = item.over[0] if item.over else None
        self._later(item.product_id, [item.speaks_from, over, *begun])

    def _later(self, product: int, moments: Iterable[datetime | None]) -> None:
        self._moments[product] |= {each for each in moments if each and self._at < each < days.END}
