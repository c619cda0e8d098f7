"""Activities and enrolments as pages show them at a moment: state, rates, what waits and what comes next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tuanzhang.models import Activity, ChangeRequest, Enrolment, EnrolmentRate
from tuanzhang.waiting import ESCALATED, REMINDED

TONES = {
    "unpublished": "", "published": "warn", "promoting": "good", "expired": "", "deleted": "",
    "pending": "warn", "passed": "good", "rejected": "bad", "withdrawn": "",
}  # fmt: skip


@dataclass(frozen=True)
class ActivityNow:
    activity: Activity
    state: Activity.State
    waiting: int
    running: int

    @property
    def tone(self) -> str:
        return TONES[self.state]


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
    def tone(self) -> str:
        return TONES.get(self.state, "")

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
