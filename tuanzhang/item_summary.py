"""Activities and enrolments as pages show them at a moment: state, rates, what waits and what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from haowu.ground.money import share
from tuanzhang.models import Activity, ChangeRequest, Enrolment, EnrolmentRate
from tuanzhang.waiting import ESCALATED, REMINDED

MEANS = {
    "unpublished": "plain", "published": "wait", "promoting": "good", "expired": "off", "deleted": "off",
    "pending": "wait", "passed": "good", "rejected": "bad", "withdrawn": "off",
}  # fmt: skip
"""What the mark beside a state says."""


@dataclass(frozen=True)
class ActivityNow:
    activity: Activity
    state: Activity.State
    waiting: int
    running: int

    @property
    def means(self) -> str:
        return MEANS[self.state]


def activity_now(activity: Activity, at: datetime) -> ActivityNow:
    """``waiting`` and ``running`` count where the queryset was ``counted``."""
    counts = (getattr(activity, "waiting", 0), getattr(activity, "running", 0))
    return ActivityNow(activity, activity.state_at(at), *counts)


@dataclass(frozen=True)
class ItemNow:
    item: Enrolment
    state: Enrolment.State
    rate: EnrolmentRate | None
    coming: EnrolmentRate | None
    asked: ChangeRequest | None
    waits_days: int
    over_at: datetime | None
    why_over: str

    @property
    def means(self) -> str:
        return MEANS[self.state]

    @property
    def waits_long(self) -> bool:
        return self.waits_days >= REMINDED.days

    @property
    def waits_for_staff(self) -> bool:
        return self.waits_days >= ESCALATED.days


def item_now(item: Enrolment, at: datetime) -> ItemNow:
    """Of an enrolment read ``with_terms``."""
    over = item.over if item.status == Enrolment.Status.PASSED else None
    return ItemNow(
        item,
        item.state_at(at),
        item.rate_at(at),
        item.pending_rate(at),
        item.open_request(at),
        item.waits(at),
        over[0] if over else None,
        str(over[1].label) if over and over[0] <= at + timedelta(days=1) else "",
    )


@dataclass(frozen=True)
class OneSale:
    """What one piece at ``price_fen``, the product's lowest, brings: nets, after the platform's fee."""

    price_fen: int
    streamer_fen: int
    leader_fen: int


def one_sale(now: ItemNow, tech_bps: int) -> OneSale | None:
    """Of an enrolment read ``with_pictures``; None without a price or a rate. The leader's before a second's part."""
    price_fen, rate = now.item.product.lowest_price_fen, now.rate or now.coming
    if price_fen is None or rate is None:
        return None
    return OneSale(
        price_fen, _net(price_fen, rate.commission_bps, tech_bps), _net(price_fen, rate.service_fee_bps, tech_bps)
    )


def _net(price_fen: int, bps: int, tech_bps: int) -> int:
    gross = share(price_fen, bps)
    return gross - share(gross, tech_bps)
