"""What a party has coming, by bucket (rulebook §10): from its lines until they settle, from its accounts after."""

from dataclasses import dataclass
from datetime import date

from django.db.models import BigIntegerField, Case, Count, F, QuerySet, Sum, Value, When

from commissions.models import OrderLine
from commissions.split import ROLES
from haowu.ground import days
from haowu.ledger.books import balances
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant


@dataclass(frozen=True)
class Buckets:
    """Net amounts in fen. ``pending``: paid or shipped; ``holding``: received, not settled; ``debt`` ≥ 0 is owed.

    All but the first two are balances of the ledger. ``paid`` is everything that ever reached the bank account.
    """

    pending_fen: int
    holding_fen: int
    available_fen: int
    frozen_fen: int
    withdrawing_fen: int
    paid_fen: int
    debt_fen: int


def buckets(tenant: Tenant) -> Buckets:
    waiting = OrderLine.objects.visible_to(tenant).unsettled()
    accounts = balances(tenant)
    return Buckets(
        pending_fen=_net(tenant, waiting.filter(status__in=[OrderLine.Status.PAID, OrderLine.Status.SHIPPED])),
        holding_fen=_net(tenant, waiting.filter(status=OrderLine.Status.RECEIVED)),
        available_fen=accounts.get(Account.Kind.AVAILABLE, 0),
        frozen_fen=accounts.get(Account.Kind.FROZEN, 0),
        withdrawing_fen=accounts.get(Account.Kind.WITHDRAWING, 0),
        paid_fen=accounts.get(Account.Kind.PAID, 0),
        debt_fen=-accounts.get(Account.Kind.DEBT, 0),
    )


@dataclass(frozen=True)
class Night:
    """What settles for a party on the night of ``day``, net, of how many lines."""

    day: date
    fen: int
    lines: int


def coming_nights(tenant: Tenant, since: date, nights: int = 7) -> list[Night]:
    """The ``nights`` nights after ``since``, also those on which nothing settles."""
    wanted = days.days_between(since + days.ONE_DAY, since + nights * days.ONE_DAY)
    due = OrderLine.objects.visible_to(tenant).unsettled().filter(settles_on__in=wanted).order_by()
    rows = due.values_list("settles_on").annotate(fen=_net_sum(tenant), lines=Count("pk"))
    found = {day: Night(day, fen or 0, lines) for day, fen, lines in rows if day}
    return [found.get(day, Night(day, 0, 0)) for day in wanted]


def _net_sum(tenant: Tenant) -> Sum:
    """What lines are worth to ``tenant`` in all its roles."""
    shares = sum(
        (
            Case(
                When(**{role: tenant}, then=F(f"due_{role}_fen") - F(f"due_{role}_fee_fen")),
                default=0,
                output_field=BigIntegerField(),
            )
            for role in ROLES
        ),
        start=Value(0, output_field=BigIntegerField()),
    )
    to_agency = Case(When(streamer=tenant, then=F("due_agency_fen")), default=0, output_field=BigIntegerField())
    return Sum(shares - to_agency)


def _net(tenant: Tenant, lines: QuerySet[OrderLine]) -> int:
    """What ``lines`` are worth to ``tenant`` in all its roles."""
    return lines.aggregate(fen=_net_sum(tenant))["fen"] or 0
