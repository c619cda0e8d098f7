"""From a figure of a statement down to the order lines that made it, line by line, to the fen.

A night posts for each account and kind what its settlement rows add up to (``postings.transfers``). Here the same
columns are read the other way: what one row brought to one account in one kind. Positive and negative amounts are
different kinds, so a row counts once in each figure that it is in.
"""

from collections.abc import Callable

from django.db.models import Case, F, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Least

from commissions.models import Settlement
from commissions.postings.netting import EARNING
from commissions.split import FROM_MERCHANT, ROLES
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant

Kind = Posting.Kind
Sign = Callable[[str], Combinable]
"""The positive, or the negative, amounts of a column; 0 for the others."""
LINE_KINDS: dict[str, tuple[str, ...]] = {
    Account.Kind.AVAILABLE: (*EARNING.values(), Kind.AGENCY_FEE, Kind.TECH_FEE, Kind.CLAWBACK, Kind.TECH_FEE_RETURNED),
    Account.Kind.FUNDING: (Kind.WITHHELD, Kind.COST, Kind.REIMBURSED),
    Account.Kind.RECEIVABLE: (Kind.OWED,),
}
"""The kinds that come from order lines, by account. A debt and what repays it follow from the sum of a night."""
BEHIND: dict[str, str] = {Kind.DEBT_DRAWN: Kind.CLAWBACK}
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
    """What one row brought to ``tenant`` in ``kind``: positive where its account grew."""
    for role, earning in EARNING.items():
        if kind == earning:
            return _in_role(tenant, role, _positive(f"{role}_fen"))
    figures: dict[str, Callable[[], Combinable]] = {
        Kind.AGENCY_FEE: lambda: _between_agency_and_streamer(tenant, _positive),
        Kind.TECH_FEE: lambda: -_in_roles(tenant, ROLES, "_fee_fen", _positive),
        Kind.TECH_FEE_RETURNED: lambda: -_in_roles(tenant, ROLES, "_fee_fen", _negative),
        Kind.CLAWBACK: lambda: (
            _in_roles(tenant, FROM_MERCHANT, "_fen", _negative) + _between_agency_and_streamer(tenant, _negative)
        ),
        Kind.WITHHELD: lambda: _in_role(tenant, "merchant", _positive("cost_fen")),
        Kind.COST: lambda: -_in_role(tenant, "merchant", _positive("cost_fen")),
        Kind.REIMBURSED: lambda: -_in_role(tenant, "merchant", _negative("cost_fen")),
        Kind.OWED: lambda: -_in_role(tenant, "merchant", _negative("cost_fen")),
    }
    return figures[kind]()


def _positive(column: str) -> Combinable:
    return Greatest(F(column), Value(0))


def _negative(column: str) -> Combinable:
    return Least(F(column), Value(0))


def _in_role(tenant: Tenant, role: str, amount: Combinable) -> Combinable:
    """``amount`` of the rows in which ``tenant`` fills ``role``."""
    return Case(When(**{role: tenant}, then=amount), default=Value(0))


def _in_roles(tenant: Tenant, roles: tuple[str, ...], column: str, sign: Sign) -> Combinable:
    """The sum over ``roles`` of what ``tenant`` has in each, counting only amounts of that sign."""
    first, *others = (_in_role(tenant, role, sign(f"{role}{column}")) for role in roles)
    return sum(others, first)


def _between_agency_and_streamer(tenant: Tenant, sign: Sign) -> Combinable:
    """An agency is paid by its streamer: what one gains the other loses."""
    amount = sign("agency_fen")
    return _in_role(tenant, "agency", amount) - _in_role(tenant, "streamer", amount)
