"""Rulebook §6: up at once, down at the next midnight, never edited in place."""

import pytest

from haowu.ground import days
from merchants import plans, refusals
from merchants.models import PlanRate
from tests.build import (
    bought,
    event,
    listed_plan,
    merchant,
    moment,
    normal_plan,
    paid,
    pick,
    product,
    push,
    settle,
    source,
    story_of,
    streamer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return normal_plan(product(merchant()), 2000, at=moment("2024-06-01 00:00"))


def rate_at(plan, at: str) -> int:
    plan = type(plan).objects.get(pk=plan.pk)
    return plan.rate_at(moment(at)).commission_bps


def test_a_raise_holds_at_once_and_a_decrease_from_midnight_on_orders_too():
    shop, seller, shop_source = merchant(), streamer(), source()
    goods = product(shop)
    plan = normal_plan(goods, 2000, at=moment("2024-06-01 00:00"))
    pick(seller, goods, "x1")
    plans.set_rate(plan, 2500, at=moment("2024-06-01 11:00"))
    plans.set_rate(plan, 1500, at=moment("2024-06-01 14:00"))
    times = ["2024-06-01 10:30", "2024-06-01 11:30", "2024-06-01 23:59:59", "2024-06-02 00:00:00"]
    for number, at in enumerate(times):
        push(
            shop_source, [paid(f"o{number}", at, [bought(goods, "x1")]), event("received", f"o{number}", "2024-06-03")]
        )
    settle("2024-06-20")
    paid_out = [story_of(f"o{number}")["phases"][0]["streamer"]["gross_fen"] for number in range(4)]
    assert paid_out == [2000, 2500, 2500, 1500]


def test_a_decrease_is_shown_as_pending_until_it_begins(plan):
    plans.set_rate(plan, 1500, at=moment("2024-06-01 14:00"))
    plan.refresh_from_db()
    assert plan.pending_rate(moment("2024-06-01 20:00")).effective_from == moment("2024-06-02 00:00")
    assert plan.pending_rate(moment("2024-06-02 00:00")) is None


def test_a_raise_cancels_a_pending_decrease(plan):
    plans.set_rate(plan, 1500, at=moment("2024-06-01 14:00"))
    plans.set_rate(plan, 2100, at=moment("2024-06-01 15:00"))
    assert rate_at(plan, "2024-06-02 00:00") == 2100


def test_the_rate_in_force_asked_for_again_cancels_a_pending_decrease(plan):
    plans.set_rate(plan, 1500, at=moment("2024-06-01 14:00"))
    assert plans.set_rate(plan, 2000, at=moment("2024-06-01 15:00")) is None
    assert rate_at(plan, "2024-06-02 00:00") == 2000


def test_of_two_pending_decreases_the_later_stands(plan):
    plans.set_rate(plan, 1000, at=moment("2024-06-01 14:00"))
    plans.set_rate(plan, 1500, at=moment("2024-06-01 15:00"))
    assert rate_at(plan, "2024-06-02 00:00") == 1500


@pytest.mark.parametrize(
    ("at", "taken"),
    [("23:49:59", True), ("23:50:00", False), ("23:59:59", False)],
)
def test_decreases_are_not_taken_in_the_last_ten_minutes_of_a_day(plan, at, taken):
    before = list(PlanRate.objects.values())
    if taken:
        plans.set_rate(plan, 1500, at=moment(f"2024-06-01 {at}"))
        assert rate_at(plan, "2024-06-02 00:00") == 1500
        return
    with pytest.raises(refusals.DecreasesClosed):
        plans.set_rate(plan, 1500, at=moment(f"2024-06-01 {at}"))
    assert list(PlanRate.objects.values()) == before


def test_a_decrease_asked_for_at_midnight_waits_a_whole_day(plan):
    plans.set_rate(plan, 1500, at=moment("2024-06-02 00:00:00"))
    assert rate_at(plan, "2024-06-02 23:59:59") == 2000
    assert rate_at(plan, "2024-06-03 00:00:00") == 1500


def test_a_raise_is_taken_in_the_last_ten_minutes_too(plan):
    plans.set_rate(plan, 2500, at=moment("2024-06-01 23:55"))
    assert rate_at(plan, "2024-06-01 23:55") == 2500


@pytest.mark.parametrize("bps", [-1, 9001])
def test_rates_stay_within_ninety_percent(plan, bps):
    with pytest.raises(refusals.RateOutOfRange):
        plans.set_rate(plan, bps, at=moment("2024-06-01 12:00"))
    assert PlanRate.objects.count() == 1


def test_a_second_open_plan_of_the_same_type_is_refused(plan):
    with pytest.raises(refusals.PlanExists):
        normal_plan(plan.product, 3000, at=moment("2024-06-02 00:00"))
    assert rate_at(plan, "2024-06-02 12:00") == 2000


def test_a_plan_ends_at_the_next_midnight_and_earlier_orders_keep_their_terms():
    goods, seller, shop_source = product(merchant()), streamer(), source()
    plan = normal_plan(goods, 1000)
    pick(seller, goods, "x1")
    plans.end_plan(plan, at=moment("2024-06-07 12:00"))
    push(
        shop_source,
        [
            paid("o1", "2024-06-08 00:05", [bought(goods, "x1")], ordered="2024-06-07 23:58"),
            paid("o2", "2024-06-08 00:00:00", [bought(goods, "x1")]),
        ],
    )
    assert story_of("o1")["terms"]["commission_bps"] == 1000
    assert story_of("o2")["terms"]["offer"] is None


def test_a_streamer_taken_off_a_list_keeps_the_rate_until_midnight():
    goods, listed = product(merchant()), streamer()
    plan = listed_plan(goods, "item_targeted", {listed: 1800}, at=moment("2024-06-01 00:00"))
    plans.set_rate(plan, None, at=moment("2024-06-01 12:00"), streamer=listed)
    plan.refresh_from_db()
    assert plan.rate_at(moment("2024-06-01 23:59:59"), listed.pk).commission_bps == 1800
    assert plan.rate_at(moment("2024-06-02 00:00"), listed.pk).commission_bps is None


def test_changes_are_taken_only_in_the_order_of_time(plan):
    plans.set_rate(plan, 2500, at=moment("2024-06-03 12:00"))
    with pytest.raises(refusals.RateInThePast):
        plans.set_rate(plan, 3000, at=moment("2024-06-02 12:00"))
    assert rate_at(plan, "2024-06-02 12:00") == 2000


def test_night_for_is_the_first_night_after_the_due_moment():
    due = moment("2024-06-09 00:00")
    assert str(days.night_for(due)) == "2024-06-10"
