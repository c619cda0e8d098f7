"""A merchant's commission account as its owner needs to see it: what is there, what waits for it, what to pay in."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from commissions.models import OrderLine
from commissions.orders.calendar import INSUFFICIENT_DEPOSIT
from commissions.postings.funding import is_low
from haowu.approvals.trail import facts, record
from haowu.approvals.words import Act, Subject
from haowu.ledger.books import balances
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants.models import Shop


@dataclass(frozen=True)
class Deposit:
    """Amounts in fen. ``held`` lines together cost ``held_fen`` and wait; ``is_low`` is the warning before that."""

    is_prepaid: bool
    funding_fen: int
    receivable_fen: int
    low_balance_fen: int
    held: int
    held_fen: int
    is_exhausted: bool
    is_low: bool

    @property
    def missing_fen(self) -> int:
        """What must at least come in for everything held to settle."""
        return max(0, self.held_fen - self.funding_fen)


def deposit_of(merchant: Tenant) -> Deposit:
    shop = Shop.objects.filter(merchant=merchant).first() or Shop(merchant=merchant)
    accounts = balances(merchant)
    held = list(waiting(merchant)) if shop.deposit_exhausted_at else []
    return Deposit(
        is_prepaid=shop.funding == Shop.Funding.PREPAID,
        funding_fen=accounts.get(Account.Kind.FUNDING, 0),
        receivable_fen=accounts.get(Account.Kind.RECEIVABLE, 0),
        low_balance_fen=shop.low_balance_fen,
        held=len(held),
        held_fen=sum(line.due.cost_fen for line in held),
        is_exhausted=shop.deposit_exhausted_at is not None,
        is_low=is_low(shop),
    )


def waiting(merchant: Tenant) -> QuerySet[OrderLine]:
    """The lines of ``merchant`` that its deposit did not cover."""
    return OrderLine.objects.visible_to(merchant).held_for(INSUFFICIENT_DEPOSIT).select_related("product")


@transaction.atomic
def set_low_balance(merchant: Tenant, low_balance_fen: int, *, at: datetime) -> None:
    """From which balance down the merchant wants to be warned; shops are the platform's rows."""
    with platform_scope():
        shop = Shop.objects.select_for_update(of=("self",)).get(merchant=merchant)
        before = facts(shop, "low_balance_fen")
        shop.low_balance_fen = low_balance_fen
        shop.save(update_fields=["low_balance_fen"])
        after = facts(shop, "low_balance_fen")
        record(Act.CHANGED, Subject.SHOP, merchant.code, at=at, tenant=merchant, before=before, after=after)


def of_request(request: HttpRequest) -> dict[str, object]:
    """For templates: ``deposit`` of the merchant in use, read where a page shows it; None for others."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or tenant.kind != Tenant.Kind.MERCHANT:
        return {"deposit": None}
    return {"deposit": SimpleLazyObject(lambda: deposit_of(tenant)), "top_up_account": settings.TOP_UP_ACCOUNT}
