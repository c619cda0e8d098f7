"""Rulebook §3: a subsidy raises the merchant's income and not the base, unless the policy counts it."""

import pytest

from commissions.models import OrderLine
from haowu.audit.invariants import run_audit
from tests.build import bought, event, merchant, nets, normal_plan, paid, pick, policy, product, push, settle, source
from tests.build import streamer as a_streamer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sell():
    """Sells an order of 90.00 with a subsidy of 10.00 at 20 %; returns what sends further events."""
    goods = product(merchant("m1"))
    normal_plan(goods, 2000)
    pick(a_streamer("s1"), goods, "x1")
    by = source()
    line = bought(goods, "x1", price_fen=9_000, price_subsidy_fen=1_000)
    push(by, [paid("o1", "2024-06-01 08:00", [line]), event("received", "o1", "2024-06-01 12:00")])

    def refund(at: str, fen: int) -> None:
        push(by, [event("refunded", "o1", at, line_no=1, refund_no=at, amount_fen=fen)])

    return refund


def bases() -> tuple[int, int]:
    line = OrderLine.objects.get()
    return line.paid_fen, line.due_base_fen


def test_the_base_is_what_the_buyer_paid(sell):
    settle("2024-06-09")
    assert (bases(), nets("o1")) == ((9_000, 9_000), [(1_800, 180, 1_620)])


@pytest.fixture
def counted():
    policy(subsidy_in_base=True)


def test_a_policy_may_add_the_platforms_part(counted, sell):
    assert bases() == (9_000, 10_000)
    settle("2024-06-09")
    assert nets("o1") == [(2_000, 200, 1_800)]


def test_the_subsidy_in_the_base_shrinks_with_the_payment_and_comes_to_nothing_with_it(counted, sell):
    sell("2024-06-02 09:00", 3_000)
    assert bases() == (9_000, 6_667)
    settle("2024-06-09")
    sell("2024-06-10 09:00", 3_000)
    settle("2024-06-11")
    sell("2024-06-12 09:00", 3_000)
    settle("2024-06-13")
    assert [gross for gross, _fee, _net in nets("o1")] == [1_333, -666, -667]
    assert [finding for finding in run_audit() if not finding.holds] == []


def test_no_more_can_be_refunded_than_was_paid(counted, sell):
    sell("2024-06-02 09:00", 9_001)
    assert bases() == (9_000, 10_000)
