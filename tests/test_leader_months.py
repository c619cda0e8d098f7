"""Rulebook §12: the monthly assessment, its three failed months, and everything that a revocation ends."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from commissions.leaders import levelling
from tests.build import (
    activity,
    leader,
    moment,
)
from tests.quarters import Stall, assessed, good_month, holds
from tuanzhang import level_refusals as refusals
from tuanzhang.models import MonthlyAssessment

pytestmark = pytest.mark.django_db


def test_a_good_month_passes_with_every_figure_kept():
    stall = Stall(leader())
    good_month(stall, "2024-06")
    (month,) = assessed("2024-06")
    assert (month.outcome, month.shortfalls, month.failed_months) == ("passed", [], 0)
    assert (month.orders, month.gmv_fen, month.shipments, month.late) == (200, 10_000_00, 200, 0)
    assert (month.new_promoters, month.new_merchants) == (3, 1)
    assert holds() == []


def test_an_order_that_was_refunded_whole_counts_neither_as_an_order_nor_as_gmv():
    stall = Stall(leader())
    good_month(stall, "2024-06")
    number = stall.sell("2024-06-11 10:00", 50_00, received="never", shipped="2024-06-11 11:00")
    stall.refund(number, "2024-06-12 10:00", 50_00)
    (month,) = assessed("2024-06")
    assert (month.outcome, month.orders, month.gmv_fen) == ("passed", 200, 10_000_00)


def test_a_month_names_every_condition_that_it_fails():
    stall = Stall(leader())
    stall.sell_many(1, "2024-06-10 10:00", 50_00)
    (month,) = assessed("2024-06")
    assert (month.outcome, month.failed_months) == ("failed", 1)
    assert month.shortfalls == ["ORDERS", "GMV", "LATE_SHIPMENTS", "NEW_PARTNERS"]


@pytest.mark.parametrize(
    ("late", "total", "outcome"), [(20, 200, "passed"), (201, 2000, "failed")], ids=["10%", "10.05%"]
)
def test_late_shipments_of_ten_per_cent_pass_and_a_little_more_fails(late, total, outcome):
    """Late is what was not shipped within 48 hours of the order, or not at all."""
    stall = Stall(leader())
    sellers = [stall.pick, stall.another_seller(), stall.another_seller()]
    stall.sell_many(1, "2024-06-10 10:00", 50_00, by=sellers[1], shipped="2024-06-12 10:00:00")
    stall.sell_many(1, "2024-06-10 10:00", 50_00, by=sellers[2], shipped="2024-06-10 11:00")
    stall.sell_many(total - late - 2, "2024-06-10 10:00", 50_00, shipped="2024-06-10 12:00")
    stall.sell_many(late - 1, "2024-06-10 10:00", 50_00, shipped="2024-06-12 10:00:01")
    stall.sell_many(1, "2024-06-10 10:00", 50_00)
    (month,) = assessed("2024-06")
    assert (month.shipments, month.late, month.outcome) == (total, late, outcome)
    assert month.shortfalls == ([] if outcome == "passed" else ["LATE_SHIPMENTS"])


def test_a_shipment_belongs_to_the_month_in_which_it_is_due():
    stall = Stall(leader())
    stall.sell_many(2, "2024-06-29 00:00", 50_00)  # due 1 July 00:00
    stall.sell_many(3, "2024-06-28 23:59:59", 50_00)
    assert [(each.shipments, each.late, each.orders) for each in assessed("2024-06")] == [(3, 3, 5)]
    assert [(each.shipments, each.late, each.orders) for each in assessed("2024-07")] == [(2, 2, 0)]


def test_partners_are_new_in_the_month_of_their_first_order_only():
    stall = Stall(leader())
    stall.sell_many(1, "2024-05-10 10:00", 50_00)
    sellers = [stall.another_seller(stall.another_product()) for _each in range(2)]
    assert [(each.new_promoters, each.new_merchants) for each in assessed("2024-05")] == [(1, 1)]
    for by in (stall.pick, *sellers):
        stall.sell_many(1, "2024-06-10 10:00", 50_00, by=by)
    assert [(each.new_promoters, each.new_merchants) for each in assessed("2024-06")] == [(2, 2)]
    stall.sell_many(1, "2024-07-10 10:00", 50_00, by=sellers[0])
    assert [(each.new_promoters, each.new_merchants) for each in assessed("2024-07")] == [(0, 0)]


@pytest.mark.parametrize(
    ("began", "outcome", "days"), [("2024-06-02", "exempt", 29), ("2024-06-01", "failed", 30)], ids=["day 29", "day 30"]
)
def test_the_first_thirty_days_are_exempt(began, outcome, days):
    lead = leader()
    activity(lead, at=moment(f"{began} 12:00"), begins_at=moment(f"{began} 12:00"))
    (month,) = assessed("2024-06")
    assert (month.outcome, month.days_as_leader, month.failed_months) == (outcome, days, int(outcome == "failed"))


def test_a_month_is_assessed_when_it_is_over_and_once():
    Stall(leader())
    with pytest.raises(refusals.MonthNotOver):
        levelling.assess_month(date(2024, 6, 1), at=moment("2024-06-30 23:59:59"))
    at = moment("2024-07-01 00:00")
    assert [levelling.assess_month(date(2024, 6, 1), at=at) for _twice in range(2)] == [1, 0]
    with pytest.raises(DatabaseError), transaction.atomic():
        MonthlyAssessment.objects.update(outcome="passed")
