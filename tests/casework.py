"""What the tests of nights, refunds, holds, disputes, corrections and reconciliation share."""

from datetime import date, timedelta

from commissions.models import (
    Adjustment,
    Correction,
    Dispute,
    LineHold,
    OrderLine,
    ReconciliationItem,
    ResettledLine,
    Resettlement,
    TenantHold,
)
from haowu.approvals.models import Trail
from haowu.audit.invariants import run_audit
from haowu.ledger import books
from haowu.ledger.models import Account, Posting
from haowu.tenants.models import Tenant, User
from merchants.models import Product
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, source, streamer

ONE_DAY = timedelta(days=1)
TABLES = (
    Account, Posting, OrderLine, Adjustment, Trail, Correction, Dispute, LineHold, ReconciliationItem,
    ResettledLine, Resettlement, TenantHold,
)  # fmt: skip


def staff(username: str = "staff", *, is_staff: bool = True) -> User:
    """One of the platform's people; the same name is the same person."""
    return User.objects.get_or_create(username=username, defaults={"is_staff": is_staff})[0]


def open_market() -> tuple[Product, Tenant]:
    """A product at 12.5%, its streamer, and the shop system that sends orders."""
    goods = product(merchant("m1"))
    normal_plan(goods, 1250)
    pick(streamer("s1"), goods, "x1")
    return goods, source("shop")


def sell(market, order_no: str, received: str, *, price_fen: int = 10_000) -> None:
    goods, by = market
    push(by, [paid(order_no, "2024-06-01 08:00", [bought(goods, "x1", price_fen=price_fen)])])
    push(by, [event("received", order_no, received)])


def refund(market, order_no: str, at: str, amount_fen: int) -> None:
    push(market[1], [event("refunded", order_no, at, line_no=1, refund_no=f"r{at}", amount_fen=amount_fen)])


def balance(kind: str, owner: str = "s1") -> int:
    """0 where the account was never opened."""
    found = Account.objects.filter(owner__code=owner, kind=kind, code="").first()
    return found.balance_fen if found else 0


def spend(account: Account, amount_fen: int) -> None:
    """Take money out of the account by a correction."""
    outside = Account.objects.get(kind="external").pk
    transfer = books.Transfer(account.pk, outside, amount_fen, "correction", f"spent-{account.pk}", "test")
    books.post([transfer], day=date(2024, 6, 10))


def everything() -> list:
    """Every row that a case may touch, to prove that a refusal touched none."""
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def audit_is_clean() -> bool:
    broken = [(finding.code, finding.examples) for finding in run_audit() if not finding.holds]
    assert broken == []
    return True
