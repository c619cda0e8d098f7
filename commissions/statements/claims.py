"""What debtors still owe a merchant, or have repaid it, as figures of its statements open into them.

A night uses what a debtor repays for the oldest claims on it first (``postings.transfers``). The books keep the sums;
which claim got what on which night follows from them, and is computed here.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from commissions.models import Claim
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant


@dataclass(frozen=True)
class Repayment:
    """``fen`` of ``claim`` that came in on ``day``."""

    claim: Claim
    day: date
    fen: int


def arisen(merchant: Tenant, day: date) -> list[Claim]:
    """The claims that the night of ``day`` left open: clawed back, and not there."""
    return list(Claim.objects.filter(merchant=merchant, day=day).select_related("debtor").order_by("pk"))


def repaid(merchant: Tenant, day: date) -> list[Repayment]:
    """What the night of ``day`` repaid of the claims of ``merchant``. Platform scope: it reads debtors' postings."""
    debtors = Claim.objects.filter(merchant=merchant, repaid_fen__gt=0, day__lt=day).values("debtor")
    claims: dict[int, list[Claim]] = defaultdict(list)
    rows = Claim.objects.filter(debtor__in=debtors).select_related("debtor").order_by("day", "merchant", "pk")
    for claim in rows:
        claims[claim.debtor_id].append(claim)
    return [
        each
        for debtor, theirs in claims.items()
        for each in _repayments(theirs, _paying(debtor, day))
        if each.day == day and each.claim.merchant_id == merchant.pk
    ]


def _paying(debtor: int, day: date) -> list[tuple[date, int]]:
    """``[(night, fen)]`` that ``debtor`` repaid, up to ``day``."""
    nights = Posting.objects.filter(
        from_account__owner=debtor,
        from_account__kind=Account.Kind.AVAILABLE,
        kind=Posting.Kind.DEBT_REPAID,
        cause__startswith="run:",
        day__lte=day,
    )
    return list(nights.order_by("day").values_list("day", "amount_fen"))


def _repayments(claims: list[Claim], paying: list[tuple[date, int]]) -> list[Repayment]:
    """Each night's repayment over the claims that were open by then, the oldest first."""
    left = {claim.pk: claim.amount_fen for claim in claims}
    repayments = []
    for day, fen in paying:
        for claim in claims:
            share = min(left[claim.pk], fen) if claim.day < day else 0
            if share:
                left[claim.pk] -= share
                fen -= share
                repayments.append(Repayment(claim, day, share))
    return repayments
