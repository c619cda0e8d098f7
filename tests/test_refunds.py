"""Rulebook §9: what a refund takes back, before the night, after it and while it runs; and what a debtor repays."""

import pytest

from commissions.nights import night
from haowu.ledger.models import Account, Posting
from tests.build import (
    bought,
    event,
    merchant,
    nets,
    normal_plan,
    paid,
    pick,
    policy,
    product,
    push,
    settle,
    source,
    story_of,
    streamer,
)
from tests.casework import audit_is_clean, balance, open_market, refund, sell, spend

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return open_market()


def reverse(market, order_no: str, at: str, refunded: str) -> None:
    push(market[1], [event("refund_reversed", order_no, at, line_no=1, refund_no=f"r{refunded}")])


def test_a_refund_before_settlement_shrinks_the_base_and_leaves_the_estimate():
    goods, by = product(merchant()), source()
    normal_plan(goods, 1500)
    pick(streamer(), goods, "x1")
    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods, "x1", price_fen=30_000)])])
    push(by, [event("received", "o1", "2024-06-01 12:00")])
    push(by, [event("refunded", "o1", "2024-06-02 12:00", line_no=1, refund_no="r1", amount_fen=10_000)])
    settle("2024-06-09")
    assert nets("o1") == [(3000, 300, 2700)]
    assert story_of("o1")["estimate"]["streamer"]["gross_fen"] == 4500


def test_a_line_refunded_whole_before_settlement_pays_nobody(market):
    sell(market, "o1", "2024-06-01 12:00")
    refund(market, "o1", "2024-06-02 12:00", 10_000)
    settle("2024-06-09")
    assert (story_of("o1")["status"], story_of("o1")["phases"]) == ("invalid", [])
    assert Posting.objects.count() == 0


def test_refunds_after_settlement_claw_back_by_differences_and_never_drift(market):
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    settle("2024-06-09")
    for day in (10, 11, 12):
        refund(market, "o1", f"2024-06-{day} 12:00", 3_333)
        settle(f"2024-06-{day + 1}")
    assert nets("o1") == [(1250, 125, 1125), (-417, -42, -375), (-416, -41, -375), (-417, -42, -375)]
    assert [phase["kind"] for phase in story_of("o1")["phases"]] == ["settlement", "clawback", "clawback", "clawback"]
    assert (balance("available"), balance("revenue", "platform"), balance("funding", "m1")) == (0, 0, 1250)
    assert audit_is_clean()


def test_a_clawback_beyond_the_balance_becomes_debt_that_the_next_earnings_repay(market):
    goods, by = market
    sell(market, "o1", "2024-06-01 12:00", price_fen=40_000)
    settle("2024-06-09")
    assert balance("available") == 4500
    spend(Account.objects.get(owner__code="s1", kind="available"), 2500)
    refund(market, "o1", "2024-06-10 12:00", 40_000)
    settle("2024-06-11")
    assert (balance("available"), balance("debt")) == (0, -2500)
    assert (balance("funding", "m1"), balance("receivable", "m1")) == (2500, 2500)
    push(by, [paid("o2", "2024-06-11 08:00", [bought(goods, "x1", price_fen=53_333)])])
    push(by, [event("received", "o2", "2024-06-12 12:00")])
    settle("2024-06-20")
    assert nets("o2") == [(6667, 667, 6000)]
    assert (balance("available"), balance("debt")) == (3500, 0)
    assert (balance("funding", "m1"), balance("receivable", "m1")) == (5000, 0)
    assert audit_is_clean()


def test_where_the_platform_fronts_clawbacks_the_merchant_has_the_money_at_once(market):
    policy(front_clawbacks=True)
    sell(market, "o1", "2024-06-01 12:00", price_fen=40_000)
    settle("2024-06-09")
    available = Account.objects.get(owner__code="s1", kind="available")
    spend(available, 4500)
    refund(market, "o1", "2024-06-10 12:00", 40_000)
    settle("2024-06-11")
    assert (balance("debt"), balance("funding", "m1")) == (-4500, 5000)
    assert not Account.objects.filter(kind="receivable").exists()
    assert audit_is_clean()


def test_where_the_platform_keeps_its_fee_only_nets_are_taken_back(market):
    policy(return_tech_fee=False)
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    settle("2024-06-09")
    for day in (10, 11, 12):
        refund(market, "o1", f"2024-06-{day} 12:00", 3_333)
        settle(f"2024-06-{day + 1}")
    assert nets("o1") == [(1250, 125, 1125), (-375, 0, -375), (-375, 0, -375), (-375, 0, -375)]
    assert (balance("available"), balance("revenue", "platform"), balance("funding", "m1")) == (0, 125, 1125)
    assert audit_is_clean()


def test_a_shortfall_is_divided_over_the_merchants_it_was_clawed_back_for():
    by, seller = source(), streamer("s1")
    for number, price in ((1, 10_000), (2, 20_000)):
        goods = product(merchant(f"m{number}"))
        normal_plan(goods, 1000)
        pick(seller, goods, f"x{number}")
        push(by, [paid(f"o{number}", "2024-06-01 08:00", [bought(goods, f"x{number}", price_fen=price)])])
        push(by, [event("received", f"o{number}", "2024-06-01 12:00")])
    settle("2024-06-09")
    spend(Account.objects.get(owner__code="s1", kind="available"), 1_000)
    for number, price in ((1, 10_000), (2, 20_000)):
        push(by, [event("refunded", f"o{number}", "2024-06-10 12:00", refund_no="r", amount_fen=price)])
    settle("2024-06-11")
    assert balance("debt") == -1000
    assert [(balance("funding", code), balance("receivable", code)) for code in ("m1", "m2")] == [
        (667, 333),
        (1333, 667),
    ]
    assert audit_is_clean()


def test_a_refund_that_arrives_while_its_day_is_sealed_waits_for_the_next_night(market):
    sell(market, "o1", "2024-06-01 12:00")
    night.open_run(night.date(2024, 6, 9), now=night.days.now())
    refund(market, "o1", "2024-06-08 12:00", 10_000)
    settle("2024-06-09")
    assert nets("o1") == [(1250, 125, 1125)]
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]


def test_a_refund_that_the_buyer_takes_back_before_settlement_leaves_the_line_whole(market):
    sell(market, "o1", "2024-06-01 12:00")
    refund(market, "o1", "2024-06-02 12:00", 10_000)
    reverse(market, "o1", "2024-06-03 12:00", "2024-06-02 12:00")
    settle("2024-06-09")
    assert nets("o1") == [(1250, 125, 1125)]


def test_a_refund_taken_back_after_its_clawback_is_paid_again(market):
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    settle("2024-06-09")
    refund(market, "o1", "2024-06-10 12:00", 3_333)
    settle("2024-06-11")
    reverse(market, "o1", "2024-06-12 12:00", "2024-06-10 12:00")
    settle("2024-06-13")
    assert nets("o1") == [(1250, 125, 1125), (-417, -42, -375), (417, 42, 375)]
    assert [phase["kind"] for phase in story_of("o1")["phases"]] == ["settlement", "clawback", "settlement"]
    assert audit_is_clean()


def test_refunds_known_before_the_night_are_settled_at_once_though_they_happened_later(market):
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    refund(market, "o1", "2024-06-20 12:00", 3_333)
    refund(market, "o1", "2024-06-25 12:00", 3_333)
    settle("2024-06-09")
    refund(market, "o1", "2024-06-10 12:00", 3_000)
    for day in ("2024-06-10", "2024-06-11", "2024-06-21", "2024-06-26"):
        settle(day)
    assert nets("o1") == [(417, 42, 375), (-375, -38, -337)]
    assert audit_is_clean()


def test_a_cancellation_that_comes_in_after_its_line_was_settled_takes_all_of_it_back(market):
    by = market[1]
    sell(market, "o1", "2024-06-01 12:00")
    refund(market, "o1", "2024-06-01 09:00", 2_000)
    reverse(market, "o1", "2024-06-01 11:00", "2024-06-01 09:00")
    settle("2024-06-09")
    push(by, [event("cancelled", "o1", "2024-06-01 10:00")])
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]
    assert audit_is_clean()


def test_what_a_refund_takes_from_a_natural_order_is_shown_as_a_clawback_of_nothing(market):
    goods, by = market
    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods)]), event("received", "o1", "2024-06-01 12:00")])
    settle("2024-06-09")
    refund(market, "o1", "2024-06-10 10:00", 4_000)
    settle("2024-06-11")
    push(by, [event("refund_reversed", "o1", "2024-06-12 10:00", line_no=1, refund_no="r2024-06-10 10:00")])
    settle("2024-06-13")
    assert [phase["kind"] for phase in story_of("o1")["phases"]] == ["settlement", "clawback", "settlement"]
    assert Posting.objects.count() == 0
