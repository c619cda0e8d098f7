"""A skipped shard: its lines and adjustments are settled once in the next open night, with all that came since."""

import pytest

from commissions.cases import resettlement
from commissions.models import Adjustment, OrderLine, PostponedLine, Run, Settlement
from commissions.nights import night, operating
from commissions.postings.funding import top_up
from haowu.audit.invariants import run_audit
from haowu.ground import days
from merchants.models import Shop
from tests.build import (
    event,
    moment,
    nets,
    policy,
    push,
    settle,
    staff,
    story_of,
)
from tests.casework import open_market, refund, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def market():
    return open_market()


@pytest.fixture
def operator():
    return staff("值班")


def open_night(day: str) -> Run:
    return night.open_run(night.date.fromisoformat(day), now=days.now())


def skip_all(day: str, operator) -> int:
    """Skip every shard of the night and close it."""
    run = open_night(day)
    lines = sum(operating.skip(shard, "坏数据", by=operator, at=days.now()) for shard in run.shards.all())
    assert night.work_on(run)
    assert Run.objects.get(day=day).status == "closed"
    return lines


def assert_audit_is_clean() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def test_a_skipped_line_settles_once_in_the_next_night(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    assert skip_all("2024-06-09", operator) == 1
    assert (Settlement.objects.count(), str(OrderLine.objects.get().settles_on)) == (0, "2024-06-10")
    postponed = PostponedLine.objects.get()
    assert (str(postponed), str(postponed.since)) == ("o1/1 2024-06-09 → 2024-06-10", "1970-01-01")
    assert_audit_is_clean()
    settle("2024-06-10")
    assert (nets("o1"), story_of("o1")["phases"][0]["day"]) == ([(1250, 125, 1125)], "2024-06-10")
    settle("2024-06-11")
    assert Settlement.objects.count() == 1
    assert_audit_is_clean()


def test_it_goes_beyond_nights_that_are_sealed_already(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    first = open_night("2024-06-09")
    open_night("2024-06-12")
    operating.skip(first.shards.get(), "坏数据", by=operator, at=days.now())
    assert str(OrderLine.objects.get().settles_on) == "2024-06-13"
    settle("2024-06-12")
    assert Settlement.objects.count() == 0
    settle("2024-06-13")
    assert nets("o1") == [(1250, 125, 1125)]
    assert_audit_is_clean()


def test_a_refund_that_came_in_since_the_seal_shrinks_the_base_instead_of_clawing_back(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    run = open_night("2024-06-09")
    refund(market, "o1", "2024-06-09 08:00", 4_000)
    assert Adjustment.objects.count() == 1
    operating.skip(run.shards.get(), "坏数据", by=operator, at=days.now())
    assert (Adjustment.objects.count(), OrderLine.objects.get().due_base_fen) == (0, 6_000)
    refund(market, "o1", "2024-06-09 09:00", 1_000)
    settle("2024-06-10")
    assert nets("o1") == [(625, 63, 562)]
    assert_audit_is_clean()


def test_a_case_opened_since_the_seal_holds_the_skipped_line(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    run = open_night("2024-06-09")
    push(market[1], [event("after_sale_opened", "o1", "2024-06-09 08:00", line_no=1, case_no="c1")])
    operating.skip(run.shards.get(), "坏数据", by=operator, at=days.now())
    line = OrderLine.objects.get()
    assert (line.settles_on, line.held_reason) == (None, "AFTER_SALE_OPEN")
    settle("2024-06-10")
    assert Settlement.objects.count() == 0
    assert_audit_is_clean()


def test_a_skipped_clawback_is_taken_back_once_by_a_later_night(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    refund(market, "o1", "2024-06-09 08:00", 4_000)
    assert skip_all("2024-06-10", operator) == 1
    assert [str(row.day) for row in Adjustment.objects.all()] == ["2024-06-11"]
    assert_audit_is_clean()
    refund(market, "o1", "2024-06-10 08:00", 1_000)
    settle("2024-06-11")
    assert nets("o1") == [(1250, 125, 1125), (-625, -62, -563)]
    settle("2024-06-12")
    assert Settlement.objects.count() == 2
    assert_audit_is_clean()


def test_a_skipped_clawback_whose_line_a_sealed_night_corrects_anyway_goes_there(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    refund(market, "o1", "2024-06-09 08:00", 4_000)
    first = open_night("2024-06-10")
    refund(market, "o1", "2024-06-10 08:00", 1_000)
    open_night("2024-06-11")
    operating.skip(first.shards.get(), "坏数据", by=operator, at=days.now())
    assert str(PostponedLine.objects.get().to_day) == "2024-06-11"
    settle("2024-06-11")
    assert nets("o1") == [(1250, 125, 1125), (-625, -62, -563)]
    settle("2024-06-12")
    assert_audit_is_clean()


@pytest.mark.parametrize("times", [1, 3])
def test_a_corrected_rate_that_was_skipped_is_booked_by_the_night_after(market, operator, times):
    sell(market, "o1", "2024-06-01 12:00")
    settle("2024-06-09")
    right = policy(tech_bps=600)
    made = resettlement.preview(
        night.date(2024, 6, 9), night.date(2024, 6, 9), right, reason="费率有误", by=operator, at=days.now()
    )
    resettlement.apply(made.pk, staff("复核"), at=days.now())
    for later in range(times):
        skip_all(f"2024-06-{10 + later}", operator)
        assert_audit_is_clean()
    refund(market, "o1", f"2024-06-{9 + times} 08:00", 4_000)  # rewrites what waits
    settle(f"2024-06-{10 + times}")
    assert nets("o1")[1:] == [(-500, -80, -420)]  # 750 at 6 %: 45
    settle(f"2024-06-{11 + times}")
    assert_audit_is_clean()


def test_a_night_out_of_turn_is_not_skipped_into(market, operator):
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-02 12:00")
    open_night("2024-06-09")
    second = open_night("2024-06-10")
    with pytest.raises(operating.SkipOutOfTurn):
        operating.skip(second.shards.get(), "坏数据", by=operator, at=days.now())
    assert (PostponedLine.objects.count(), second.shards.get().status) == (0, "waiting")


def test_a_skipped_line_of_a_prepaid_shop_is_weighed_against_its_deposit_again(market, operator):
    goods, _by = market
    Shop.objects.filter(merchant=goods.merchant).update(funding=Shop.Funding.PREPAID)
    top_up(goods.merchant, number="t1", amount_fen=1_250, at=moment("2024-06-01 12:00"))
    sell(market, "o1", "2024-06-01 12:00")
    sell(market, "o2", "2024-06-02 12:00")
    skip_all("2024-06-09", operator)
    settle("2024-06-10")  # pays for one of the two
    assert (nets("o1"), nets("o2")) == ([(1250, 125, 1125)], [])
    assert OrderLine.objects.get(order_no="o2").held_reason == "INSUFFICIENT_DEPOSIT"
    assert_audit_is_clean()
