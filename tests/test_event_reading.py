"""What of an event can be read: text of every script, whole numbers, moments; one bad event costs itself alone."""

import json

import pytest

from commissions.models import OrderEvent, OrderLine
from haowu.ground.inputs import is_storable
from tests.build import bought, event, merchant, paid, product, push, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods():
    return product(merchant("m20"), "p1")


@pytest.fixture
def by():
    return source()


def answers(by, events: list) -> list[tuple[str, str, str]]:
    """Each as a partner would get it, so that it must fit into JSON in UTF-8."""
    receipts = push(by, events)
    json.dumps([vars(receipt) for receipt in receipts], ensure_ascii=False).encode()
    assert all(is_storable(receipt.event_id) and is_storable(receipt.message) for receipt in receipts)
    return [(receipt.event_id, receipt.status, receipt.code) for receipt in receipts]


def codes(by, events: list) -> list[str]:
    return [code for _event_id, _status, code in answers(by, events)]


@pytest.mark.parametrize(
    "text",
    ["小红👨‍👩‍👧", "阿文🫨", "红色　XL", "𰻞𰻞面", "𱍐某", "b\u200b7", "مرحبا", "A\u2028B", " x "],
    ids=[
        "joined emoji",
        "emoji of 2022",
        "wide space",
        "biang",
        "rare han",
        "zero width",
        "arabic",
        "separator",
        "spaces",
    ],
)
def test_text_of_other_systems_is_theirs_to_choose(by, goods, text):
    """JuliaLang/julia #40071, microsoft/terminal #8583: a nickname must not cost a streamer the commission."""
    line = bought(goods, text) | {"sku": text}
    sent = [
        paid(text, "2024-06-02 10:00", [line], event_id=text, buyer_ref=text, city=text),
        event("refunded", text, "2024-06-03 10:00", refund_no=text, amount_fen=100),
        event("after_sale_opened", text, "2024-06-03 10:00", case_no=text),
    ]
    assert codes(by, sent) == ["", "", ""]
    kept = OrderLine.objects.get()
    assert (kept.order_no, kept.buyer_ref, kept.pid, kept.held_reason) == (text, text, text, "AFTER_SALE_OPEN")
    stored = OrderEvent.objects.get(event_id=text).facts
    assert (stored["city"], stored["lines"][0]["sku"]) == (text, text)


@pytest.mark.parametrize("broken", ["c20-\ud83d", "a\x00b", "tab\there", "\x7f", "\udcff"])
def test_what_no_database_keeps_is_refused_for_that_event_alone_and_shown_escaped(by, goods, broken):
    """fazer-ai/agents #218: a sender cuts an emoji in half."""
    bad = event("shipped", "o1", "2024-06-02 20:00", event_id=broken)
    sent = [paid("o1", "2024-06-02 10:00", [bought(goods)]), bad, event("received", "o1", "2024-06-03 12:00")]
    found = answers(by, sent)
    assert [each[1:] for each in found] == [("accepted", ""), ("rejected", "FIELD_INVALID"), ("accepted", "")]
    assert found[1][0] == broken.encode("unicode_escape").decode()
    assert OrderEvent.objects.count() == 2


@pytest.mark.parametrize("broken", ["\ud800", "\x00", "\n", "", "   ", 7, ["x"], {"a": "x"}, True, None])
@pytest.mark.parametrize("name", ["order_no", "refund_no", "buyer_ref", "city", "pid", "sku", "code"])
def test_a_text_that_cannot_be_is_refused_by_the_name_of_its_field(by, goods, name, broken):
    line = bought(goods) | ({name: broken} if name in ("pid", "sku") else {})
    line["product"] |= {name: broken} if name == "code" else {}
    if name == "refund_no":
        bad = event("refunded", "o1", "2024-06-03 10:00", refund_no=broken, amount_fen=1)
    else:
        bad = paid("o1", "2024-06-02 10:00", [line], event_id="bad")
        bad |= {name: broken} if name in ("order_no", "buyer_ref", "city") else {}
    good = paid("o2", "2024-06-02 10:00", [bought(goods)], event_id="good")
    is_optional = name in ("buyer_ref", "city", "pid", "sku")
    missing = "" if is_optional else "FIELD_MISSING"
    expected = missing if broken in ("", None) else "FIELD_INVALID"
    receipts = push(by, [bad, good])
    assert [receipt.code for receipt in receipts] == [expected, ""]
    assert (name in receipts[0].message) is bool(expected)
    assert OrderEvent.objects.count() == 1 + (expected == "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": 2**31}, "quantity"),
        ({"line_no": 2**31}, "line_no"),
        ({"line_no": 10**400}, "line_no"),
        ({"price_fen": 10**14 + 1}, "price_fen"),
        ({"price_fen": 10**6_000}, "price_fen"),
        ({"price_fen": 1e3}, "price_fen"),
        ({"price_fen": float("inf")}, "price_fen"),
        ({"price_fen": "100"}, "price_fen"),
        ({"price_fen": ""}, "price_fen"),
        ({"merchant_coupon_fen": []}, "merchant_coupon_fen"),
    ],
)
def test_a_number_that_no_column_holds_is_refused_by_the_name_of_its_field(by, goods, change, field):
    good = paid("o2", "2024-06-02 10:00", [bought(goods)])
    receipts = push(by, [paid("o1", "2024-06-02 10:00", [bought(goods) | change]), good])
    assert [receipt.status for receipt in receipts] == ["rejected", "accepted"]
    assert f"lines[0].{field}" in receipts[0].message
    assert list(OrderLine.objects.values_list("order_no", flat=True)) == ["o2"]


@pytest.mark.parametrize("line_no", ["", "1", 0, -1, 1.0, True, [], {}])
def test_a_line_number_that_is_none_is_never_read_as_the_whole_order(by, goods, line_no):
    push(by, [paid("o1", "2024-06-02 10:00", [bought(goods)])])
    (receipt,) = push(by, [event("shipped", "o1", "2024-06-03 10:00", line_no=line_no)])
    assert receipt.status == "rejected"
    assert OrderLine.objects.get().status == "paid"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024-06-02t10:00:00z", ""),
        ("2024-06-02T10:00:00.123456-07:00", ""),
        ("2024-06-02T10:00:00", "FIELD_INVALID"),
        ("0001-01-01T00:00:00Z", "FIELD_INVALID"),
        ("9999-12-31T23:59:59Z", "FIELD_INVALID"),
        ("9999-12-31T23:59:59-12:00", "FIELD_INVALID"),
        ("1969-12-31T23:59:59Z", "FIELD_INVALID"),
        ("2024-06-02T25:00:00Z", "FIELD_INVALID"),
        ("２０２４-06-02T10:00:00Z", "FIELD_INVALID"),
        ("2024-06-02T10:00:00Z\x00", "FIELD_INVALID"),
        (1717322400, "FIELD_INVALID"),
        ("2099-06-02T10:00:00Z", "OCCURRED_IN_FUTURE"),
        ("", "FIELD_MISSING"),
    ],
)
@pytest.mark.parametrize("name", ["occurred_at", "ordered_at"])
def test_a_moment_is_rfc_3339_with_an_offset_in_years_that_can_be_shown(by, goods, name, text, code):
    sent = paid("o1", "2024-06-02 10:00", [bought(goods)]) | {name: text}
    assert codes(by, [sent]) == [code]
    assert OrderEvent.objects.count() == (code == "")


def test_what_an_event_carries_beside_its_fields_may_be_as_deep_as_it_likes(by, goods):
    deep: list = []
    for _ in range(5_000):
        deep = [deep]
    sent = paid("o1", "2024-06-02 10:00", [bought(goods)]) | {"extra": deep}
    wrong = event("shipped", "o1", "2024-06-02 20:00", event_id="wrong") | {"line_no": deep}
    assert codes(by, [sent, wrong, {"event_id": deep}]) == ["", "FIELD_INVALID", "FIELD_INVALID"]


def test_of_several_events_with_one_id_each_has_its_own_answer(by, goods):
    unknown = {"product": {"merchant": "m20", "code": "p?"}}
    sent = [
        {"event_id": "a", "type": "shipped"},
        paid("o1", "2024-06-02 10:00", [bought(goods) | unknown], event_id="a"),
        paid("o2", "2024-06-02 10:00", [bought(goods)], event_id="a"),
        paid("o3", "2024-06-02 10:00", [bought(goods)], event_id="a"),
        paid("o4", "2024-06-02 10:00", [bought(goods) | unknown], event_id="a"),
        {"event_id": "a", "type": "received"},
    ]
    expected = [
        ("a", "rejected", "FIELD_MISSING"),
        ("a", "rejected", "PRODUCT_UNKNOWN"),
        ("a", "accepted", ""),
        ("a", "duplicate", ""),
        ("a", "duplicate", ""),
        ("a", "rejected", "FIELD_MISSING"),
    ]
    assert answers(by, sent) == expected
    assert list(OrderLine.objects.values_list("order_no", flat=True)) == ["o2"]


def test_one_batch_answers_as_the_same_events_one_by_one(goods):
    unknown = {"product": {"merchant": "m20", "code": "p?"}}
    sent = [
        paid("o1", "2024-06-02 10:00", [bought(goods) | unknown], event_id="a"),
        event("shipped", "o1", "2024-06-02 11:00", event_id="a"),
        paid("o1", "2024-06-02 10:00", [bought(goods)], event_id="a"),
        paid("o1", "2024-06-02 10:00", [bought(goods) | unknown], event_id="a"),
        paid("o1", "2024-06-02 10:00", [bought(goods) | unknown], event_id="b"),
    ]
    together, apart = source(), source()
    one_by_one = [answer for one in sent for answer in answers(apart, [one])]
    assert answers(together, sent) == one_by_one
    assert [each[1:] for each in one_by_one] == [
        ("rejected", "PRODUCT_UNKNOWN"),
        ("parked", "PREDECESSOR_MISSING"),
        ("duplicate", ""),
        ("duplicate", ""),
        ("rejected", "PRODUCT_UNKNOWN"),
    ]


def test_an_order_whose_coupons_exceed_all_its_lines_is_refused_and_says_so(by, goods):
    gift = bought(goods, line_no=2, price_fen=5_000, merchant_coupon_fen=4_999)
    lines = [bought(goods), gift]
    accepted = paid("C12", "2024-06-02 10:00", lines, order_coupon_fen=2_000)
    refused = paid("C12b", "2024-06-02 10:00", lines, order_coupon_fen=10_002)
    assert codes(by, [accepted, refused]) == ["", "COUPONS_EXCEED_PRICE"]
    assert list(OrderLine.objects.order_by("line_no").values_list("paid_fen", flat=True)) == [8_001, 0]
