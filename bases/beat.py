"""How a base's feeds came over the last day: the beat that a page draws."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour

from bases.models import Feed
from haowu.ground import days
from haowu.tenants.models import Tenant

HOURS = 24
STEP, HEIGHT = 8, 20
"""Of a bar, in the units of the drawing."""


@dataclass(frozen=True)
class Bar:
    x: int
    height: int
    is_silent: bool

    @property
    def y(self) -> int:
        return HEIGHT - self.height


def of_base(base: Tenant, *, at: datetime) -> list[Bar]:
    """A bar for each of the last ``HOURS`` hours, by how many feeds were counted in it; a stub where none was."""
    last = at.astimezone(days.SHANGHAI).replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    feeds = Feed.objects.visible_to(base).filter(counted_at__gte=first, status=Feed.Status.APPLIED)
    hours = feeds.order_by().annotate(hour=TruncHour("counted_at", tzinfo=days.SHANGHAI)).values("hour")
    counts = {row["hour"]: row["n"] for row in hours.annotate(n=Count("pk"))}
    most = max(counts.values(), default=1)
    return [_bar(place, counts.get(first + timedelta(hours=place), 0), most) for place in range(HOURS)]


def _bar(place: int, n: int, most: int) -> Bar:
    return Bar(place * STEP, max(3, HEIGHT * n // most) if n else 3, not n)
