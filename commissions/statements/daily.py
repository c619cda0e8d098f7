"""What an account did on a closed day: opening, each kind of movement, closing; and what is behind each figure.

A figure opens into its postings, each with its cause, and where order lines made it into these (``figures``).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Max, Min, Q, QuerySet, Sum, When

from commissions.models import Run, Settlement
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import Tenant

Kind = Posting.Kind


@dataclass(frozen=True)
class Entry:
    """One kind of movement of a day; ``amount_fen`` is signed from the account's side."""

    kind: str
    label: str
    amount_fen: int


@dataclass(frozen=True)
class Statement:
    balance: DailyBalance
    entries: list[Entry]

    @property
    def adds_up(self) -> bool:
        moved = sum(entry.amount_fen for entry in self.entries)
        return self.balance.opening_fen + moved == self.balance.closing_fen


def of_tenant(tenant: Tenant) -> QuerySet[DailyBalance]:
    """Every closed day on which an account of ``tenant`` moved, newest first."""
    return DailyBalance.objects.visible_to(tenant).select_related("account").newest_first()


def statement(balance: DailyBalance) -> Statement:
    """``balance`` opened into its kinds of movement, in the order in which the kinds are defined."""
    return Statement(balance, entries_of(balance.account, postings(balance)))


def neighbours(balance: DailyBalance) -> dict[str, date | None]:
    """The days of the statements of the same account before (``earlier``) and after (``later``) ``balance``."""
    others = DailyBalance.objects.filter(account=balance.account)
    return others.aggregate(
        earlier=Max("day", filter=Q(day__lt=balance.day)), later=Min("day", filter=Q(day__gt=balance.day))
    )


def entries_of(account: Account, moved: QuerySet[Posting]) -> list[Entry]:
    """What ``moved`` comes to by kind. Kinds that did not move are left out; one that moved to and fro may be 0."""
    signed = Case(When(to_account=account, then=F("amount_fen")), default=-F("amount_fen"))
    rows = moved.order_by().values("kind").annotate(fen=Sum(signed))
    sums = {row["kind"]: int(row["fen"]) for row in rows}
    return [Entry(kind, str(label), sums[kind]) for kind, label in Kind.choices if kind in sums]


def postings(balance: DailyBalance, *, first: DailyBalance | None = None) -> QuerySet[Posting]:
    """The postings of ``balance``, or those of all statements of its account from ``first`` up to it; oldest first."""
    moved = Posting.objects.touching(balance.account)
    return moved.filter(day__gt=_closed_before(first or balance), day__lte=balance.day).order_by("pk")


def signed_fen(posting: Posting, account: Account) -> int:
    """The amount of ``posting`` as ``account`` sees it: below zero where it pays."""
    return posting.amount_fen if posting.to_account_id == account.pk else -posting.amount_fen


def lines(tenant: Tenant, day: date) -> QuerySet[Settlement]:
    """The settlement rows behind the figures of ``tenant`` on ``day``, by line and phase."""
    return Settlement.objects.visible_to(tenant).of_day(day).select_related("line").order_by("line_id", "phase")


def last_run() -> Run | None:
    """The last closed night. Platform scope."""
    return Run.objects.closed().order_by("-day").first()


def _closed_before(balance: DailyBalance) -> date:
    """The day of the account's statement before this one; what was posted after it belongs to this one."""
    earlier = DailyBalance.objects.filter(account=balance.account, day__lt=balance.day)
    return earlier.aggregate(last=Max("day"))["last"] or date.min
