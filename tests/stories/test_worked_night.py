"""``docs/money.md``, the worked night, figure for figure."""

import pytest

from commissions.models import Settlement
from commissions.statements.daily import of_tenant, statement
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account
from haowu.tenants.models import Tenant
from tests.build import bought, event, merchant, nets, normal_plan, paid, pick, product, push, settle, source, streamer

pytestmark = pytest.mark.django_db


def closing(code: str, kind: str = "available") -> int:
    return Account.objects.get(owner__code=code, kind=kind).balance_fen


def test_the_worked_night():
    coat, by = product(merchant("m1"), price_fen=12_900), source()
    normal_plan(coat, 2000)
    for code in ("s1", "s2"):
        pick(streamer(code), coat, f"pid-{code}")
    coupons = {"merchant_coupon_fen": 2000, "platform_coupon_fen": 1000}
    push(
        by,
        [
            paid("o1", "2024-05-30 10:00", [bought(coat, "pid-s1", price_fen=25_800, **coupons)], freight_fen=800),
            paid("o2", "2024-05-30 10:00", [bought(coat, "pid-s2", price_fen=9_999)]),
            paid("o3", "2024-05-30 10:00", [bought(coat, "pid-s1", price_fen=5_000)]),
            paid("o4", "2024-05-30 10:00", [bought(coat, price_fen=7_000)]),
            event("received", "o1", "2024-06-01 12:00"),
            event("received", "o2", "2024-06-01 23:59:59"),
            event("received", "o3", "2024-06-02 00:00:00"),
            event("received", "o4", "2024-06-01 12:00"),
        ],
    )
    first = settle("2024-06-09")
    assert (first.report["lines"], first.report["postings"]) == (3, 6)
    assert nets("o1") == [(4560, 456, 4104)]
    assert nets("o2") == [(2000, 200, 1800)]
    assert (closing("s1"), closing("s2"), closing("platform", "revenue")) == (4104, 1800, 656)

    settle("2024-06-10")
    assert nets("o3") == [(1000, 100, 900)]
    assert closing("s1") == 5004

    push(by, [event("refunded", "o2", "2024-06-10 15:00", line_no=1, refund_no="r1", amount_fen=3_333)])
    settle("2024-06-11")
    assert nets("o2") == [(2000, 200, 1800), (-667, -67, -600)]
    assert (closing("s2"), closing("m1", "funding"), closing("platform", "revenue")) == (1200, 667, 656 + 100 - 67)

    days = of_tenant(Tenant.objects.get(code="s2"))
    assert [(str(day.day), day.opening_fen, day.closing_fen) for day in days] == [
        ("2024-06-11", 1800, 1200),
        ("2024-06-09", 0, 1800),
    ]
    entries = {entry.kind: entry.amount_fen for entry in statement(days[0]).entries}
    assert entries == {"clawback": -667, "tech_fee_returned": 67}
    assert all(statement(day).adds_up for day in days)
    assert Settlement.objects.count() == 5
    assert [finding.code for finding in run_audit() if not finding.holds] == []
