"""Rulebook §8, §9: when a line settles, once; and what a refund takes back."""

import pytest

from commissions.models import OrderLine, Policy, Run, Settlement
from commissions.nights import night
from haowu.analytics.audit import run_audit
from haowu.ledger import books
from haowu.ledger.models import Account, DailyBalance, Posting
from merchants.models import Category, Shop
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
    streamer,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    """A product at 12.5%, its streamer, and the shop system that sends orders."""
    goods = product(merchant("m1"))
    normal_plan(goods, 1250)
    pick(streamer("s1"), goods, "x1")
    return goods, source()


def sell(market, order_no: str, received: str, *, price_fen: int = 10_000) -> None:
    goods, by = market
    push(by, [paid(order_no, "2024-06-01 08:00", [bought(goods, "x1", price_fen=price_fen)])])
    push(by, [event("received", order_no, received)])


def refund(market, order_no: str, at: str, amount_fen: int) -> None:
    push(market[1], [event("refunded", order_no, at, line_no=1, refund_no=f"r{at}", amount_fen=amount_fen)])


def balance(kind: str, owner: str = "s1") -> int:
    return Account.objects.get(owner__code=owner, kind=kind).balance_fen


def spend(account: Account, amount_fen: int) -> None:
    """Take money out of the account by a correction."""
    outside = Account.objects.get(kind="external").pk
    transfer = books.Transfer(account.pk, outside, amount_fen, "correction", f"spent-{account.pk}", "test")
    books.post([transfer], day=night.date(2024, 6, 10))


def assert_audit_is_clean() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []


@pytest.mark.parametrize(
    ("received", "first_night"),
    [("2024-06-01 23:59:59.999000", "2024-06-09"), ("2024-06-02 00:00:00.000000", "2024-06-10")],
)
def test_a_line_settles_in_the_first_night_after_its_hold(market, received, first_night):
    sell(market, "o1", received)
    before = str(night.days.day_of(night.days.start_of(night.date.fromisoformat(first_night)) - night.days.ONE_DAY))
    settle(before)
    assert told("o1")["status"] == "received"
    settle(first_night)
    assert (told("o1")["status"], told("o1")["phases"][0]["day"]) == ("settled", first_night)
    assert nets("o1") == [(1250, 125, 1125)]


def test_the_money_of_a_night(market):
    sell(market, "o1", "2024-06-01 12:00")
    run = settle("2024-06-09")
    assert (balance("available"), balance("funding", "m1"), balance("revenue", "platform")) == (1125, 0, 125)
    assert Account.objects.get(kind="clearing", code="2024-06-09").balance_fen == 0
    assert list(Posting.objects.order_by("pk").values_list("kind", "amount_fen")) == [
        ("commission", 1250),
        ("tech_fee", 125),
        ("withheld", 1250),
        ("cost", 1250),
    ]
    assert (run.report["lines"], run.report["totals"]["settlement"]["merchant_cost_fen"]) == (1, 1250)
    assert all(run.report["proofs"].values())
    assert_audit_is_clean()


def test_settling_a_closed_day_again_changes_no_row(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    tables = (Run, Settlement, Posting, DailyBalance, Account, OrderLine)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    settle("2024-06-09")
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_an_empty_night_is_closed_with_a_report(market):
    run = settle("2024-06-09")
    assert (run.status, run.report["lines"], run.report["postings"]) == ("closed", 0, 0)


def test_a_later_night_takes_the_nights_that_were_skipped(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-05")
    settle("2024-06-30")
    assert told("o1")["phases"][0]["day"] == "2024-06-30"
    with pytest.raises(night.DayCovered):
        settle("2024-06-20")
    assert Run.objects.count() == 2


def test_a_night_left_open_is_finished_before_the_next(market):
    sell(market, "o1", "2024-06-01 12:00")
    night.open_run(night.date(2024, 6, 9), now=night.days.now())
    refund(market, "o1", "2024-06-09 12:00", 4_000)
    settle("2024-06-10")
    assert [str(run.day) for run in Run.objects.closed().order_by("day")] == ["2024-06-09", "2024-06-10"]
    assert nets("o1") == [(1250, 125, 1125), (-500, -50, -450)]
    assert_audit_is_clean()


def test_a_day_that_has_not_begun_is_refused():
    with pytest.raises(night.DayNotEnded):
        settle("2099-01-01")
    assert Run.objects.count() == 0


def test_facts_about_a_closed_day_settle_in_the_next_open_one(market):
    settle("2024-06-20")
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-21")
    assert told("o1")["phases"][0]["day"] == "2024-06-21"


def test_a_line_with_an_open_case_is_held_alone_and_settles_the_night_after_the_case_closes(market):
    goods, by = market
    lines = [bought(goods, "x1"), bought(goods, "x1", line_no=2)]
    push(by, [paid("o1", "2024-06-01 08:00", lines), event("received", "o1", "2024-06-01 12:00")])
    push(by, [event("after_sale_opened", "o1", "2024-06-03 09:00", line_no=1, case_no="c1")])
    settle("2024-06-09")
    assert told("o1", 1)["held"] == {"reason": "AFTER_SALE_OPEN", "since": "2024-06-03T09:00:00+08:00"}
    assert (told("o1", 1)["status"], told("o1", 2)["status"]) == ("received", "settled")
    push(by, [event("after_sale_closed", "o1", "2024-06-11 09:00", case_no="c1")])
    settle("2024-06-11")
    assert told("o1", 1)["phases"] == []
    settle("2024-06-12")
    assert (told("o1", 1)["status"], told("o1", 1)["held"]) == ("settled", None)


@pytest.mark.parametrize(
    ("where", "expected"), [("policy", "2024-06-05"), ("category", "2024-06-07"), ("merchant", "2024-06-04")]
)
def test_the_hold_is_the_merchants_else_the_categorys_else_the_policys(market, where, expected):
    policy(hold_days=3)
    if where in {"category", "merchant"}:
        Category.objects.filter(code="other").update(hold_days=5)
    if where == "merchant":
        Shop.objects.update(hold_days=2)
    sell(market, "o1", "2024-06-01 12:00")
    assert str(OrderLine.objects.get().settles_on) == expected


def test_a_policy_changed_later_leaves_frozen_terms_alone(market):
    sell(market, "o1", "2024-06-01 12:00")
    Policy.objects.create(effective_from=night.days.BEGINNING, tech_bps=2000)
    settle("2024-06-09")
    assert nets("o1") == [(1250, 125, 1125)]


def test_a_refund_before_settlement_shrinks_the_base_and_leaves_the_estimate():
    goods, by = product(merchant()), source()
    normal_plan(goods, 1500)
    pick(streamer(), goods, "x1")
    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods, "x1", price_fen=30_000)])])
    push(by, [event("received", "o1", "2024-06-01 12:00")])
    push(by, [event("refunded", "o1", "2024-06-02 12:00", line_no=1, refund_no="r1", amount_fen=10_000)])
    settle("2024-06-09")
    assert nets("o1") == [(3000, 300, 2700)]
    assert told("o1")["estimate"]["streamer"]["gross_fen"] == 4500


def test_a_line_refunded_whole_before_settlement_pays_nobody(market):
    sell(market, "o1", "2024-06-01 12:00")
    refund(market, "o1", "2024-06-02 12:00", 10_000)
    settle("2024-06-09")
    assert (told("o1")["status"], told("o1")["phases"]) == ("invalid", [])
    assert Posting.objects.count() == 0


def test_refunds_after_settlement_claw_back_by_differences_and_never_drift(market):
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    settle("2024-06-09")
    for day in (10, 11, 12):
        refund(market, "o1", f"2024-06-{day} 12:00", 3_333)
        settle(f"2024-06-{day + 1}")
    assert nets("o1") == [(1250, 125, 1125), (-417, -42, -375), (-416, -41, -375), (-417, -42, -375)]
    assert [phase["kind"] for phase in told("o1")["phases"]] == ["settlement", "clawback", "clawback", "clawback"]
    assert (balance("available"), balance("revenue", "platform"), balance("funding", "m1")) == (0, 0, 1250)
    assert_audit_is_clean()


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
    assert_audit_is_clean()


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
    assert_audit_is_clean()


def test_where_the_platform_keeps_its_fee_only_nets_are_taken_back(market):
    policy(return_tech_fee=False)
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    settle("2024-06-09")
    for day in (10, 11, 12):
        refund(market, "o1", f"2024-06-{day} 12:00", 3_333)
        settle(f"2024-06-{day + 1}")
    assert nets("o1") == [(1250, 125, 1125), (-375, 0, -375), (-375, 0, -375), (-375, 0, -375)]
    assert (balance("available"), balance("revenue", "platform"), balance("funding", "m1")) == (0, 125, 1125)
    assert_audit_is_clean()


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
    assert_audit_is_clean()


def test_a_refund_that_arrives_while_its_day_is_sealed_waits_for_the_next_night(market):
    sell(market, "o1", "2024-06-01 12:00")
    night.open_run(night.date(2024, 6, 9), now=night.days.now())
    refund(market, "o1", "2024-06-08 12:00", 10_000)
    settle("2024-06-09")
    assert nets("o1") == [(1250, 125, 1125)]
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]


def test_the_audit_names_what_somebody_changed_behind_its_back(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    assert_audit_is_clean()
    OrderLine.objects.update(commission_bps=1300)
    assert [finding.code for finding in run_audit() if not finding.holds] == ["I10"]


def reverse(market, order_no: str, at: str, refunded: str) -> None:
    push(market[1], [event("refund_reversed", order_no, at, line_no=1, refund_no=f"r{refunded}")])


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
    assert [phase["kind"] for phase in told("o1")["phases"]] == ["settlement", "clawback", "settlement"]
    assert_audit_is_clean()


def test_refunds_known_before_the_night_are_settled_at_once_though_they_happened_later(market):
    sell(market, "o1", "2024-06-01 12:00", price_fen=9_999)
    refund(market, "o1", "2024-06-20 12:00", 3_333)
    refund(market, "o1", "2024-06-25 12:00", 3_333)
    settle("2024-06-09")
    refund(market, "o1", "2024-06-10 12:00", 3_000)
    for day in ("2024-06-10", "2024-06-11", "2024-06-21", "2024-06-26"):
        settle(day)
    assert nets("o1") == [(417, 42, 375), (-375, -38, -337)]
    assert_audit_is_clean()


def test_a_payment_that_a_night_settled_stays_though_an_earlier_one_comes_in(market):
    goods, by = market
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    (receipt,) = push(by, [paid("o1", "2024-06-01 07:00", [bought(goods, "x1", price_fen=30_000)])])
    assert (receipt.status, receipt.code) == ("rejected", "LINE_ALREADY_PAID")
    refund(market, "o1", "2024-06-09 12:00", 10_000)
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]
    assert_audit_is_clean()


def test_a_cancellation_that_comes_in_after_its_line_was_settled_takes_all_of_it_back(market):
    by = market[1]
    sell(market, "o1", "2024-06-01 12:00")
    refund(market, "o1", "2024-06-01 09:00", 2_000)
    reverse(market, "o1", "2024-06-01 11:00", "2024-06-01 09:00")
    settle("2024-06-09")
    push(by, [event("cancelled", "o1", "2024-06-01 10:00")])
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]
    assert_audit_is_clean()


def test_what_a_refund_takes_from_a_natural_order_is_told_as_a_clawback_of_nothing(market):
    goods, by = market
    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods)]), event("received", "o1", "2024-06-01 12:00")])
    settle("2024-06-09")
    refund(market, "o1", "2024-06-10 10:00", 4_000)
    settle("2024-06-11")
    push(by, [event("refund_reversed", "o1", "2024-06-12 10:00", line_no=1, refund_no="r2024-06-10 10:00")])
    settle("2024-06-13")
    assert [phase["kind"] for phase in told("o1")["phases"]] == ["settlement", "clawback", "settlement"]
    assert Posting.objects.count() == 0
