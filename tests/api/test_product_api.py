"""``/selection/{id}`` in full, its calculation, and goods side by side."""

import pytest

from commissions.leaders import goods_served
from haowu.tenants.models import Tenant
from merchants import editing
from merchants.models import Product
from streamers.centre import sync
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1")


@pytest.fixture
def nut() -> Product:
    product = build.product(build.merchant("m1", name="山野集"), "nut", price_fen=12_900)
    build.normal_plan(product, 2000)
    sync.in_step()
    return product


def test_a_product_is_read_in_full(calling, streamer, nut):
    details = editing.Details("坚果", "现炒现发\n\n 独立小包 ", nut.category, None)
    skus = [editing.SkuWish("nut", "一盒", 11_900, 5), editing.SkuWish("two", "两盒", 21_900, 7)]
    editing.change_product(nut, details, skus, at=build.moment("2024-06-10 09:00"))
    activity = build.activity(build.leader("l1", name="领头羊"), title="夏季")
    build.enrolled(nut, activity, 2500)
    build.pick(build.streamer("s2"), nut)
    other = build.product(nut.merchant, "like", price_fen=12_000)
    Product.objects.filter(pk=other.pk).update(title="坚果 大包")
    build.normal_plan(other, 3000)
    sync.in_step()
    body = calling(streamer).get(f"/selection/{nut.public_id}").json()
    shown = {name: body[name] for name in ("id", "commission_bps", "per_sale_net_fen", "points", "skus", "prices")}
    assert shown == {
        "id": nut.public_id,
        "commission_bps": 2000,
        "per_sale_net_fen": 2_142,
        "points": ["现炒现发", "独立小包"],
        "skus": [
            {"code": "nut", "spec": "一盒", "price_fen": 11_900, "stock": 5, "per_sale_net_fen": 2_142},
            {"code": "two", "spec": "两盒", "price_fen": 21_900, "stock": 7, "per_sale_net_fen": 3_942},
        ],
        "prices": [
            {"at": "2024-05-21T14:00:00+08:00", "price_fen": 12_900},
            {"at": "2024-06-10T09:00:00+08:00", "price_fen": 11_900},
        ],
    }
    assert body["pickers"] == {"all": 1, "large": 0, "middle": 0, "small": 1}
    assert (body["service"], body["bases"]) == (None, [])
    assert [(way["leader"], way["title"], way["gain_fen"]) for way in body["ways"]] == [("领头羊", "夏季", 535)]
    assert [(each["product"]["title"], each["gain_fen"]) for each in body["similar"]] == [("坚果 大包", 1_098)]


@pytest.mark.parametrize(
    ("query", "base", "net", "total"),
    [
        ({}, 12_900, 2_322, 2_322),
        ({"quantity": 500}, 12_900, 2_322, 1_161_000),
        ({"price_fen": 9_999, "coupon_fen": 1_000, "quantity": 3}, 8_999, 1_620, 4_860),
        ({"coupon_fen": 99_999}, 0, 0, 0),
    ],
)
def test_a_calculation_is_rounded_per_order(calling, streamer, nut, query, base, net, total):
    body = calling(streamer).get(f"/selection/{nut.public_id}/calculation", query).json()
    assert (body["base_fen"], body["now"]["net_fen"], body["now"]["total_fen"]) == (base, net, total)
    assert body["tomorrow"] == body["now"]


def test_what_cannot_be_calculated_is_named(calling, streamer, nut):
    path = f"/selection/{nut.public_id}/calculation"
    answer = calling(streamer).get(path, {"quantity": 0, "price_fen": "12.9"})
    assert [each["parameter"] for each in answer.json()["errors"]] == ["quantity", "price_fen"]
    answer = calling(streamer).get(path, {"sku": "no-such"})
    assert [each["parameter"] for each in answer.json()["errors"]] == ["sku"]


def test_goods_side_by_side_say_where_they_differ(calling, streamer, nut):
    tea = build.product(nut.merchant, "tea", price_fen=4_000)
    build.normal_plan(tea, 2000)
    body = calling(streamer).get("/comparisons", {"products": f"{tea.public_id},{nut.public_id},none"}).json()
    assert [(each["title"], each["per_sale_net_fen"]) for each in body["results"]] == [("tea", 720), ("nut", 2_322)]
    assert body["best_net"] == nut.public_id
    assert body["differs"] == ["net", "price"]


@pytest.mark.parametrize("products", ["a,b,c,d,e", "a,,b", "x" * 17])
def test_a_comparison_takes_one_to_four_ids(calling, streamer, nut, products):
    answer = calling(streamer).get("/comparisons", {"products": products})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "products")


def test_late_and_after_sale_rates_are_counted_in_the_morning(calling, streamer, nut):
    pick, by = build.pick(streamer, nut), build.source()
    events = [build.paid(f"o{n}", "2024-06-01 08:00", [build.bought(nut, pick.pid)]) for n in range(4)]
    events += [build.event("shipped", f"o{n}", "2024-06-02 08:00") for n in range(2)]
    events += [build.event("shipped", "o2", "2024-06-05 08:00")]
    events += [build.event("after_sale_opened", "o0", "2024-06-04 08:00", case_no="c1")]
    build.push(by, events)
    goods_served.count_service(at=build.moment("2024-06-20 14:00"))
    body = calling(streamer).get(f"/selection/{nut.public_id}").json()
    assert body["service"] == {
        "to_ship": 4, "late": 2, "shipped": 3, "after_sales": 1, "counted_on": "2024-06-20"
    }  # fmt: skip
