"""Rulebook §16: providers and agencies are paid with the line, each with a tech fee of its own, and clawed back."""

import pytest

from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account
from merchants import providers
from merchants.models import Engagement
from tests.build import (
    bought,
    event,
    merchant,
    moment,
    nets,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    story_of,
    streamer,
    tenant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    """m1 pays 20% and gives its provider 3% of the base; s1 gives his agency 25% of his net."""
    shop, seller, by = merchant("m1"), streamer("s1"), source()
    goods = product(shop)
    normal_plan(goods, 2000)
    pick(seller, goods, "x1")
    at = moment("2024-06-01 00:00")
    providers.engage(shop, tenant("provider", "shop-care"), services="代运营", bps=300, at=at)
    providers.engage(seller, tenant("provider", "agency"), services="经纪", bps=2500, at=at)
    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods, "x1")]), event("received", "o1", "2024-06-01 12:00")])
    return goods, by


def balance(code: str, kind: str = "available") -> int:
    return Account.objects.get(owner__code=code, kind=kind).balance_fen


def assert_audit_is_clean() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def test_a_provider_is_paid_by_the_merchant_and_an_agency_by_its_streamer(market):
    settle("2024-06-09")
    assert nets("o1") == [(2000, 200, 1800)]
    assert nets("o1", "provider") == [(300, 30, 270)]
    assert nets("o1", "agency") == [(450, 45, 405)]
    assert story_of("o1")["phases"][0]["merchant"] == {"cost_fen": 2300}
    assert [balance(code) for code in ("s1", "shop-care", "agency")] == [1350, 270, 405]
    assert balance("platform", "revenue") == 200 + 30 + 45
    assert_audit_is_clean()


def test_what_is_refunded_is_clawed_back_from_each(market):
    settle("2024-06-09")
    push(market[1], [event("refunded", "o1", "2024-06-10 12:00", refund_no="r1", amount_fen=10_000)])
    settle("2024-06-11")
    assert nets("o1", "agency") == [(450, 45, 405), (-450, -45, -405)]
    assert [balance(code) for code in ("s1", "shop-care", "agency")] == [0, 0, 0]
    assert (balance("platform", "revenue"), balance("m1", "funding")) == (0, 2300)
    assert_audit_is_clean()


@pytest.mark.parametrize("spent", ["s1", "agency", "both"])
def test_an_agency_or_streamer_without_the_money_goes_into_debt_and_the_books_still_add_up(market, spent):
    from tests.casework import spend

    settle("2024-06-09")
    for code in ("s1", "agency") if spent == "both" else (spent,):
        spend(Account.objects.get(owner__code=code, kind="available"), balance(code))
    push(market[1], [event("refunded", "o1", "2024-06-10 12:00", refund_no="r1", amount_fen=10_000)])
    settle("2024-06-11")
    waiting = {"s1": 1350, "agency": 405, "both": 1755}[spent]
    assert (balance("m1", "funding"), balance("m1", "receivable")) == (2300 - waiting, waiting)
    assert_audit_is_clean()


def test_an_engagement_counts_for_orders_within_its_window_only(market):
    goods, by = market
    engagement = Engagement.objects.get(basis="base")
    providers.disengage(engagement, at=moment("2024-06-02 00:00"))
    push(by, [paid("o2", "2024-06-02 00:00:00", [bought(goods, "x1")])])
    push(by, [paid("o3", "2024-06-01 23:59:59", [bought(goods, "x1")])])
    assert "provider" not in story_of("o2")["estimate"]
    assert story_of("o3")["estimate"]["provider"]["gross_fen"] == 300


@pytest.mark.parametrize(
    ("client", "provider", "bps", "refusal"),
    [
        ("m1", "shop-care", 100, providers.EngagementExists),
        ("m1", "shop-care", 1001, providers.EngagementRateOutOfRange),
        ("m1", "s1", 100, providers.NotAProvider),
        ("agency", "shop-care", 100, providers.ClientUnfit),
    ],
)
def test_an_engagement_that_cannot_be_is_refused(market, client, provider, bps, refusal):
    from haowu.tenants.models import Tenant

    with pytest.raises(refusal):
        providers.engage(
            Tenant.objects.get(code=client),
            Tenant.objects.get(code=provider),
            services="x",
            bps=bps,
            at=moment("2024-06-05 00:00"),
        )
    assert Engagement.objects.count() == 2
