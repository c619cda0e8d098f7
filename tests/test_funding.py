"""Rulebook §8: a deposit pays commission while it lasts; what it does not cover waits for the top-up."""

import pytest

from commissions.models import Order
from commissions.postings import funding
from haowu.audit.invariants import run_audit
from haowu.ledger.models import Account, Posting
from merchants.models import Product, Shop
from tests.build import (
    bought,
    event,
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
def prepaid():
    """A prepaid merchant with three orders due on 9 June at 20.00 of commission each."""
    shop, by = merchant("m1"), source()
    Shop.objects.update(funding="prepaid", low_balance_fen=5_000)
    goods = product(shop)
    normal_plan(goods, 2000)
    pick(streamer("s1"), goods, "x1")
    for number in (1, 2, 3):
        push(by, [paid(f"o{number}", "2024-06-01 08:00", [bought(goods, "x1")])])
        push(by, [event("received", f"o{number}", f"2024-06-01 1{number}:00")])
    return shop


def top_up(shop, amount_fen: int, number: str = "t1") -> None:
    funding.top_up(shop, number=number, amount_fen=amount_fen, at=moment("2024-06-02 12:00"))


def deposit() -> int:
    return Account.objects.get(owner__code="m1", kind="funding").balance_fen


def statuses() -> list[str]:
    return [story_of(f"o{number}")["status"] for number in (1, 2, 3)]


def assert_audit_is_clean() -> None:
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def test_a_deposit_pays_for_what_it_covers_in_the_order_of_due_time(prepaid):
    top_up(prepaid, 5_000)
    settle("2024-06-09")
    assert statuses() == ["settled", "settled", "received"]
    assert deposit() == 1_000
    assert story_of("o3")["held"]["reason"] == "INSUFFICIENT_DEPOSIT"
    assert not Posting.objects.filter(kind="withheld").exists()
    assert_audit_is_clean()


def test_products_leave_the_selection_centre_until_the_top_up_and_the_next_night_settles(prepaid):
    settle("2024-06-09")
    assert statuses() == ["received"] * 3
    assert not Product.objects.listed().exists()
    top_up(prepaid, 5_999)
    assert not Product.objects.listed().exists()
    top_up(prepaid, 1, "t2")
    assert Product.objects.listed().exists()
    settle("2024-06-10")
    assert (statuses(), deposit()) == (["settled"] * 3, 0)
    assert_audit_is_clean()


def test_a_held_line_may_still_be_refunded(prepaid):
    top_up(prepaid, 3_999)
    settle("2024-06-09")
    assert statuses() == ["settled", "received", "received"]
    by = Order.objects.get(order_no="o2").source
    push(by, [event("refunded", "o2", "2024-06-09 12:00", refund_no="r1", amount_fen=10_000)])
    settle("2024-06-10")
    assert statuses() == ["settled", "invalid", "received"]
    assert_audit_is_clean()


def test_the_callers_number_makes_a_top_up_one(prepaid):
    top_up(prepaid, 5_000)
    top_up(prepaid, 5_000)
    assert deposit() == 5_000
    with pytest.raises(funding.TopUpNumberTaken):
        top_up(prepaid, 6_000)
    with pytest.raises(funding.TopUpInvalid):
        top_up(prepaid, 0, "t2")
    assert deposit() == 5_000


def test_a_merchant_is_told_when_the_deposit_is_low(prepaid):
    top_up(prepaid, 4_999)
    assert funding.is_low(Shop.objects.get())
    top_up(prepaid, 1, "t2")
    assert not funding.is_low(Shop.objects.get())


def test_a_natural_order_needs_no_deposit(prepaid):
    by = Order.objects.get(order_no="o1").source
    goods = Product.objects.get()
    push(by, [paid("o4", "2024-06-01 08:00", [bought(goods)]), event("received", "o4", "2024-06-01 20:00")])
    settle("2024-06-09")
    assert [story_of(f"o{number}")["status"] for number in (3, 4)] == ["received", "settled"]
    assert_audit_is_clean()


def test_a_later_event_leaves_a_line_held_until_the_top_up(prepaid):
    settle("2024-06-09")
    by = Order.objects.get(order_no="o3").source
    push(by, [event("shipped", "o3", "2024-06-01 09:00")])
    assert story_of("o3")["held"]["reason"] == "INSUFFICIENT_DEPOSIT"
    top_up(prepaid, 4_000)
    assert not Product.objects.listed().exists()
    top_up(prepaid, 2_000, "t2")
    settle("2024-06-10")
    assert (statuses(), deposit()) == (["settled"] * 3, 0)
    assert_audit_is_clean()
