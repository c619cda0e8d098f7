"""A month of an account: the sum of its daily statements, from the first one's opening to the last one's closing.

A posting belongs to the month of the statement that holds it, so that months are equal to their days.
"""

import calendar
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, F, Max, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import TruncMonth

from commissions.statements import daily
from commissions.statements.daily import Entry
from haowu.ledger.models import Account, DailyBalance
from haowu.tenants.models import Tenant


@dataclass(frozen=True)
class Month:
    """``first_on`` is the first of the month; ``days`` counts its statements, the last of ``last_on``."""

    account_kind: str
    first_on: date
    last_on: date
    days: int
    opening_fen: int
    inflow_fen: int
    outflow_fen: int
    closing_fen: int

    @property
    def account_label(self) -> str:
        return str(Account.Kind(self.account_kind).label)


@dataclass(frozen=True)
class DayOfMonth:
    """What one kind came to on one day."""

    day: date
    amount_fen: int


def months(days: QuerySet[DailyBalance]) -> QuerySet:
    """The months of the statements ``days`` by account, as rows that ``month_of`` reads."""
    rows = days.order_by().annotate(month=TruncMonth("day")).values("account__kind", "month")
    return rows.annotate(
        last_on=Max("day"),
        days=Count("pk"),
        openings=ArrayAgg("opening_fen", order_by="day"),
        inflow_fen=Sum("inflow_fen"),
        outflow_fen=Sum("outflow_fen"),
        closings=ArrayAgg("closing_fen", order_by="day"),
    )


def month_of(row: dict) -> Month:
    return Month(
        row["account__kind"],
        row["month"],
        row["last_on"],
        row["days"],
        row["openings"][0],
        int(row["inflow_fen"]),
        int(row["outflow_fen"]),
        row["closings"][-1],
    )


def of_tenant(tenant: Tenant, days: QuerySet[DailyBalance] | None = None) -> list[Month]:
    """Every month in which an account of ``tenant`` moved, newest first; narrowed to the statements ``days``."""
    rows = months(daily.of_tenant(tenant) if days is None else days)
    return [month_of(row) for row in rows.order_by("-month", "account__kind")]


def days_of(tenant: Tenant, account_kind: str, first_on: date) -> list[DailyBalance]:
    """The statements of one month of one account, oldest first."""
    last = first_on.replace(day=calendar.monthrange(first_on.year, first_on.month)[1])
    mine = daily.of_tenant(tenant).filter(account__kind=account_kind, day__range=(first_on, last))
    return list(mine.order_by("day"))


def entries(days: list[DailyBalance]) -> list[Entry]:
    """What the statements ``days`` of one account, oldest first, come to by kind."""
    return daily.entries_of(days[0].account, daily.postings(days[-1], first=days[0]))


def by_day(days: list[DailyBalance], kind: str) -> list[DayOfMonth]:
    """The days on which ``kind`` moved, each with its sum: the figures of the daily statements."""
    account = days[0].account
    moved = daily.postings(days[-1], first=days[0]).filter(kind=kind).order_by()
    statement = DailyBalance.objects.filter(account=account, day__gte=OuterRef("day")).order_by("day")
    signed = Case(When(to_account=account, then=F("amount_fen")), default=-F("amount_fen"))
    rows = moved.annotate(closed_on=Subquery(statement.values("day")[:1])).values("closed_on").annotate(fen=Sum(signed))
    return [DayOfMonth(row["closed_on"], int(row["fen"])) for row in rows.order_by("closed_on")]
