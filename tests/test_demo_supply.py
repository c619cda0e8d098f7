"""The demo's bases may sell what they count: its merchants have agreed, as on the pages."""

import pytest

from bases.models import Consent, QuarantinedRow, Reservation, Stock
from haowu.audit.invariants import run_audit
from haowu.demo import supply
from haowu.ground import days
from tests import build
from tests.quarters import golden

pytestmark = pytest.mark.django_db


def test_the_demos_bases_have_stock_that_counts_and_orders_that_hold_it():
    golden(build.leader("l1"))
    shop = build.merchant("m1")
    goods = [build.product(shop, f"p{number}") for number in range(3)]
    paid = [build.paid(f"o{number}", "2024-06-01 10:00", [build.bought(each)]) for number, each in enumerate(goods)]
    build.push(build.source("shop"), paid)
    for _demo in range(2):
        at = days.now()
        supply.open_bases(at=at)
        assert Consent.objects.in_state("live", at).count() == 2
        assert Stock.objects.sold_by_working(at).count() == 4
        assert not QuarantinedRow.objects.exists()
    assert Reservation.objects.exists()
    assert [finding.code for finding in run_audit() if finding.code.startswith("I19") and not finding.holds] == []
