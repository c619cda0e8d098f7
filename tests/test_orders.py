"""Rulebook §5–§7: attribution by line, terms frozen as ordered, events as a set."""

import random
from itertools import permutations

import pytest

from commissions.models import OrderEvent, OrderLine
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
    source,
    story_of,
    streamer,
)
from tests.campaign import parts

pytestmark = pytest.mark.django_db


def test_each_streamer_sells_on_the_offer_that_speaks_for_him():
    goods = product(merchant(), price_fen=20_000)
    p1, p3, p4 = streamer("P1"), streamer("P3"), streamer("P4")
    normal_plan(goods, 1000)
    listed_plan(goods, "shop_targeted", {p3: 1500})
    listed_plan(goods, "item_targeted", {p1: 1800})
    lines = []
    for number, seller in enumerate([p1, p3, p4], start=1):
        pick(seller, goods, f"pid-{seller.code}")
        lines.append(bought(goods, f"pid-{seller.code}", line_no=number, price_fen=20_000))
    push(source(), [paid("o1", "2024-06-02 10:00", lines)])
    estimates = [story_of("o1", number)["estimate"]["streamer"] for number in (1, 2, 3)]
    assert [(estimate["party"], estimate["gross_fen"]) for estimate in estimates] == [
        ("P1", 3600),
        ("P3", 3000),
        ("P4", 2000),
    ]


@pytest.mark.parametrize(
    ("pid", "ordered", "reason"),
    [
        ("", "2024-06-02 10:00", "NO_PID"),
        ("nobody", "2024-06-02 10:00", "UNKNOWN_PID"),
        ("x1", "2024-05-31 23:59:59", "PICKED_LATER"),
        ("other", "2024-06-02 10:00", "PID_PRODUCT_MISMATCH"),
    ],
)
def test_a_line_without_a_usable_pid_is_a_natural_order_and_says_why(pid, ordered, reason):
    shop, seller = merchant(), streamer()
    goods, another = product(shop), product(shop)
    normal_plan(goods, 1000)
    pick(seller, goods, "x1", at=moment("2024-06-01 00:00"))
    pick(seller, another, "other", at=moment("2024-05-01 00:00"))
    push(source(), [paid("o1", ordered, [bought(goods, pid)])])
    story = story_of("o1")
    assert (story["terms"]["offer"], story["estimate"]) == (None, {})
    assert story["terms"]["trace"] == [reason]


@pytest.mark.parametrize("buyer", ["streamer-buys", "merchant-buys"])
def test_a_line_bought_by_its_own_streamer_or_by_the_merchant_pays_nobody(buyer):
    goods = product(merchant(buyer_ref="merchant-buys"))
    normal_plan(goods, 1000)
    pick(streamer(buyer_ref="streamer-buys"), goods, "x1")
    push(source(), [paid("o1", "2024-06-02 10:00", [bought(goods, "x1")], buyer_ref=buyer)])
    assert (story_of("o1")["terms"]["offer"], story_of("o1")["terms"]["trace"]) == (None, ["SELF_PURCHASE"])


def test_a_small_commission_of_nothing_leaves_the_order_valid():
    goods = product(merchant())
    normal_plan(goods, 100)
    pick(streamer(), goods, "x1")
    push(source(), [paid("o1", "2024-06-02 10:00", [bought(goods, "x1", price_fen=30)])])
    assert (story_of("o1")["status"], story_of("o1")["estimate"]["streamer"]["gross_fen"]) == ("paid", 0)


def a_life(goods) -> list[dict]:
    """Six events: paid, shipped, a case opened and closed, a part refunded, received."""
    return [
        paid("o1", "2024-06-01 10:00", [bought(goods, "x1"), bought(goods, "x1", line_no=2, price_fen=5000)]),
        event("shipped", "o1", "2024-06-02 10:00"),
        event("after_sale_opened", "o1", "2024-06-03 10:00", line_no=1, case_no="c1"),
        event("refunded", "o1", "2024-06-03 12:00", line_no=1, refund_no="r1", amount_fen=3000),
        event("after_sale_closed", "o1", "2024-06-04 10:00", case_no="c1"),
        event("received", "o1", "2024-06-05 10:00"),
    ]


def state() -> list[tuple]:
    """All that the events decide, without row ids."""
    lines = OrderLine.objects.order_by("order_no", "line_no").values_list(
        "order_no", "line_no", "status", "paid_fen", "due_base_fen", "refunded_fen", "due_streamer_fen",
        "estimate_streamer_fen", "shipped_at", "received_at", "due_at", "settles_on", "held_reason",
    )  # fmt: skip
    events = OrderEvent.objects.order_by("event_id").values_list("event_id", "verdict", "code")
    return [*lines, *events]


def test_the_events_of_a_line_leave_the_same_state_in_any_order():
    goods = product(merchant())
    normal_plan(goods, 2000)
    pick(streamer(), goods, "x1")
    events = a_life(goods)
    seen = set()
    chosen = random.Random(7).sample(list(permutations(events)), len(parts(25, 120)))
    for number, order in enumerate(chosen):
        by = source(f"shop-{number}")
        for one in order:
            push(by, [one])
        seen.add(str(state()))
        OrderLine.objects.all().delete()
        OrderEvent.objects.all().delete()
    assert len(seen) == 1


def test_a_received_line_with_a_closed_case_and_a_refund():
    goods = product(merchant())
    normal_plan(goods, 2000)
    pick(streamer(), goods, "x1")
    push(source(), reversed(a_life(goods)))
    line = OrderLine.objects.get(line_no=1)
    assert (line.status, line.due_base_fen, line.due_streamer_fen, line.estimate_streamer_fen) == (
        "received", 7000, 1400, 2000,
    )  # fmt: skip
    assert line.due_at == moment("2024-06-12 10:00")
    assert str(line.settles_on) == "2024-06-13"


def test_an_event_seen_before_changes_nothing():
    goods = product(merchant())
    by = source()
    events = a_life(goods)
    push(by, events)
    before = state()
    receipts = push(by, events * 3)
    assert {receipt.status for receipt in receipts} == {"duplicate"}
    assert state() == before


def test_an_event_id_that_another_order_holds_is_a_duplicate_and_counts_for_neither():
    goods, by = product(merchant()), source()
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)], event_id="held")])
    answers = push(
        by,
        [
            paid("o2", "2024-06-02 10:00", [bought(goods)]),
            event("shipped", "o2", "2024-06-02 11:00", event_id="held"),
            event("refund_reversed", "o3", "2024-06-02 12:00", event_id="held", refund_no="r1"),
        ],
    )
    assert [answer.status for answer in answers] == ["accepted", "duplicate", "duplicate"]
    assert dict(OrderLine.objects.values_list("order_no", "status")) == {"o1": "paid", "o2": "paid"}
    assert OrderEvent.objects.get(event_id="held").order.order_no == "o1"


def test_an_event_without_its_predecessor_is_parked_and_counts_once_it_comes():
    goods, by = product(merchant()), source()
    events = a_life(goods)
    (parked,) = push(by, [events[5]])
    assert (parked.status, parked.code) == ("parked", "PREDECESSOR_MISSING")
    push(by, [events[0]])
    assert story_of("o1")["status"] == "received"


def test_one_bad_event_never_spoils_the_others():
    goods, by = product(merchant()), source()
    good = paid("o1", "2024-06-02 10:00", [bought(goods)])
    unknown = paid("o2", "2024-06-02 10:00", [bought(goods) | {"product": {"merchant": "m?", "code": "p?"}}])
    future = event("shipped", "o1", "2099-01-01 00:00")
    receipts = push(by, [unknown, {"type": "paid"}, 7, future, good])
    assert [(receipt.status, receipt.code) for receipt in receipts] == [
        ("rejected", "PRODUCT_UNKNOWN"),
        ("rejected", "FIELD_MISSING"),
        ("rejected", "EVENT_INVALID"),
        ("rejected", "OCCURRED_IN_FUTURE"),
        ("accepted", ""),
    ]
    assert "m?" in receipts[0].message
    assert OrderEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price_fen": -1}, "lines[0].price_fen"),
        ({"price_fen": 1.5}, "lines[0].price_fen"),
        ({"price_fen": True}, "lines[0].price_fen"),
        ({"price_fen": 10**15}, "lines[0].price_fen"),
        ({"line_no": 0}, "lines[0].line_no"),
        ({"pid": "a\x00b"}, "lines[0].pid"),
        ({"pid": "\ud800"}, "lines[0].pid"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_the_name_of_its_field(change, field):
    goods = product(merchant())
    (receipt,) = push(source(), [paid("o1", "2024-06-02 10:00", [bought(goods) | change])])
    assert (receipt.status, receipt.code) == ("rejected", "FIELD_INVALID")
    assert field in receipt.message
    assert OrderLine.objects.count() == 0


def test_a_refund_beyond_what_was_paid_is_rejected_and_changes_nothing():
    goods, by = product(merchant()), source()
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)], freight_fen=800)])
    (receipt,) = push(by, [event("refunded", "o1", "2024-06-03 10:00", refund_no="r1", amount_fen=10_801)])
    assert (receipt.status, receipt.code) == ("rejected", "REFUND_EXCEEDS_PAYMENT")
    assert story_of("o1")["base_fen"] == 10_000


def test_a_refund_without_a_split_takes_goods_first_and_freight_changes_no_base():
    goods, by = product(merchant()), source()
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)], freight_fen=800)])
    push(by, [event("refunded", "o1", "2024-06-03 10:00", refund_no="r1", goods_fen=0, freight_fen=800)])
    assert story_of("o1")["base_fen"] == 10_000
    push(by, [event("refunded", "o1", "2024-06-03 11:00", refund_no="r2", amount_fen=10_000)])
    assert (story_of("o1")["base_fen"], story_of("o1")["status"]) == (0, "invalid")


def test_a_refund_of_one_line_does_not_divide_the_order_coupon_again():
    shop, by = merchant(), source()
    prices = (12_900, 9_900, 7_200)
    lines = [bought(product(shop), line_no=number, price_fen=price) for number, price in enumerate(prices, start=1)]
    push(by, [paid("o1", "2024-06-02 10:00", lines, order_coupon_fen=2_999)])
    assert [story_of("o1", number)["base_fen"] for number in (1, 2, 3)] == [11_611, 8_910, 6_480]
    push(by, [event("refunded", "o1", "2024-06-03 10:00", line_no=2, refund_no="r1", amount_fen=8_910)])
    assert [story_of("o1", number)["base_fen"] for number in (1, 2, 3)] == [11_611, 0, 6_480]


def test_cancelling_before_shipping_refunds_all_and_after_shipping_is_refused():
    goods, by = product(merchant()), source()
    for number in ("o1", "o2"):
        push(by, [paid(number, "2024-06-02 10:00", [bought(goods)])])
    push(by, [event("shipped", "o2", "2024-06-02 12:00")])
    first = push(by, [event("cancelled", "o1", "2024-06-02 13:00"), event("cancelled", "o2", "2024-06-02 13:00")])
    assert [(receipt.status, receipt.code) for receipt in first] == [("accepted", ""), ("rejected", "ALREADY_SHIPPED")]
    assert [(story_of(number)["status"], story_of(number)["base_fen"]) for number in ("o1", "o2")] == [
        ("invalid", 0),
        ("shipped", 10_000),
    ]


def test_two_sources_may_use_the_same_numbers():
    goods = product(merchant())
    one = paid("o1", "2024-06-02 10:00", [bought(goods)], event_id="same")
    assert [push(source(), [one])[0].status for _ in range(2)] == ["accepted", "accepted"]
    assert OrderLine.objects.filter(order_no="o1").count() == 2


def test_a_refund_and_its_reversal_of_the_same_second_count_whatever_their_ids():
    goods, by = product(merchant()), source()
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)])])
    for number, ids in enumerate(("ab", "dc")):
        refund = {"refund_no": f"r{number}", "event_id": ids[0]}
        reversal = {"refund_no": f"r{number}", "event_id": ids[1]}
        push(by, [event("refunded", "o1", "2024-06-03 10:00", amount_fen=3_000, **refund)])
        push(by, [event("refund_reversed", "o1", "2024-06-03 10:00", **reversal)])
        assert story_of("o1")["base_fen"] == 10_000
    assert set(OrderEvent.objects.values_list("verdict", flat=True)) == {"accepted"}


def test_a_cancelled_line_stays_at_nothing_though_an_earlier_refund_is_taken_back():
    goods, by = product(merchant()), source()
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)])])
    push(by, [event("refunded", "o1", "2024-06-02 11:00", refund_no="r1", amount_fen=3_000)])
    push(by, [event("cancelled", "o1", "2024-06-02 12:00")])
    (receipt,) = push(by, [event("refund_reversed", "o1", "2024-06-02 13:00", refund_no="r1")])
    assert (receipt.status, receipt.code) == ("rejected", "LINE_CANCELLED")
    assert (story_of("o1")["status"], story_of("o1")["base_fen"]) == ("invalid", 0)


def test_a_payment_that_displaces_another_leaves_no_line_of_the_other():
    goods, by = product(merchant()), source()
    two = [bought(goods), bought(goods, line_no=2)]
    push(by, [paid("o1", "2024-06-02 10:00", two, event_id="later")])
    push(by, [paid("o1", "2024-06-02 09:00", two[:1], event_id="earlier")])
    assert list(OrderLine.objects.values_list("line_no", "paid_event_id")) == [(1, "earlier")]
    assert OrderEvent.objects.get(event_id="later").code == "LINE_ALREADY_PAID"
