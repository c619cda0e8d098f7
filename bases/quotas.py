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
    return _progress(period, counted_in(period))


def counted_in(period: QuotaPeriod) -> list[Introduction]:
    """What stands against the quota of ``period``, in the order in which it was handed in."""
    rows = Introduction.objects.counted().of_period(period).select_related("brand")
    return list(rows.order_by("submitted_at", "pk"))


def opened(period: QuotaPeriod) -> tuple[Progress, list[Introduction]]:
    """The progress and the introductions that it counts."""
    rows = counted_in(period)
    return _progress(period, rows), rows


def _progress(period: QuotaPeriod, rows: list[Introduction]) -> Progress:
    waiting = sum(row.status == Introduction.Status.SUBMITTED for row in rows)
    return Progress(period, period.brands, len(rows) - waiting, waiting)


def current(base: Tenant, day: date) -> Progress | None:
    """None before the base's first period of the year is opened."""
    period = QuotaPeriod.objects.visible_to(base).on(day).first()
    return progress_of(period) if period else None
