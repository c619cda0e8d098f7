"""What each party reads of a refund of a whole order: its own share of it, and nothing of the others."""

import re

import pytest

from commissions.models import OrderLine
from tests.api.callers import figures
from tests.browser import browser
from tests.build import (
    bought,
    event,
    merchant,
    normal_plan,
    paid,
    pick,
    product,
    push,
    story_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_merchants(sale):
    """Order D02, refunded whole: 20.00 of m1 through s1, 30.00 of another merchant, freight 5.00."""
    other = product(merchant("m02b"), "p2")
    goods = product(sale.shop, "p02")
    normal_plan(goods, 1000)
    pick(sale.seller, goods, "x02")
    lines = [bought(goods, "x02", price_fen=2_000), bought(other, line_no=2, price_fen=3_000)]
    push(
        sale.source,
        [
            paid("D02", "2024-06-02 10:00", lines, freight_fen=500, order_coupon_fen=0),
            event("received", "D02", "2024-06-03 12:00"),
            event("refunded", "D02", "2024-06-04 10:00", refund_no="R", amount_fen=5_500),
            event("refunded", "D02", "2024-06-04 11:00", refund_no="R2", amount_fen=7_777),
            event("refunded", "D02", "2024-06-04 12:00", refund_no="R3", goods_fen=0, freight_fen=333),
        ],
    )
    return sale


@pytest.mark.parametrize("party", ["shop", "seller"])
def test_a_party_sees_what_a_whole_refund_took_off_its_own_line(two_merchants, calling, party):
    answer = calling(getattr(two_merchants, party)).get("/orders/D02/lines/1")
    explanation = answer.json()["explanation"]
    refunds = [each for each in explanation["events"] if each["type"] == "refunded"]
    amounts = ("amount_fen", "goods_fen", "freight_fen")
    assert [{name: each[name] for name in amounts if name in each} for each in refunds] == [
        {"amount_fen": 2_000},
        {},
        {},
    ]
    assert [each["code"] for each in refunds] == ["", "REFUND_EXCEEDS_PAYMENT", "REFUND_EXCEEDS_PAYMENT"]
    assert "2024-06-04 10:00 退款 ¥20.00" in explanation["sentences"]
    assert figures(answer.json()) & {5_500, 3_000, 7_777, 333, 500} == set()


def test_the_page_of_a_line_too_shows_its_own_share_of_a_whole_refund(two_merchants):
    line = OrderLine.objects.get(order_no="D02", line_no=1)
    page = browser(two_merchants.seller).get(f"/orders/lines/{line.pk}/").content.decode()
    assert "退款 ¥20.00" in page
    assert not re.search(r"¥(55\.00|30\.00|77\.77)", page)


def test_the_source_and_the_platform_see_a_refund_as_it_was_sent(two_merchants, calling):
    explanation = calling(two_merchants.source).get("/orders/D02/lines/1").json()["explanation"]
    assert [each.get("amount_fen") for each in explanation["events"]] == [None, None, 5_500, 7_777, None]
    assert [each.get("amount_fen") for each in story_of("D02")["events"]] == [None, None, 5_500, 7_777, None]


def test_a_share_of_a_refund_by_goods_and_freight_is_shown_as_goods(two_merchants, calling):
    other, mine = product(merchant("m03"), "p3"), product(two_merchants.shop, "p03")
    lines = [bought(mine, price_fen=2_000), bought(other, line_no=2, price_fen=3_000)]
    refund = event("refunded", "D03", "2024-06-04 10:00", refund_no="R", goods_fen=2_500, freight_fen=400)
    push(two_merchants.source, [paid("D03", "2024-06-02 10:00", lines, freight_fen=500), refund])
    explanation = calling(two_merchants.shop).get("/orders/D03/lines/1").json()["explanation"]
    assert (explanation["events"][1]["goods_fen"], "freight_fen" in explanation["events"][1]) == (1_000, False)


def test_what_happened_to_the_order_before_a_line_joined_it_is_not_shown_on_that_line(sale, calling):
    goods = product(sale.shop)
    joined = paid("o5", "2024-06-20 10:00", [bought(goods, line_no=2)])
    push(sale.source, [paid("o5", "2024-06-02 10:00", [bought(goods)]), event("received", "o5", "2024-06-03 12:00")])
    push(sale.source, [joined])
    caller = calling(sale.shop)
    histories = [caller.get(f"/orders/o5/lines/{number}").json()["explanation"]["events"] for number in (1, 2)]
    assert [[each["type"] for each in events] for events in histories] == [["paid", "received"], ["paid"]]
