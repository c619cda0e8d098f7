"""What plans say about products at one moment, for a page of products: one query whatever their number."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from haowu.tenants.models import Tenant
from merchants import rates
from merchants.models import Plan, PlanRate, Product


@dataclass(frozen=True)
class RateNow:
    """The rate in force (None: no rate) and, where something is announced, what begins when (bps None: it ends)."""

    bps: int | None
    next_bps: int | None = None
    next_at: datetime | None = None


@dataclass(frozen=True)
class Offered:
    """A product with its normal plan's rate, and its other live plans as far as they speak.

    ``is_exclusive``: only the exclusive plan does (rulebook §5); ``normal_now`` is what the normal one would pay.
    """

    product: Product
    normal: RateNow | None
    normal_plan: Plan | None
    others: list[Plan] = field(default_factory=list)
    is_exclusive: bool = False
    normal_now: RateNow | None = None

    @property
    def is_promoted(self) -> bool:
        """Whether a plan lets anybody sell it."""
        return bool(self.normal or self.others)


def offered(products: Sequence[Product], at: datetime) -> list[Offered]:
    """Each of ``products``, in order."""
    merchants = {product.pk: product.merchant_id for product in products}
    plans: dict[int, Plan] = {}
    histories: dict[int, list[PlanRate]] = defaultdict(list)
    for plan in Plan.objects.speaking_for(merchants).live(at).beside_rates_for_all():
        plans.setdefault(plan.pk, plan)
        if plan.rate_id is not None:  # type: ignore[attr-defined]  # beside it, as annotated
            histories[plan.pk].append(_rate_beside(plan))
    of_product: dict[int | None, list[Plan]] = defaultdict(list)
    for plan in plans.values():
        of_product[plan.product_id].append(plan)
    return [_offered(product, of_product, histories, at) for product in products]


def _rate_beside(plan: Any) -> PlanRate:
    """The rate of a row of ``beside_rates_for_all``."""
    return PlanRate(
        pk=plan.rate_id,
        plan_id=plan.pk,
        commission_bps=plan.rate_bps,
        effective_from=plan.rate_from,
        cancelled_at=plan.rate_cancelled_at,
    )


def _offered(
    product: Product,
    of_product: Mapping[int | None, Sequence[Plan]],
    histories: Mapping[int, Sequence[PlanRate]],
    at: datetime,
) -> Offered:
    of_shops = [plan for plan in of_product.get(None, ()) if _of_shop(plan, product)]
    speaking = sorted([*of_product.get(product.pk, ()), *of_shops], key=lambda plan: plan.pk)
    normal = next((plan for plan in speaking if plan.type == Plan.Type.NORMAL), None)
    normal_now = rate_now(normal, histories.get(normal.pk, ()), at) if normal else None
    if exclusive := [plan for plan in speaking if plan.type == Plan.Type.EXCLUSIVE]:
        return Offered(product, None, normal, exclusive, is_exclusive=True, normal_now=normal_now)
    others = [plan for plan in speaking if plan.type != Plan.Type.NORMAL]
    return Offered(product, normal_now, normal, others, normal_now=normal_now)


def _of_shop(plan: Plan, product: Product) -> bool:
    return plan.type == Plan.Type.SHOP_TARGETED and plan.merchant_id == product.merchant_id


def rate_now(plan: Plan, history: Sequence[PlanRate], at: datetime) -> RateNow:
    """``history``: the rates of one streamer, or those for everybody. The plan's own end counts as a change too."""
    current = rates.in_force(history, at)
    bps = current.commission_bps if current and plan.is_live(at) else None
    coming = rates.pending(history, at)
    if plan.ends_at and plan.ends_at > at and (coming is None or plan.ends_at <= coming.effective_from):
        return RateNow(bps, None, plan.ends_at)
    return RateNow(bps, coming.commission_bps, coming.effective_from) if coming else RateNow(bps)


@dataclass(frozen=True)
class PlanNow:
    """A plan for a list. ``state``: live, ending or ended; ``rate`` of a normal plan, ``listed`` of the others."""

    plan: Plan
    state: str
    rate: RateNow
    listed: int


def plan_now(plan: Plan, at: datetime) -> PlanNow:
    """Needs the plan's rates prefetched."""
    ended = plan.ends_at is not None and plan.ends_at <= at
    state = "ended" if ended else "ending" if plan.ends_at else "live"
    return PlanNow(plan, state, rate_now(plan, plan.history_of(None), at), len(listed_streamers(plan, at)))


@dataclass(frozen=True)
class PlanStreamer:
    streamer: Tenant
    rate: RateNow


def listed_streamers(plan: Plan, at: datetime) -> list[PlanStreamer]:
    """Everybody whom ``plan`` lists or is about to take off, by code."""
    by_streamer: dict[Tenant, list[PlanRate]] = {}
    for rate in plan.rates.all():
        if rate.streamer:
            by_streamer.setdefault(rate.streamer, []).append(rate)
    listed = [PlanStreamer(streamer, rate_now(plan, history, at)) for streamer, history in by_streamer.items()]
    return sorted((one for one in listed if one.rate.bps is not None), key=lambda one: one.streamer.code)
