"""What was sold in a stretch of days and in the one before: by day, by streamer, by product.

Sold is what buyers paid for goods when they ordered (``paid_fen``), kept what refunds have left of it. A day is the
business day of the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate

from commissions.models import OrderLine
from commissions.models.order import ROLES_OF_KIND
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product

TOP = 5


@dataclass(frozen=True)
class Span:
    """``length`` whole business days that end with the day of ``at``."""

    at: datetime
    length: int

    @property
    def last(self) -> date:
        return days.day_of(self.at)

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.length - 1)

    @property
    def before(self) -> "Span":
        return Span(self.at - timedelta(days=self.length), self.length)

    @property
    def all_days(self) -> list[date]:
        return days.days_between(self.first, self.last)


@dataclass(frozen=True)
class Day:
    """Figures of one business day. ``own_fen``: what the tenant pays (a merchant) or gets, net, as it stands now."""

    orders: int = 0
    sold_fen: int = 0
    kept_fen: int = 0
    own_fen: int = 0


@dataclass(frozen=True)
class Total:
    """A figure of a span beside that of the span before."""

    now: Day
    before: Day

    @property
    def sold_change(self) -> int | None:
        return _change(self.now.sold_fen, self.before.sold_fen)

    @property
    def sold_fall(self) -> int | None:
        return -self.sold_change if self.sold_change is not None else None

    @property
    def orders_change(self) -> int | None:
        return _change(self.now.orders, self.before.orders)

    @property
    def own_change(self) -> int | None:
        return _change(self.now.own_fen, self.before.own_fen)

    @property
    def kept_permille(self) -> int | None:
        """Kept of sold, in thousandths; None where nothing was sold."""
        return round(1000 * self.now.kept_fen / self.now.sold_fen) if self.now.sold_fen else None

    @property
    def kept_percent(self) -> str:
        return "–" if self.kept_permille is None else f"{self.kept_permille / 10:.1f}%"


@dataclass(frozen=True)
class Best:
    """A streamer or a product with what it sold now and in the span before."""

    what: Any
    sold_fen: int
    before_fen: int
    quantity: int

    @property
    def change(self) -> int | None:
        return _change(self.sold_fen, self.before_fen)


def by_day(tenant: Tenant, span: Span) -> dict[date, Day]:
    """Each day of ``span`` and of the span before it on which something was sold. One query."""
    rows = (
        _lines(tenant, span)
        .order_by()
        .values(day=TruncDate("ordered_at", tzinfo=days.SHANGHAI))
        .annotate(
            orders=Count("order", distinct=True),
            sold_fen=Sum("paid_fen"),
            kept_fen=Sum("due_base_fen"),
            own_fen=Coalesce(Sum(_own(tenant)), Value(0), output_field=BigIntegerField()),
        )
    )
    return {row["day"]: Day(row["orders"], row["sold_fen"], row["kept_fen"], row["own_fen"]) for row in rows}


def totals(sold: dict[date, Day], span: Span) -> Total:
    return Total(_total(sold, span), _total(sold, span.before))


def _change(now: int, before: int) -> int | None:
    """In whole percent; None where there was nothing before."""
    return round(100 * (now - before) / before) if before else None


def _total(sold: dict[date, Day], span: Span) -> Day:
    """The days of ``span`` added up; an order lies in one day."""
    found = [sold[day] for day in span.all_days if day in sold]
    return Day(*(sum(getattr(day, name) for day in found) for name in ("orders", "sold_fen", "kept_fen", "own_fen")))


def best_streamers(tenant: Tenant, span: Span) -> list[Best]:
    return _best(_lines(tenant, span), "streamer", Tenant.objects.all(), span)


def best_merchants(tenant: Tenant, span: Span) -> list[Best]:
    return _best(_lines(tenant, span), "merchant", Tenant.objects.all(), span)


def best_products(tenant: Tenant, span: Span) -> list[Best]:
    return _best(_lines(tenant, span), "product", Product.objects.prefetch_related("images"), span)


def _best(lines: QuerySet, column: str, known: QuerySet, span: Span) -> list[Best]:
    now = Q(ordered_at__gte=days.start_of(span.first))
    rows = (
        lines.order_by()
        .values(column)
        .annotate(
            sold=Coalesce(Sum("paid_fen", filter=now), Value(0), output_field=BigIntegerField()),
            before=Coalesce(Sum("paid_fen", filter=~now), Value(0), output_field=BigIntegerField()),
            pieces=Coalesce(Sum("quantity", filter=now), Value(0)),
        )
        .filter(sold__gt=0)
        .order_by("-sold", column)[:TOP]
    )
    found = list(rows)
    named = known.in_bulk([row[column] for row in found])
    return [Best(named[row[column]], row["sold"], row["before"], row["pieces"]) for row in found]


def _lines(tenant: Tenant, span: Span) -> QuerySet:
    """Lines of both spans that a plan speaks for, in which ``tenant`` has a part."""
    since, until = days.start_of(span.before.first), days.start_of(span.last + days.ONE_DAY)
    return OrderLine.objects.visible_to(tenant).filter(
        ordered_at__gte=since, ordered_at__lt=until, streamer__isnull=False
    )


def _own(tenant: Tenant) -> Any:
    if tenant.kind == Tenant.Kind.MERCHANT:
        return _cost(("streamer", "first_leader", "second_leader", "provider"))
    roles: Sequence[str] = ROLES_OF_KIND.get(tenant.kind, ())
    return sum((_net(role, tenant) for role in roles), start=Value(0, output_field=BigIntegerField()))


def _cost(roles: Sequence[str]) -> Any:
    return sum((F(f"due_{role}_fen") for role in roles), start=Value(0, output_field=BigIntegerField()))


def _net(role: str, tenant: Tenant) -> Case:
    net = F(f"due_{role}_fen") - F(f"due_{role}_fee_fen")
    if role == "streamer":
        net -= F("due_agency_fen")
    return Case(When(**{role: tenant}, then=net), default=0, output_field=BigIntegerField())
