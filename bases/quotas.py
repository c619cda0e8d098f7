"""How many brands a base may still introduce this year. Counted from the introductions, so that nothing can drift."""

from dataclasses import dataclass
from datetime import date, datetime

from bases.models import Base, BasePolicy, Introduction, QuotaPeriod
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope


@dataclass(frozen=True)
class Progress:
    """``credited`` and ``waiting`` stand against ``quota``."""

    period: QuotaPeriod
    quota: int
    credited: int
    waiting: int

    @property
    def left(self) -> int:
        return max(0, self.quota - self.credited - self.waiting)


def period_of(base: Base, day: date, *, at: datetime) -> QuotaPeriod:
    """The base's calendar year around ``day``, opened with the quota of its level where it is new.

    Within a transaction; holds the period's row, so that introductions of one base are counted one after another.
    """
    policy = BasePolicy.objects.in_force(at)
    with platform_scope():
        period, _ = QuotaPeriod.objects.get_or_create(
            base_id=base.pk,
            starts_on=date(day.year, 1, 1),
            defaults={"ends_on": date(day.year + 1, 1, 1), "brands": policy.brands(base.level)},
        )
        return QuotaPeriod.objects.select_for_update().get(pk=period.pk)


def lower(base: Base, brands: int, day: date) -> None:
    QuotaPeriod.objects.filter(base_id=base.pk, brands__gt=brands).on(day).update(brands=brands)


def progress_of(period: QuotaPeriod) -> Progress:
    statuses = list(Introduction.objects.counted().filter(period=period).values_list("status", flat=True))
    waiting = statuses.count(Introduction.Status.SUBMITTED)
    return Progress(period, period.brands, len(statuses) - waiting, waiting)


def current(base: Tenant, day: date) -> Progress | None:
    """None before the base's first period of the year is opened."""
    period = QuotaPeriod.objects.visible_to(base).on(day).first()
    return progress_of(period) if period else None
