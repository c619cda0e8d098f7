"""From a figure of a statement down to the order lines that made it, line by line, to the fen.

A night posts for each account and kind what its settlement rows add up to (``postings.transfers``). Here the same
columns are read the other way: what one row brought to one account in one kind. Positive and negative parts are
different kinds, so a row counts once in each figure that it is in.
"""

from django.db.models import Case, F, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least

from commissions.models import Settlement
from commissions.postings.netting import EARNING
from commissions.split import FROM_MERCHANT, ROLES
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant

Kind = Posting.Kind
LINE_KINDS = {
    Account.Kind.AVAILABLE: (*EARNING.values(), Kind.AGENCY_FEE, Kind.TECH_FEE, Kind.CLAWBACK, Kind.TECH_FEE_RETURNED),
    Account.Kind.FUNDING: (Kind.WITHHELD, Kind.COST, Kind.REIMBURSED),
    Account.Kind.RECEIVABLE: (Kind.OWED,),
}
"""The kinds that come from order lines, by account. A debt and what repays it follow from the sum of a night."""
BEHIND = {Kind.DEBT_DRAWN: Kind.CLAWBACK}
"""A kind that has no lines of its own, and the one whose lines led to it."""


def line_kind(account_kind: str, kind: str) -> str | None:
    """The kind whose lines stand behind a figure; None where it is not made of lines."""
    kind = BEHIND.get(kind, kind)
    holder = Account.Kind.AVAILABLE if account_kind == Account.Kind.DEBT else account_kind
    return kind if kind in LINE_KINDS.get(holder, ()) else None


def lines_of(rows: QuerySet[Settlement], tenant: Tenant, kind: str) -> QuerySet[Settlement]:
    """Those of ``rows`` that are in the figure ``kind`` of ``tenant``, with ``figure_fen`` signed from its account."""
    return rows.annotate(figure_fen=_figure(tenant, kind)).exclude(figure_fen=0)


def sum_of(lines: QuerySet[Settlement]) -> int:
    return int(lines.order_by().aggregate(fen=Sum("figure_fen"))["fen"] or 0)


def _figure(tenant: Tenant, kind: str) -> Combinable:
    for role, earning in EARNING.items():
        if kind == earning:
            return _as(tenant, role, _up(f"{role}_fen"))
    figures = {
        Kind.AGENCY_FEE: lambda: _as(tenant, "agency", _up("agency_fen")) - _as(tenant, "streamer", _up("agency_fen")),
        Kind.TECH_FEE: lambda: -_all(tenant, ROLES, "_fee_fen", _up),
        Kind.TECH_FEE_RETURNED: lambda: -_all(tenant, ROLES, "_fee_fen", _down),
        Kind.CLAWBACK: lambda: (
            _all(tenant, FROM_MERCHANT, "_fen", _down)
            + _as(tenant, "agency", _down("agency_fen"))
            - _as(tenant, "streamer", _down("agency_fen"))
        ),
        Kind.WITHHELD: lambda: _as(tenant, "merchant", _up("cost_fen")),
        Kind.COST: lambda: -_as(tenant, "merchant", _up("cost_fen")),
        Kind.REIMBURSED: lambda: -_as(tenant, "merchant", _down("cost_fen")),
        Kind.OWED: lambda: -_as(tenant, "merchant", _down("cost_fen")),
    }
    return figures[kind]()


def _up(column: str) -> Combinable:
    return Greatest(F(column), Value(0))


def _down(column: str) -> Combinable:
    return Least(F(column), Value(0))


def _as(tenant: Tenant, role: str, amount: Combinable) -> Combinable:
    """``amount`` of the rows in which ``tenant`` fills ``role``."""
    return Case(When(**{role: tenant}, then=amount), default=Value(0))


def _all(tenant: Tenant, roles: tuple[str, ...], column: str, part) -> Combinable:
    first, *others = (_as(tenant, role, part(f"{role}{column}")) for role in roles)
    for other in others:
        first = first + other
    return first
