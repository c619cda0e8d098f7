"""What the last closed night did to a tenant's account, and what the next one will settle."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from commissions.models import OrderLine
from commissions.statements import daily
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import Tenant

ACCOUNT_OF = {Tenant.Kind.MERCHANT: Account.Kind.FUNDING}
"""The account whose nights a kind of tenant looks at first; ``available`` for the others."""


@dataclass(frozen=True)
class LastNight:
    balance: DailyBalance
    entries: list[daily.Entry]

    @property
    def moved_fen(self) -> int:
        return self.balance.closing_fen - self.balance.opening_fen

    @property
    def cost_fen(self) -> int | None:
        """What the night's promotion cost a merchant, whose account may end as it began; None where it cost nothing."""
        return next((-each.amount_fen for each in self.entries if each.kind == Posting.Kind.COST), None)


@dataclass(frozen=True)
class NextNight:
    day: date
    lines: int


def last_night(tenant: Tenant) -> LastNight | None:
    """The newest closed day on which the account moved; None before the first."""
    kind = ACCOUNT_OF.get(Tenant.Kind(tenant.kind), Account.Kind.AVAILABLE)
    balance = daily.of_tenant(tenant).filter(account__kind=kind).first()
    return LastNight(balance, daily.statement(balance).entries) if balance else None


def next_night(tenant: Tenant) -> NextNight | None:
    """The first night that lines of the tenant wait for, and how many."""
    waiting = OrderLine.objects.visible_to(tenant).unsettled().filter(settles_on__isnull=False).order_by()
    first = waiting.values_list("settles_on").annotate(n=Count("pk")).order_by("settles_on").first()
    return NextNight(*first) if first else None
