"""Rulebook §8: when a line settles, and that it does so once."""

import pytest

from commissions.models import OrderLine, Run, Settlement
from commissions.nights import night
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account, DailyBalance, Posting
from merchants.models import Category, Shop
from tests.build import bought, event, nets, paid, policy, push, settle, story_of
from tests.casework import audit_is_clean, balance, open_market, refund, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return open_market()


@pytest.mark.parametrize(
    ("received", "first_night"),
    [("2024-06-01 23:59:59.999000", "2024-06-09"), ("2024-06-02 00:00:00.000000", "2024-06-10")],
)
def test_a_line_settles_in_the_first_night_after_its_hold(market, received, first_night):
    sell(market, "o1", received)
    before = str(night.days.day_of(night.days.start_of(night.date.fromisoformat(first_night)) - night.days.ONE_DAY))
    settle(before)
    assert story_of("o1")["status"] == "received"
    settle(first_night)
    assert (story_of("o1")["status"], story_of("o1")["phases"][0]["day"]) == ("settled", first_night)
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
    assert audit_is_clean()


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
    assert story_of("o1")["phases"][0]["day"] == "2024-06-30"
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
    assert audit_is_clean()


def test_a_day_that_has_not_begun_is_refused():
    with pytest.raises(night.DayNotEnded):
        settle("2099-01-01")
    assert Run.objects.count() == 0


def test_facts_about_a_closed_day_settle_in_the_next_open_one(market):
    settle("2024-06-20")
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-21")
    assert story_of("o1")["phases"][0]["day"] == "2024-06-21"


def test_a_line_with_an_open_case_is_held_alone_and_settles_the_night_after_the_case_closes(market):
    goods, by = market
    lines = [bought(goods, "x1"), bought(goods, "x1", line_no=2)]
    push(by, [paid("o1", "2024-06-01 08:00", lines), event("received", "o1", "2024-06-01 12:00")])
    push(by, [event("after_sale_opened", "o1", "2024-06-03 09:00", line_no=1, case_no="c1")])
    settle("2024-06-09")
    assert story_of("o1", 1)["held"] == {"reason": "AFTER_SALE_OPEN", "since": "2024-06-03T09:00:00+08:00"}
    assert (story_of("o1", 1)["status"], story_of("o1", 2)["status"]) == ("received", "settled")
    push(by, [event("after_sale_closed", "o1", "2024-06-11 09:00", case_no="c1")])
    settle("2024-06-11")
    assert story_of("o1", 1)["phases"] == []
    settle("2024-06-12")
    assert (story_of("o1", 1)["status"], story_of("o1", 1)["held"]) == ("settled", None)


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
    policy(tech_bps=2000)
    settle("2024-06-09")
    assert nets("o1") == [(1250, 125, 1125)]


def test_the_audit_names_what_somebody_changed_behind_its_back(market):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    assert audit_is_clean()
    OrderLine.objects.update(commission_bps=1300)
    assert [finding.code for finding in run_audit() if not finding.holds] == ["I10"]


def test_a_payment_that_a_night_settled_stays_though_an_earlier_one_comes_in(market):
    goods, by = market
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    (receipt,) = push(by, [paid("o1", "2024-06-01 07:00", [bought(goods, "x1", price_fen=30_000)])])
    assert (receipt.status, receipt.code) == ("rejected", "LINE_ALREADY_PAID")
    refund(market, "o1", "2024-06-09 12:00", 10_000)
    settle("2024-06-10")
    assert nets("o1") == [(1250, 125, 1125), (-1250, -125, -1125)]
    assert audit_is_clean()
