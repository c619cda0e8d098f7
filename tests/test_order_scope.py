"""Rulebook §7: an event that names no line speaks of the lines ordered by its time, not of those that join later."""

import pytest

from commissions.models import OrderEvent, OrderLine
from tests.build import bought, event, merchant, nets, normal_plan, paid, pick, product, push, settle, source, streamer

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods():
    goods = product(merchant())
    normal_plan(goods, 1000)
    pick(streamer(), goods, "x1")
    return goods


@pytest.fixture
def by():
    return source()


def in_parts(goods, **facts) -> list[dict]:
    """Line 1 bought on 2 June, line 2 of the same order on 20 June, 100.00 each."""
    return [
        paid("o1", "2024-06-02 10:00", [bought(goods, "x1")], **facts),
        paid("o1", "2024-06-20 10:00", [bought(goods, "x1", line_no=2)], **facts),
    ]


def lines(*names: str) -> list[tuple]:
    return list(OrderLine.objects.order_by("line_no").values_list(*names))


def rulings(*event_ids: str) -> list[tuple[str, str]]:
    stored = {row.event_id: (row.verdict, row.code) for row in OrderEvent.objects.all()}
    return [stored[event_id] for event_id in event_ids]


def test_a_receipt_of_the_whole_order_is_not_one_of_a_line_that_joins_later(goods, by):
    """productdevbook/tezgah #144: an order captured in parts."""
    first, second = in_parts(goods)
    push(by, [first, event("received", "o1", "2024-06-03 12:00"), second])
    assert [(status, str(due)[:10]) for status, due in lines("status", "due_at")] == [
        ("received", "2024-06-10"),
        ("paid", "None"),
    ]
    settle("2024-06-11")
    assert (nets("o1"), nets("o1", line_no=2)) == ([(1000, 100, 900)], [])
    push(by, [event("received", "o1", "2024-06-22 12:00")])
    settle("2024-06-30")
    assert (nets("o1"), nets("o1", line_no=2)) == ([(1000, 100, 900)], [(1000, 100, 900)])


def test_a_line_ordered_at_the_very_moment_is_meant(goods, by):
    push(by, [*in_parts(goods), event("shipped", "o1", "2024-06-20 10:00")])
    assert lines("status") == [("shipped",), ("shipped",)]


def test_before_any_line_was_ordered_an_event_of_the_whole_order_waits(goods, by):
    early = event("shipped", "o1", "2024-06-02 09:59:59", event_id="early")
    (receipt,) = push(by, [early])
    push(by, in_parts(goods))
    assert (receipt.status, receipt.code) == ("parked", "PREDECESSOR_MISSING")
    assert rulings("early") == [("parked", "PREDECESSOR_MISSING")]
    assert lines("status") == [("paid",), ("paid",)]
    push(by, [paid("o1", "2024-06-02 09:00", [bought(goods, "x1", line_no=3)])])
    assert rulings("early") == [("accepted", "")]
    assert lines("status") == [("paid",), ("paid",), ("shipped",)]


def test_a_line_that_was_ordered_earlier_is_meant_though_its_payment_comes_in_later(goods, by):
    push(by, [in_parts(goods)[0], event("received", "o1", "2024-06-03 12:00")])
    late = paid("o1", "2024-06-04 10:00", [bought(goods, "x1", line_no=2)], ordered="2024-06-03 12:00")
    push(by, [late])
    assert lines("status") == [("received",), ("received",)]


def test_a_refund_of_the_whole_order_is_divided_over_the_lines_ordered_by_then(goods, by):
    refund = event("refunded", "o1", "2024-06-05 10:00", refund_no="r1", amount_fen=6_000)
    push(by, [*in_parts(goods), refund])
    assert lines("due_base_fen") == [(4_000,), (10_000,)]
    (receipt,) = push(by, [event("refunded", "o1", "2024-06-06 10:00", refund_no="r2", amount_fen=4_001)])
    assert receipt.code == "REFUND_EXCEEDS_PAYMENT"
    push(by, [event("refunded", "o1", "2024-06-21 10:00", refund_no="r3", amount_fen=7_000)])
    assert lines("due_base_fen") == [(2_000,), (5_000,)]


def test_freight_that_was_paid_later_cannot_be_refunded_before(goods, by):
    push(by, in_parts(goods, freight_fen=500))
    freights = [
        event("refunded", "o1", "2024-06-05 10:00", refund_no="r1", goods_fen=0, freight_fen=501),
        event("refunded", "o1", "2024-06-05 11:00", refund_no="r2", goods_fen=0, freight_fen=500),
        event("refunded", "o1", "2024-06-21 10:00", refund_no="r3", goods_fen=0, freight_fen=501),
        event("refunded", "o1", "2024-06-21 11:00", refund_no="r4", goods_fen=0, freight_fen=500),
    ]
    assert [receipt.code for receipt in push(by, freights)] == [
        "REFUND_EXCEEDS_PAYMENT",
        "",
        "REFUND_EXCEEDS_PAYMENT",
        "",
    ]


def test_cancelling_the_whole_order_leaves_a_line_that_joins_later_and_its_freight(goods, by):
    push(by, [*in_parts(goods, freight_fen=500), event("cancelled", "o1", "2024-06-03 10:00")])
    assert lines("status", "due_base_fen") == [("invalid", 0), ("paid", 10_000)]
    refunds = [
        event("refunded", "o1", "2024-06-21 10:00", refund_no="r1", goods_fen=0, freight_fen=501),
        event("refunded", "o1", "2024-06-21 11:00", refund_no="r2", goods_fen=0, freight_fen=500),
    ]
    assert [receipt.code for receipt in push(by, refunds)] == ["REFUND_EXCEEDS_PAYMENT", ""]


def test_a_case_of_the_whole_order_holds_no_line_that_joins_later(goods, by):
    push(by, [*in_parts(goods), event("after_sale_opened", "o1", "2024-06-05 10:00", case_no="c1")])
    assert lines("held_reason") == [("AFTER_SALE_OPEN",), ("",)]
