"""One wish for the normal plans of many products: a new rate, or some points more or less. Looked at, then done.

``foreseen`` and ``change_many`` answer alike, for each product in order; only the second changes anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from haowu.ground.errors import Refused
from merchants import plans, refusals
from merchants.models import Plan, Product
from merchants.overview import Offered, offered
from merchants.plans import NewPlan, NewRate


@dataclass(frozen=True)
class RateWish:
    """``bps`` is the new rate of all, or ``by_bps`` what is added to each."""

    bps: int | None = None
    by_bps: int | None = None

    def of(self, current: int | None) -> int | None:
        """The rate that ``current`` becomes; None where nothing can be added to."""
        if self.bps is not None:
            return self.bps
        return None if current is None else current + (self.by_bps or 0)


@dataclass(frozen=True)
class RateChange:
    """``starts_at`` None where nothing begins: refused, or the rate in force is the one wished for.

    ``opens``: the product has no normal plan yet and gets one.
    """

    product: Product
    now_bps: int | None
    then_bps: int | None
    starts_at: datetime | None = None
    opens: bool = False
    is_exclusive: bool = False
    refused: Refused | None = None

    @property
    def is_raise(self) -> bool:
        return self.starts_at is not None and not self.is_fall

    @property
    def is_fall(self) -> bool:
        return self.starts_at is not None and self.now_bps is not None and (self.then_bps or 0) < self.now_bps


def foreseen(products: Sequence[Product], wish: RateWish, *, at: datetime) -> list[RateChange]:
    """What ``change_many`` would come to at ``at``."""
    return _answers(products, wish, at, plans.foreseen_rates, plans.foreseen_plans)


@transaction.atomic
def change_many(products: Sequence[Product], wish: RateWish, *, at: datetime) -> list[RateChange]:
    """Ask for the rate of each of ``products``; those without a normal plan get one where ``wish`` names a rate."""
    return _answers(products, wish, at, plans.set_rates, plans.open_plans)


def _answers(
    products: Sequence[Product],
    wish: RateWish,
    at: datetime,
    change: Callable[[Sequence[NewRate]], Sequence[Any]],
    open_new: Callable[[Sequence[NewPlan]], Sequence[Any]],
) -> list[RateChange]:
    offers = offered(products, at)
    standing = [(offer, NewRate(offer.normal_plan, _wished(offer, wish), at)) for offer in offers if offer.normal_plan]
    bare = [offer for offer in offers if not offer.normal_plan]
    fresh = [NewPlan(offer.product.merchant, Plan.Type.NORMAL, at, offer.product, wish.bps) for offer in bare]
    opened = open_new(fresh) if wish.bps is not None else [refusals.NormalPlanMissing()] * len(bare)
    changed = {
        offer.product.pk: _changed(offer, new.bps, answer)
        for (offer, new), answer in zip(standing, change([new for _offer, new in standing]), strict=True)
    }
    made = {offer.product.pk: _opened(offer, wish.bps, answer, at) for offer, answer in zip(bare, opened, strict=True)}
    answers = changed | made
    return [answers[product.pk] for product in products]


def _wished(offer: Offered, wish: RateWish) -> int | None:
    return wish.of(current_bps(offer))


def current_bps(offer: Offered) -> int | None:
    """What the normal plan pays now, also while an exclusive one speaks instead of it."""
    return offer.normal_now.bps if offer.normal_now else None


def _changed(offer: Offered, bps: int | None, answer: Any) -> RateChange:
    now = RateChange(offer.product, current_bps(offer), bps, is_exclusive=offer.is_exclusive)
    if isinstance(answer, Refused):
        return replace(now, refused=answer)
    return now if answer is None else replace(now, starts_at=answer.effective_from)


def _opened(offer: Offered, bps: int | None, answer: Any, at: datetime) -> RateChange:
    now = RateChange(offer.product, None, bps, is_exclusive=offer.is_exclusive)
    return replace(now, refused=answer) if isinstance(answer, Refused) else replace(now, starts_at=at, opens=True)
