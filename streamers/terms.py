"""Offers as they stood at any moment, for many lines at once: a few queries a batch, whatever its size."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from merchants import rates
from merchants.models import Plan, PlanRate, Product
from streamers.offers import Choice, Kind, Offer, PickSource, choose
from tuanzhang.models import Enrolment, SecondLevel


class OfferBook:
    """Every plan and enrolment that can decide an offer on ``products``, of any date, held in memory for one batch.

    Read under the platform scope: an offer is weighed against plans that the streamer may not see.
    ``streamer_id`` names the only streamer who will be asked for: others' rates, perhaps thousands, are not read.
    """

    def __init__(self, products: Iterable[Product], streamer_id: int | None = None) -> None:
        self._merchant_of: dict[int, int] = {product.pk: product.merchant_id for product in products}
        self._on_product: dict[int, list[DatedPlan]] = defaultdict(list)
        self._items: dict[int, list[DatedItem]] = defaultdict(list)
        self._on_shop: dict[int, list[DatedPlan]] = defaultdict(list)
        plans = {plan.pk: plan for plan in Plan.objects.speaking_for(self._merchant_of)}
        rates_of: dict[int, list[PlanRate]] = defaultdict(list)
        asked = Q() if streamer_id is None else Q(streamer=streamer_id) | Q(streamer=None)
        for rate in PlanRate.objects.filter(asked, plan__any_of=plans.keys()):
            rates_of[rate.plan_id].append(rate)
        for plan in plans.values():
            home = self._on_shop[plan.merchant_id] if plan.product_id is None else self._on_product[plan.product_id]
            home.append(DatedPlan(plan, rates_of[plan.pk]))
        for item in Enrolment.objects.that_ever_spoke(self._merchant_of.keys()):
            self._items[item.product_id].append(DatedItem(item))

    def offers(self, product_id: int, streamer_id: int, at: datetime, through: PickSource | None = None) -> list[Offer]:
        """The offers on ``product_id`` live at ``at``, each as it stands for ``streamer_id``."""
        plans = [*self._on_product[product_id], *self._on_shop[self._merchant_of[product_id]]]
        offers = [plan.offer(streamer_id, at) for plan in plans if plan.speaks(at)]
        return offers + [item.offer(streamer_id, at, through) for item in self._items[product_id] if item.speaks(at)]

    def choose(self, product_id: int, streamer_id: int, at: datetime, through: PickSource | None = None) -> Choice:
        """The offer that speaks. ``through``: what the pick stood through at ``at``."""
        return choose(self.offers(product_id, streamer_id, at, through), through.activity if through else None)

    def moments(self, product_id: int, after: datetime, until: datetime) -> list[datetime]:
        """When, after ``after`` and up to ``until``, another offer may begin to speak for somebody; in order."""
        plans = [*self._on_product[product_id], *self._on_shop[self._merchant_of[product_id]]]
        items = self._items[product_id]
        dated = [moment for plan in plans for moment in plan.moments()]
        dated += [moment for item in items for moment in item.moments()]
        return sorted({moment for moment in dated if moment is not None and after < moment <= until})

    def open_items(self, product_id: int, at: datetime) -> "list[DatedItem]":
        """Where the product runs in activities that are open to every streamer at ``at``."""
        items = self._items[product_id]
        return [item for item in items if item.kind == Kind.NORMAL_ACTIVITY and item.speaks(at)]

    def runs(self, product_id: int, activity_id: int, at: datetime) -> bool:
        """Whether the product is in the activity, its cooperation running at ``at`` or still to begin."""
        return any(item.activity.pk == activity_id and not item.is_over(at) for item in self._items[product_id])


class DatedPlan:
    """A plan with its rates sorted by streamer, so that asking a moment costs no query."""

    def __init__(self, plan: Plan, plan_rates: Iterable[PlanRate]) -> None:
        self.plan = plan
        self.kind = Kind(plan.type)
        self._rates: dict[int | None, list[PlanRate]] = defaultdict(list)
        for rate in plan_rates:
            self._rates[rate.streamer_id].append(rate)

    def speaks(self, at: datetime) -> bool:
        return self.plan.is_live(at)

    def moments(self) -> "list[datetime | None]":
        begun = [rate.effective_from for own in self._rates.values() for rate in own if rate.cancelled_at is None]
        return [self.plan.starts_at, self.plan.ends_at, *begun]

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


class DatedItem:
    """A product in an activity, with everything that is dated about it."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        self.activity = enrolment.activity
        self.kind = Kind.EXCLUSIVE_ACTIVITY if self.activity.is_exclusive else Kind.NORMAL_ACTIVITY
        self._from = enrolment.speaks_from
        self.until = enrolment.over[0] if enrolment.over else None
        self._rates = list(enrolment.rates.all())
        self._seconds = [second for second in enrolment.seconds.all() if second.decided_at is not None]
        self._listed = list(self.activity.listed.all()) if self.activity.is_exclusive else []

    def speaks(self, at: datetime) -> bool:
        return self._from <= at and not self.is_over(at)

    def moments(self) -> "list[datetime | None]":
        begun = [rate.effective_from for rate in self._rates if rate.cancelled_at is None]
        listed = [moment for row in self._listed for moment in (row.listed_at, row.unlisted_at)]
        return [self._from, self.until, *begun, *listed]

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at

    def offer(self, streamer_id: int, at: datetime, through: PickSource | None) -> Offer:
        listed = not self.activity.is_exclusive or self._lists(streamer_id, at)
        rate = rates.in_force(self._rates, at)
        if not listed or rate is None:
            return Offer(self.kind, self.enrolment.pk, listed=listed, activity=self.activity.code)
        second = self._second(at, through)
        return Offer(
            kind=self.kind,
            offer_id=self.enrolment.pk,
            version=rate.pk,
            commission_bps=rate.commission_bps,
            activity=self.activity.code,
            service_fee_bps=rate.service_fee_bps,
            second_bps=second.bps if second else 0,
            first_leader_id=self.enrolment.leader_id,
            second_leader_id=second.second_leader_id if second else None,
        )

    def _lists(self, streamer_id: int, at: datetime) -> bool:
        return any(row.streamer_id == streamer_id and row.holds(at) for row in self._listed)

    def _second(self, at: datetime, through: PickSource | None) -> SecondLevel | None:
        """The second leader whose link led here, else the one who shares in every sale of the item."""
        live = [second for second in self._seconds if second.is_live(at)]
        linked = through.second_leader_id if through and through.activity == self.activity.code else None
        by_link = (second for second in live if not second.whole_item and second.second_leader_id == linked)
        return next(by_link, next((second for second in live if second.whole_item), None))
