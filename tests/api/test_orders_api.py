"""GET /api/v1/orders: each party sees its own part of a line."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commissions.models import OrderLine
from tests.api.callers import figures
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
    streamer,
)

pytestmark = pytest.mark.django_db

RATES = ("commission_bps", "service_fee_bps", "second_bps", "provider_bps", "agency_bps", "tech_bps")


def listed(caller, **query) -> list[str]:
    answer = caller.get("/orders", query)
    assert answer.status_code == 200, answer.content
    return [f"{each['order_no']}/{each['line_no']}" for each in answer.json()["results"]]


def test_a_streamer_sees_what_he_earns_and_nobody_elses_share(sale, calling):
    (line,) = calling(sale.seller).get("/orders").json()["results"]
    assert line.pop("updated_at")
    assert line == {
        "order_no": "o1",
        "line_no": 1,
        "source": "youzan",
        "product": {"merchant": "m1", "code": "p1", "title": "p1"},
        "quantity": 1,
        "pid": "x1",
        "sub_id": "",
        "status": "settled",
        "ordered_at": "2024-06-01T08:00:00+08:00",
        "shipped_at": None,
        "received_at": "2024-06-02T12:00:00+08:00",
        "due_at": "2024-06-09T12:00:00+08:00",
        "held": None,
        "base_fen": 10000,
        "terms": {
            "offer": {"kind": "item_targeted", "activity": None},
            "hold_days": 7,
            "commission_bps": 2000,
            "service_fee_bps": None,
            "second_bps": None,
            "provider_bps": None,
            "agency_bps": 0,
            "tech_bps": 1000,
        },
        "estimate": {"streamer": {"party": "s1", "gross_fen": 2000, "tech_fee_fen": 200, "net_fen": 1800}},
        "phases": [
            {
                "day": "2024-06-10",
                "kind": "settlement",
                "shares": {"streamer": {"party": "s1", "gross_fen": 2000, "tech_fee_fen": 200, "net_fen": 1800}},
            }
        ],
    }


def test_a_merchant_sees_its_cost_and_each_roles_gross(sale, calling):
    (line,) = calling(sale.shop).get("/orders").json()["results"]
    shares = {"streamer": {"party": "s1", "gross_fen": 2000}, "merchant": {"cost_fen": 2000}}
    assert (line["pid"], line["estimate"], line["phases"][0]["shares"]) == (None, shares, shares)
    assert [line["terms"][name] for name in RATES] == [2000, 0, 0, 0, None, None]


def test_a_source_sees_the_life_of_the_goods_and_no_money(sale, calling):
    (line,) = calling(sale.source).get("/orders").json()["results"]
    assert (line["order_no"], line["status"]) == ("o1", "received")
    assert (line["pid"], line["base_fen"], line["terms"], line["estimate"], line["phases"]) == (
        None,
        None,
        None,
        {},
        [],
    )


def test_a_source_reads_its_events_status_and_holds_and_no_settlement(sale, calling):
    """Settled, then a refund of it waits for the next night: of neither an order source hears."""
    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", amount_fen=4_000, event_id="r1")])
    line = calling(sale.source).get("/orders/o1/lines/1").json()
    assert (line["status"], line["held"], line["phases"]) == ("received", None, [])
    explanation = line["explanation"]
    assert [(each["event_id"], each["verdict"], each.get("amount_fen")) for each in explanation.pop("events")] == [
        ("paid-o1", "accepted", None),
        ("received-o1", "accepted", None),
        ("r1", "accepted", 4_000),
    ]
    assert explanation == {
        "trace": [],
        "sentences": ["2024-06-01 08:00 买家付款", "2024-06-02 12:00 收货", "2024-06-11 09:00 退款"],
        "settles_on": None,
        "holds": [],
        "disputes": [],
        "steps": [],
        "adjustments": [],
        "postings": [],
        "credits": [],
        "next": None,
    }


def test_a_source_is_not_told_that_a_merchants_deposit_is_short(sale, calling):
    held = {"held_reason": "INSUFFICIENT_DEPOSIT", "held_since": moment("2024-06-10 02:00")}
    OrderLine.objects.update(**held)
    assert calling(sale.source).get("/orders/o1/lines/1").json()["held"] is None
    assert calling(sale.shop).get("/orders/o1/lines/1").json()["held"]["reason"] == "INSUFFICIENT_DEPOSIT"
    push(sale.source, [event("after_sale_opened", "o1", "2024-06-12 09:00", case_no="c1")])
    OrderLine.objects.update(held_reason="AFTER_SALE_OPEN")
    assert calling(sale.source).get("/orders/o1/lines/1").json()["held"]["reason"] == "AFTER_SALE_OPEN"


def test_a_refund_after_the_night_shows_as_a_clawback_and_lowers_the_base_for_both(sale, calling):
    push(sale.source, [event("refunded", "o1", "2024-06-11 09:00", refund_no="r1", goods_fen=4000)])
    for tenant in (sale.shop, sale.seller):
        (line,) = calling(tenant).get("/orders").json()["results"]
        assert (line["base_fen"], len(line["phases"])) == (6000, 1)
    settle("2024-06-12")
    (line,) = calling(sale.seller).get("/orders").json()["results"]
    assert (line["status"], line["phases"][1]) == (
        "settled",
        {
            "day": "2024-06-12",
            "kind": "clawback",
            "shares": {"streamer": {"party": "s1", "gross_fen": -800, "tech_fee_fen": -80, "net_fen": -720}},
        },
    )


def test_a_line_explains_itself_to_each_party_as_far_as_it_is_theirs(sale, calling):
    to_seller = calling(sale.seller).get("/orders/o1/lines/1").json()["explanation"]
    assert to_seller["trace"] == ["EXCLUSIVE_NONE", "ITEM_TARGETED_LISTED"]
    said = to_seller["sentences"]
    assert said[0] == "订单 o1 第 1 行：已结算，计佣基数 ¥100.00。"
    assert "商品定向计划列有这位达人：按它计佣。" in said
    assert "条款（下单时冻结）：佣金 20%，技术服务费 10%。" in said
    assert "预估：达人毛额 ¥20.00，技术服务费 ¥2.00，净额 ¥18.00。" in said
    assert "2024-06-10 结算：达人毛额 ¥20.00，技术服务费 ¥2.00，净额 ¥18.00。" in said
    to_shop = calling(sale.shop).get("/orders/o1/lines/1").json()["explanation"]["sentences"]
    assert "条款（下单时冻结）：佣金 20%。" in to_shop
    assert "2024-06-10 结算：达人 s1 毛额 ¥20.00。" in to_shop
    assert "2024-06-10 结算：商家支出 ¥20.00。" in to_shop
    assert not any("净额" in sentence for sentence in to_shop)


def test_the_detail_is_the_list_item_and_its_explanation(sale, calling):
    caller = calling(sale.seller)
    (item,) = caller.get("/orders").json()["results"]
    detail = caller.get("/orders/o1/lines/1").json()
    assert detail.keys() - item.keys() == {"explanation"}
    assert {name: detail[name] for name in item} == item


def test_a_natural_order_pays_nobody_and_says_why(sale, calling):
    goods = product(sale.shop)
    push(sale.source, [paid("o2", "2024-06-01 08:00", [bought(goods, "nobody")])])
    line = calling(sale.shop).get("/orders/o2/lines/1").json()
    assert (line["terms"], line["estimate"], line["explanation"]["trace"]) == (None, {}, ["UNKNOWN_PID"])


@pytest.mark.parametrize(
    "path",
    ["o1/lines/2", "o2/lines/1", "o1/lines/x", "o1/lines/-1", "o1/lines/" + "9" * 20, "%00/lines/1", "o1/lines/", "o1"],
)
def test_a_line_that_is_none_is_not_found(sale, calling, path):
    answer = calling(sale.seller).get(f"/orders/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_an_order_number_may_hold_slashes(sale, calling):
    push(sale.source, [paid("2024/06/7", "2024-06-01 08:00", [bought(product(sale.shop))])])
    assert calling(sale.shop).get("/orders/2024%2F06%2F7/lines/1").json()["order_no"] == "2024/06/7"


def test_a_number_that_two_sources_use_asks_for_the_source(sale, calling):
    push(source("jd"), [paid("o1", "2024-06-01 08:00", [bought(product(sale.shop))])])
    caller = calling(sale.shop)
    answer = caller.get("/orders/o1/lines/1")
    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_AMBIGUOUS")
    assert "jd、youzan" in answer.json()["detail"]
    assert caller.get("/orders/o1/lines/1", {"source": "jd"}).json()["source"] == "jd"
    assert caller.get("/orders/o1/lines/1", {"source": "nobody"}).status_code == 404
    assert calling(sale.seller).get("/orders/o1/lines/1").status_code == 200


def test_filters_name_their_axis(sale, calling):
    goods = product(sale.shop)
    push(sale.source, [paid("o2", "2024-06-03 08:00", [bought(goods)]), event("shipped", "o2", "2024-06-04 08:00")])
    caller = calling(sale.shop)
    at = "2024-06-03T08:00:00+08:00"
    assert listed(caller) == ["o2/1", "o1/1"]
    assert listed(caller, ordered_from=at) == ["o2/1"]
    assert listed(caller, ordered_to=at) == ["o1/1"]
    assert listed(caller, status="settled") == ["o1/1"]
    assert listed(caller, status="shipped") == ["o2/1"]
    assert listed(caller, status="received") == []
    assert listed(caller, order_no="o1") == ["o1/1"]


@pytest.mark.django_db(transaction=True)
def test_a_line_is_updated_by_its_events_and_by_nothing_else(calling):
    by, shop = source(), merchant()
    goods = product(shop)
    seller = streamer()
    normal_plan(goods, 1000)
    pick(seller, goods, "x")
    caller = calling(shop)

    def updated_at() -> str:
        (line,) = caller.get("/orders").json()["results"]
        return line["updated_at"]

    push(by, [paid("o1", "2024-06-01 08:00", [bought(goods, "x")])])
    created = updated_at()
    push(by, [event("received", "o1", "2024-06-02 08:00", event_id="r")])
    received = updated_at()
    assert received > created
    push(by, [event("received", "o1", "2024-06-02 08:00", event_id="r")])
    settle("2024-06-10")
    assert updated_at() == received
    push(by, [event("refunded", "o1", "2024-06-11 08:00", refund_no="1", goods_fen=1)])
    refunded = updated_at()
    assert refunded > received
    assert listed(caller, updated_from=refunded) == ["o1/1"]
    assert listed(caller, updated_to=refunded) == []


def test_all_lines_of_many_pages_come_once_and_in_order(sale, calling):
    goods = product(sale.shop)
    same_moment = [paid(f"n{number:03}", "2024-06-05 08:00", [bought(goods)]) for number in range(25)]
    push(sale.source, same_moment)
    caller = calling(sale.shop)
    seen, url, pages = [], "/orders", 0
    query = {"page_size": "10", "ordered_from": "2024-06-01T00:00:00+08:00"}
    while url:
        page = caller.get(url, query).json()
        seen += [each["order_no"] for each in page["results"]]
        url, query, pages = (page["next"] or "").removeprefix("http://testserver/api/v1"), None, pages + 1
    assert pages == 3
    assert sorted(seen) == sorted([*(f"n{number:03}" for number in range(25)), "o1"])
    assert seen[-1] == "o1"


def test_a_page_costs_the_same_number_of_queries_however_long_it_is(sale, calling):
    caller = calling(sale.shop)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert len(caller.get("/orders").json()["results"]) == 1
    goods = product(sale.shop)
    push(sale.source, [paid(f"n{number}", "2024-06-05 08:00", [bought(goods)]) for number in range(30)])
    with CaptureQueriesContext(connection) as many:
        assert len(caller.get("/orders").json()["results"]) == 31
    assert len(few) == len(many) <= 12


def test_a_plan_of_another_streamer_leaves_no_trace_of_him(sale, calling):
    goods = product(sale.shop, "p9")
    other = streamer("s2")
    normal_plan(goods, 1000, at=moment("2024-05-01 00:00"))
    listed_plan(goods, "item_targeted", {other: 3000})
    pick(sale.seller, goods, "x9")
    push(sale.source, [paid("o9", "2024-06-01 08:00", [bought(goods, "x9")])])
    answer = calling(sale.seller).get("/orders/o9/lines/1")
    assert answer.json()["terms"]["commission_bps"] == 1000
    assert not re.search(r"\bs2\b", answer.content.decode())
    assert 3_000 not in figures(answer.json())
