"""A merchant's commission account as its owner needs to see it: what is there, what waits for it, what to pay in."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from commissions.models import OrderLine
from commissions.orders.calendar import INSUFFICIENT_DEPOSIT
from commissions.postings.funding import is_low
from haowu.approvals.trail import facts, record
from haowu.approvals.words import Act, Subject
from haowu.ledger.books import balances
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant, User
from haowu.tenants.scope import platform_scope
from haowu.web import menus
from merchants.models import Shop

WATCHED = "deposit"
"""Counted with the menu: whether there is anything to warn of at all, which for most shops there is not."""
OTHER_KINDS = frozenset(kind for kind in Tenant.Kind.values if kind != Tenant.Kind.MERCHANT)


def watched(user: User, merchant: Tenant) -> QuerySet[Shop]:
    """The shop of ``merchant``, where it pays from a deposit or has exhausted one."""
    pays = Q(funding=Shop.Funding.PREPAID) | Q(deposit_exhausted_at__isnull=False)
    return Shop.objects.filter(pays, merchant=merchant)


menus.count_beside(WATCHED, watched, but_not=OTHER_KINDS)


class Deposit:
    """Amounts in fen. Its accounts are read where somebody asks for them: most pages only ask whether to warn."""

    def __init__(self, merchant: Tenant) -> None:
        self.merchant = merchant
        self.shop = Shop.objects.filter(merchant=merchant).first() or Shop(merchant=merchant)

    @property
    def is_prepaid(self) -> bool:
        return self.shop.funding == Shop.Funding.PREPAID

    @property
    def is_exhausted(self) -> bool:
        return self.shop.deposit_exhausted_at is not None

    @property
    def low_balance_fen(self) -> int:
        return self.shop.low_balance_fen

    @cached_property
    def is_low(self) -> bool:
        """The warning before it is exhausted."""
        return is_low(self.shop)

    @cached_property
    def accounts(self) -> dict[str, int]:
        return balances(self.merchant)

    @property
    def funding_fen(self) -> int:
        return self.accounts.get(Account.Kind.FUNDING, 0)

    @property
    def receivable_fen(self) -> int:
        return self.accounts.get(Account.Kind.RECEIVABLE, 0)

    @cached_property
    def held_lines(self) -> list[OrderLine]:
        """What waits for it; together ``held_fen``."""
        return list(waiting(self.merchant)) if self.is_exhausted else []

    @property
    def held(self) -> int:
        return len(self.held_lines)

    @property
    def held_fen(self) -> int:
        return sum(line.due.cost_fen for line in self.held_lines)

    @property
    def missing_fen(self) -> int:
        """What must at least come in for everything held to settle."""
        return max(0, self.held_fen - self.funding_fen)


def deposit_of(merchant: Tenant) -> Deposit:
    return Deposit(merchant)


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
    return {
        "deposit": SimpleLazyObject(lambda: deposit_of(tenant)),
        "deposit_is_watched": SimpleLazyObject(lambda: menus.counted_beside(request, WATCHED) != 0),
        "top_up_account": settings.TOP_UP_ACCOUNT,
    }
