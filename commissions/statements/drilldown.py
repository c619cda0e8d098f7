"""A figure of a statement opened: its postings, the order lines it was made of, and what lies between.

Lines and figure differ where a deposit paid for some, where a debtor had not enough, or where he repaid what he owed;
then the components name the difference, and add up to the figure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commissions.models import Settlement
from commissions.statements import claims, daily, figure_rows
from commissions.statements.daily import Entry
from haowu.ground.errors import NotFound
from haowu.ledger.models import Account, DailyBalance, Posting
from haowu.tenants.models import Tenant

Kind = Posting.Kind


class NoSuchEntry(NotFound):
    text = gettext_lazy("对账单里没有这一项。")


@dataclass(frozen=True)
class Component:
    """What a figure is made of, signed as the figure is."""

    label: str
    amount_fen: int


@dataclass(frozen=True)
class Opened:
    """``lines`` carry ``figure_fen``, None where no order line is behind the figure. ``components`` add up to it."""

    entry: Entry
    postings: QuerySet[Posting]
    lines: QuerySet[Settlement] | None
    components: list[Component]
    repayments: list[claims.Repayment]
    claims: list

    @property
    def adds_up(self) -> bool:
        return sum(component.amount_fen for component in self.components) == self.entry.amount_fen


def opened(tenant: Tenant, balance: DailyBalance, kind: str) -> Opened:
    """The figure ``kind`` of the statement ``balance`` of ``tenant``. Platform scope. Raises NoSuchEntry."""
    account = balance.account
    moved = daily.postings(balance).filter(kind=kind)
    entry = next(iter(daily.entries_of(account, moved)), None)
    if entry is None:
        raise NoSuchEntry
    made_of = figure_rows.line_kind(account.kind, kind)
    lines = figure_rows.lines_of(daily.lines(tenant, balance.day), tenant, made_of) if made_of else None
    owed = claims.arisen(tenant, balance.day) if kind in (Kind.REIMBURSED, Kind.OWED) else []
    back = claims.repaid(tenant, balance.day) if kind == Kind.REIMBURSED else []
    night = next(iter(daily.entries_of(account, moved.filter(cause=f"run:{balance.day}"))), None)
    night_fen = night.amount_fen if night else 0
    components = list(_components(account, kind, lines, night_fen, owed, back))
    if other := entry.amount_fen - night_fen:
        components.append(Component(_("结算夜之外的记账"), other))
    return Opened(entry, moved, lines, components, back, owed)


def _components(
    account: Account, kind: str, lines: QuerySet[Settlement] | None, night_fen: int, owed: list, back: list
) -> Iterator[Component]:
    """What the night brought to the figure."""
    owed_fen = sum(claim.amount_fen for claim in owed)
    back_fen = sum(each.fen for each in back)
    if not night_fen:
        return
    if account.kind == Account.Kind.RECEIVABLE:
        if kind == Kind.OWED:
            yield Component(_("当晚未能从对方余额追回"), owed_fen)
        else:
            yield Component(_("对方还款，转入佣金账户"), -back_fen)
    elif lines is None or kind in figure_rows.BEHIND:
        yield Component(_("当晚的净变动"), night_fen)
    else:
        sum_fen = figure_rows.sum_of(lines)
        yield Component(_("订单行合计"), sum_fen)
        if kind == Kind.REIMBURSED and owed_fen:
            yield Component(_("其中对方余额不足，转入待返还"), -owed_fen)
        if kind == Kind.REIMBURSED and back_fen:
            yield Component(_("对方偿还之前的欠款"), back_fen)
        if kind == Kind.WITHHELD and night_fen != sum_fen:
            yield Component(_("其中由佣金账户余额支付，未从货款代扣"), night_fen - sum_fen)
