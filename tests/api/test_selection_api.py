"""``/selection`` and ``/suggestions``: a streamer's tool in the selection centre."""

from urllib.parse import parse_qs, urlsplit

import pytest

from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Brand, Category, Product
from streamers.centre import lexicon, sync
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1")


def offered(merchant: Tenant, code: str, title: str, bps: int = 2000, **fields) -> Product:
    product = build.product(merchant, code, **fields)
    Product.objects.filter(pk=product.pk).update(title=title)
    build.normal_plan(product, bps)
    return product


@pytest.fixture
def goods() -> dict[str, Product]:
    merchant = build.merchant("m1", name="山野集")
    made = {
        "nut": offered(merchant, "nut", "夏威夷果 30包 原味", 2000, price_fen=12_900),
        "tea": offered(merchant, "tea", "明前绿茶 250g 礼盒装", 2500, price_fen=4_000),
        "lamp": offered(merchant, "lamp", "ANKER 护眼台灯", 1200, price_fen=39_900),
    }
    sync.in_step()
    lexicon.recount()
    return made


def codes(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["product"]["code"] for row in answer.json()["results"]]


def test_each_result_says_what_a_sale_leaves_and_by_which_offer(calling, streamer, goods):
    build.listed_plan(goods["nut"], "item_targeted", {streamer: 1800})
    (row,) = calling(streamer).get("/selection", {"q": "夏威夷果"}).json()["results"]
    assert row == {
        "id": goods["nut"].public_id, "product": {"merchant": "m1", "code": "nut"}, "title": "夏威夷果 30包 原味",
        "shop": "山野集", "shop_score": 480, "shop_has_few_orders": True, "brand": "", "provenance": "", "origin": "",
        "price_fen": 12_900, "price_to_fen": 12_900, "stock": 100,
        "sales_30d": 0, "offer": "item_targeted", "commission_bps": 1800, "per_sale_net_fen": 2_090,
        "next_commission_bps": 1800, "activity": "", "on_shelf": False, "badges": ["targeted"], "why": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["lamp", "tea", "nut"]),
        ({"sort": "per_sale"}, ["lamp", "nut", "tea"]),
        ({"sort": "price"}, ["tea", "nut", "lamp"]),
        ({"price_from": 4_000, "price_to": 12_900, "sort": "rate"}, ["tea", "nut"]),
        ({"rate_from": 2000, "per_sale_from": 2_322}, ["nut"]),
        ({"per_sale_from": 2_323}, ["lamp"]),
        ({"category": "uncategorised", "sort": "price_down"}, ["lamp", "nut", "tea"]),
        ({"category": "no-such"}, []),
        ({"q": "anker"}, ["lamp"]),
        ({"q": "山野"}, ["lamp", "tea", "nut"]),
        ({"plan_type": "exclusive"}, []),
        ({"plan_type": "normal", "q": "礼盒"}, ["tea"]),
        ({"score_from": 481}, []),
        ({"sales_from": 1}, []),
        ({"in_stock": 1, "not_on_shelf": 1}, ["lamp", "nut"]),
    ],
)
def test_filters_and_sorts(calling, streamer, goods, query, expected):
    build.pick(streamer, goods["tea"])
    assert codes(calling(streamer).get("/selection", query)) == expected


def test_every_parameter_that_cannot_be_used_is_named_at_once(calling, streamer, goods):
    answer = calling(streamer).get("/selection", {"price_from": "12.90", "sort": "cheapest", "plan_type": "best"})
    assert answer.status_code == 422
    assert [each["parameter"] for each in answer.json()["errors"]] == ["price_from", "plan_type", "sort"]
    misspelt = calling(streamer).get("/selection", {"prise_from": 1})
    assert [each["code"] for each in misspelt.json()["errors"]] == ["unknown"]


def test_pages_follow_each_other_until_next_is_null(calling, streamer, goods):
    reading = calling(streamer)
    first = reading.get("/selection", {"page_size": 2, "sort": "price"})
    assert codes(first) == ["tea", "nut"]
    assert first.json()["count"] == 3
    (cursor,) = parse_qs(urlsplit(first.json()["next"]).query)["cursor"]
    second = reading.get("/selection", {"page_size": 2, "sort": "price", "cursor": cursor})
    assert (codes(second), second.json()["next"]) == (["lamp"], None)
    other = reading.get("/selection", {"page_size": 2, "sort": "rate", "cursor": cursor})
    assert [each["parameter"] for each in other.json()["errors"]] == ["cursor"]


def test_a_misspelt_brand_is_read_as_the_nearest_and_says_so(calling, streamer, goods):
    answer = calling(streamer).get("/selection", {"q": "ankre"})
    assert codes(answer) == ["lamp"]
    assert answer.json()["readings"] == [{"typed": "ankre", "read_as": "anker"}]


def test_facets_count_what_each_further_choice_leaves(calling, streamer, goods):
    top = Category.objects.create(code="food", name="食品", level=1)
    middle = Category.objects.create(code="snack", name="零食", level=2, parent=top)
    leaf = Category.objects.create(code="nuts", name="坚果", level=3, parent=middle)
    brand = Brand.objects.create(code="b1", name="安克")
    Product.objects.filter(code__in=["nut", "tea"]).update(category=leaf)
    Product.objects.filter(code="lamp").update(brand=brand)
    sync.in_step()
    facets = calling(streamer).get("/selection", {"facets": 1, "rate_from": 1500}).json()["facets"]
    counted = {name: {each["value"]: each["count"] for each in choices} for name, choices in facets.items()}
    assert counted == {
        "category": {"food": 2, "snack": 2, "nuts": 2},
        "brand": {},
        "plan_type": {"normal": 2},
        "price": {"0-4999": 1, "10000-19999": 1},
        "rate": {"1000": 3, "2000": 2},
        "score": {"460": 2, "480": 2},
        "provenance": {},
        "origin": {},
        "city": {},
    }


def test_one_product_and_nothing_that_is_kept_for_others(calling, streamer, goods):
    reading, lamp = calling(streamer), goods["lamp"]
    assert reading.get(f"/selection/{lamp.public_id}").json()["per_sale_net_fen"] == 4_309
    build.listed_plan(lamp, "exclusive", {build.streamer("s2"): 3000})
    sync.in_step()
    assert reading.get(f"/selection/{lamp.public_id}").status_code == 404
    assert "lamp" not in codes(reading.get("/selection"))


def test_tomorrows_rate_is_said_today(calling, streamer, goods, monkeypatch):
    at = build.moment("2024-06-20 14:00")
    monkeypatch.setattr("haowu.ground.days.now", lambda: at)
    plans.set_rate(goods["tea"].plans.get(), 1000, at=at)
    sync.in_step()
    (row,) = calling(streamer).get("/selection", {"q": "绿茶"}).json()["results"]
    assert (row["commission_bps"], row["next_commission_bps"]) == (2500, 1000)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("夏威", ["夏威夷"]), ("xiaw", ["夏威夷"]), ("xwy", ["夏威夷"]), ("ank", ["anker"]), ("qqq", [])],
)
def test_suggestions_while_typing(calling, streamer, goods, typed, expected):
    answer = calling(streamer).get("/suggestions", {"q": typed})
    assert [each["text"] for each in answer.json()["results"]] == expected


def test_a_tool_reads_the_modules_and_the_goods_of_each(calling, streamer, goods):
    """The same goods as the page shows, in the order of the module's rule."""
    caller = calling(streamer)
    listed = {row["code"]: row for row in caller.get("/selection-modules").json()["results"]}
    assert [*listed] == [
        "featured-shops", "leaders", "value", "hot", "high-rate", "new", "source", "bases",
    ]  # fmt: skip
    assert (listed["high-rate"]["kind"], listed["high-rate"]["rule"]) == ("goods", "rate_from=20&sort=rate")
    assert codes(caller.get("/selection-modules/high-rate/products")) == ["tea", "nut"]
    first = caller.get("/selection-modules/high-rate/products", {"page_size": 1}).json()
    assert (len(first["results"]), first["count"]) == (1, 2)
    cursor = parse_qs(urlsplit(first["next"]).query)["cursor"][0]
    rest = caller.get("/selection-modules/high-rate/products", {"page_size": 1, "cursor": cursor})
    assert codes(rest) == ["nut"]
    gone = caller.get("/selection-modules/no-such/products")
    assert gone.status_code == 404
    assert caller.get("/selection-modules/high-rate/products", {"cursor": "x"}).status_code == 422


def test_goods_are_narrowed_by_where_they_come_from(calling, streamer, goods):
    Product.objects.filter(code="tea").update(provenance="factory", origin="linyi")
    Product.objects.filter(code="lamp").update(provenance="agent")
    sync.in_step()
    caller = calling(streamer)
    assert codes(caller.get("/selection", {"provenance": "factory"})) == ["tea"]
    assert codes(caller.get("/selection", {"origin": "linyi"})) == ["tea"]
    facets = caller.get("/selection", {"facets": 1}).json()["facets"]
    assert facets["provenance"] == [
        {"value": "factory", "label": "源头工厂", "count": 1},
        {"value": "agent", "label": "代理", "count": 1},
    ]
    assert facets["origin"] == [{"value": "linyi", "label": "临沂", "count": 1}]
    assert facets["score"] == [
        {"value": "460", "label": "4.60 分及以上", "count": 3},
        {"value": "480", "label": "4.80 分及以上", "count": 3},
    ]
