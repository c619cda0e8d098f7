"""What the tests of bases' rights to goods share: what counts, what is shown, what was kept back."""

from datetime import datetime, timedelta

from bases.models import QuarantinedRow, Stock
from haowu.audit.invariants import run_audit
from merchants.models import Product
from tests.build import moment

MS = timedelta(milliseconds=1)
JUNE, JULY = moment("2024-06-02 00:00"), moment("2024-07-01 00:00")


def row(sku: str, quantity: int, price: int = 1_000, code: str = "p1") -> tuple:
    return ("m1", code, sku, price, quantity)


def reasons() -> list[str]:
    return list(QuarantinedRow.objects.open().order_by("pk").values_list("reason", flat=True))


def shown(at: datetime) -> set[str]:
    """The products that the selection centre shows."""
    return set(Product.objects.listed().supplied(at).values_list("code", flat=True))


def sold(at: datetime) -> int:
    """How many rows of stock count."""
    return Stock.objects.sold_by_working(at).count()


def broken() -> dict[str, list[str]]:
    """What the audit of stock finds."""
    findings = [finding for finding in run_audit() if finding.code.startswith("I19")]
    return {finding.code: finding.examples for finding in findings if not finding.holds}
