"""Offers as they stood at any moment, for many lines at once: three queries a batch, whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from merchants import rates
from merchants.models import Plan, PlanRate, Product
from streamers.offers import Choice, Kind, Offer, choose


class OfferBook:
    """Every plan that can decide an offer on ``products``, of any date, held in memory for one batch.

    Read under the platform scope: an offer is weighed against plans that the streamer may not see.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._merchant_of: dict[int, int] = {product.pk: product.merchant_id for product in products}
        self._on_product: dict[int, list[_DatedPlan]] = defaultdict(list)
        self._on_shop: dict[int, list[_DatedPlan]] = defaultdict(list)
        plans = {plan.pk: plan for plan in Plan.objects.speaking_for(self._merchant_of)}
        rates_of: dict[int, list[PlanRate]] = defaultdict(list)
        for rate in PlanRate.objects.filter(plan__in=plans.keys()):
            rates_of[rate.plan_id].append(rate)
        for plan in plans.values():
            home = self._on_shop[plan.merchant_id] if plan.product_id is None else self._on_product[plan.product_id]
            home.append(_DatedPlan(plan, rates_of[plan.pk]))

    def offers(self, product_id: int, streamer_id: int, at: datetime) -> list[Offer]:
        """The offers on ``product_id`` live at ``at``, each as it stands for ``streamer_id``."""
        plans = [*self._on_product[product_id], *self._on_shop[self._merchant_of[product_id]]]
        return [plan.offer(streamer_id, at) for plan in plans if plan.speaks(at)]

    def choose(self, product_id: int, streamer_id: int, at: datetime) -> Choice:
        return choose(self.offers(product_id, streamer_id, at))


class _DatedPlan:
    """A plan with its rates sorted by streamer, so that asking a moment costs no query."""

    def __init__(self, plan: Plan, plan_rates: Iterable[PlanRate]) -> None:
        self.plan = plan
        self.kind = Kind(plan.type)
        self._rates: dict[int | None, list[PlanRate]] = defaultdict(list)
        for rate in plan_rates:
            self._rates[rate.streamer_id].append(rate)

    def speaks(self, at: datetime) -> bool:
        return self.plan.is_live(at)

    def offer(self, streamer_id: int, at: datetime) -> Offer:
        rate = rates.in_force(self._rates[streamer_id if self.plan.lists_streamers else None], at)
        listed = rate is not None and rate.commission_bps is not None
        return Offer(
            kind=self.kind,
            offer_id=self.plan.pk,
            version=rate.pk if rate and listed else None,
            commission_bps=rate.commission_bps if rate and rate.commission_bps is not None else 0,
            listed=listed,
            step=self.plan.step,
        )
