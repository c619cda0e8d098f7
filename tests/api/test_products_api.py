"""``/products``, ``/listings``, ``/plans`` and their rates: a merchant's system does what its pages do."""

import pytest

from merchants.models import Plan, PlanRate, Product
from tests import build
from tests.build import merchant, product, streamer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SKUS = [{"code": "s1", "spec": "150 ml", "price_fen": 12_900, "stock": 5}]
NOW, MIDNIGHT = "2024-06-20T14:00:00+08:00", "2024-06-21T00:00:00+08:00"
YESTERDAY = build.moment("2024-06-19 10:00")


@pytest.fixture
def shop():
    return merchant("m1")


@pytest.fixture
def selling(shop, calling):
    return calling(shop)


def results(answer) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.content
    return [(result["status"], result["code"]) for result in answer.json()["results"]]


class TestProducts:
    def test_many_are_added_each_with_its_own_answer(self, shop, selling):
        product(shop, "taken")
        asked = [
            {"code": "a", "title": "盖碗", "category": "uncategorised", "skus": SKUS},
            {"code": "taken", "skus": SKUS},
            {"code": "b", "category": "没有/这个/类目", "skus": SKUS},
            {"code": "c", "brand": "nobody", "skus": SKUS},
            {"code": "d", "skus": SKUS + SKUS},
        ]
        assert results(selling.post("/products", {"products": asked})) == [
            ("accepted", ""),
            ("rejected", "PRODUCT_CODE_TAKEN"),
            ("rejected", "CATEGORY_UNKNOWN"),
            ("rejected", "PRODUCT_BRAND_UNKNOWN"),
            ("rejected", "SKU_CODE_REPEATED"),
        ]
        assert set(Product.objects.values_list("code", "status")) == {("a", "draft"), ("taken", "listed")}
        read = selling.get("/products/a").json()
        assert (read["title"], read["category"], read["skus"]) == ("盖碗", "uncategorised", SKUS)

    def test_a_change_writes_what_it_names_and_leaves_the_rest(self, shop, selling):
        product(shop, "p", price_fen=5000, stock=3)
        changed = selling.patch("/products/p", {"description": "手绘"}).json()
        assert (changed["title"], changed["description"], changed["category"]) == ("p", "手绘", "uncategorised")
        assert changed["skus"] == [{"code": "p", "spec": "", "price_fen": 5000, "stock": 3}]
        assert selling.patch("/products/p", {"skus": SKUS}).json()["skus"] == SKUS
        refused = selling.patch("/products/p", {"title": ""})
        assert (refused.status_code, refused.json()["code"]) == (422, "TITLE_MISSING")
        assert Product.objects.get().title == "p"
        assert selling.patch("/products/nothing", {"title": "x"}).status_code == 404

    def test_listing_and_delisting_answer_per_code(self, shop, selling):
        product(shop, "off", listed=False), product(shop, "on"), product(shop, "empty", listed=False, stock=0)
        product(merchant("m2"), "theirs", listed=False)
        asked = {"codes": ["off", "on", "empty", "theirs", "off"]}
        assert results(selling.post("/listings", asked)) == [
            ("accepted", ""),
            ("rejected", "ALREADY_LISTED"),
            ("rejected", "OUT_OF_STOCK"),
            ("rejected", "NOT_FOUND"),
            ("accepted", ""),
        ]
        assert results(selling.post("/delistings", {"codes": ["off", "empty"]})) == [
            ("accepted", ""),
            ("rejected", "NOT_LISTED"),
        ]
        assert Product.objects.get(code="theirs").status == "draft"

    def test_a_merchant_reads_its_own_alone(self, shop, selling):
        product(shop, "mine"), product(merchant("m2"), "theirs")
        assert [each["code"] for each in selling.get("/products").json()["results"]] == ["mine"]
        assert [each["code"] for each in selling.get("/products", {"status": "draft"}).json()["results"]] == []
        assert selling.get("/products/theirs").status_code == 404


class TestPlans:
    def test_plans_open_each_with_its_own_answer(self, shop, selling):
        product(shop, "p"), streamer("s1")
        asked = [
            {"type": "normal", "product": "p", "commission_bps": 2000},
            {"type": "normal", "product": "p", "commission_bps": 1000},
            {"type": "item_targeted", "product": "p", "streamers": [{"streamer": "s1", "commission_bps": 2500}]},
            {"type": "exclusive", "product": "nothing", "streamers": [{"streamer": "s1", "commission_bps": 1}]},
            {"type": "shop_targeted", "streamers": [{"streamer": "nobody", "commission_bps": 1}]},
        ]
        assert results(selling.post("/plans", {"plans": asked})) == [
            ("accepted", ""),
            ("rejected", "PLAN_EXISTS"),
            ("accepted", ""),
            ("rejected", "NOT_FOUND"),
            ("rejected", "NOT_FOUND"),
        ]
        read = selling.get("/plans", {"type": "normal"}).json()["results"]
        assert [(each["product"], each["commission_bps"], each["state"]) for each in read] == [("p", 2000, "live")]

    def test_rates_say_from_when_they_hold(self, shop, selling):
        up, down, same = (product(shop, code) for code in ("up", "down", "same"))
        for each in (up, down, same):
            build.normal_plan(each, 2000, YESTERDAY)
        theirs = build.normal_plan(product(merchant("m2"), "theirs"), 2000, YESTERDAY)
        plan = Plan.objects.get(product=down)
        asked = [
            {"product": "up", "commission_bps": 2500},
            {"plan": plan.public_id, "commission_bps": 1500},
            {"product": "same", "commission_bps": 2000},
            {"product": "theirs", "commission_bps": 100},
            {"plan": theirs.public_id, "commission_bps": 100},
            {"product": "up", "commission_bps": 2600, "streamer": "nobody"},
        ]
        answer = selling.post("/plan-rates", {"rates": asked})
        assert results(answer) == [("accepted", "")] * 3 + [("rejected", "NOT_FOUND")] * 3
        assert [each["effective_from"] for each in answer.json()["results"]] == [NOW, MIDNIGHT, None, None, None, None]
        assert PlanRate.objects.filter(plan=theirs).count() == 1

    def test_late_decreases_are_refused_and_raises_go_on(self, shop, selling, clock):
        for code in ("up", "down"):
            build.normal_plan(product(shop, code), 2000, YESTERDAY)
        clock("2024-06-20 23:55")
        asked = [{"product": "up", "commission_bps": 2500}, {"product": "down", "commission_bps": 1500}]
        assert results(selling.post("/plan-rates", {"rates": asked})) == [
            ("accepted", ""),
            ("rejected", "DECREASES_CLOSED"),
        ]

    def test_plans_end_at_the_next_midnight(self, shop, selling):
        plan = build.normal_plan(product(shop, "p"), 2000, YESTERDAY)
        answer = selling.post("/plan-endings", {"plans": [plan.public_id, "x", plan.public_id]})
        assert results(answer) == [("accepted", ""), ("rejected", "NOT_FOUND"), ("rejected", "PLAN_ENDED")]
        assert answer.json()["results"][0]["effective_from"] == MIDNIGHT
