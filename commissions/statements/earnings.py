"""What a party has coming, by bucket (rulebook §10): from its lines until they settle, from its accounts after."""

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from commissions.models import OrderLine
from commissions.split import ROLES
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


def _net(tenant: Tenant, lines: QuerySet[OrderLine]) -> int:
    """What ``lines`` are worth to ``tenant`` in all its roles."""
    sums = lines.aggregate(
        **{
            f"as_{role}": Sum(F(f"due_{role}_fen") - F(f"due_{role}_fee_fen"), filter=Q(**{role: tenant}))
            for role in ROLES
        },
        to_agency=Sum(-F("due_agency_fen"), filter=Q(streamer=tenant)),
    )
    return sum(amount or 0 for amount in sums.values())
