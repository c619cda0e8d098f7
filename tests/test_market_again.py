"""A market file loaded again, and what it says of plans, second leaders and categories."""

import pytest

from haowu.market import loading
from merchants.models import Category, Plan, Product
from streamers.models import Channel, Profile
from tests.market_file import MODELS, market, refusals_of
from tuanzhang.models import Enrolment, SecondLevel

pytestmark = pytest.mark.django_db


def test_a_whole_market_loaded_again_adds_nothing():
    file = market("good", "other")
    assert refusals_of(file) == []
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    again = loading.load(file).as_json()
    assert again["loaded"] == {}
    assert {each["code"] for each in again["refusals"]} == {
        "PRODUCT_CODE_TAKEN", "PLAN_EXISTS", "ACTIVITY_CODE_TAKEN", "PID_TAKEN",
    }  # fmt: skip
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_a_pick_that_turned_to_an_activity_stays_there_when_the_file_is_loaded_again():
    file = market("good")
    file["activities"][0] |= {"type": "normal", "streamers": []}
    turned = file["picks"][0]
    file["picks"].insert(0, {name: turned[name] for name in ("pid", "streamer", "product", "at")})
    assert refusals_of(file) == []
    assert Channel.objects.count() == 1
    assert loading.load(file).as_json()["loaded"] == {}
    assert Channel.objects.count() == 1


def test_fans_that_a_file_says_nothing_of_stay():
    loading.load({"streamers": [{"code": "s1", "fans": 9}, {"code": "s2"}]})
    assert loading.load({"streamers": [{"code": "s1"}, {"code": "s2", "fans": 3}]}).as_json()["loaded"] == {}
    assert dict(Profile.objects.values_list("streamer__code", "fans")) == {"s1": 9, "s2": 3}


def test_a_plan_takes_products_of_its_own_merchant_alone():
    file = {
        "merchants": [{"code": code, "products": [{"code": "p1", "price_fen": 100}]} for code in ("m1", "m2")],
        "plans": [
            {"merchant": "m1", "type": "normal", "product": {"merchant": "m2", "code": "p1"}, "rates": [{"bps": 1}]},
            {"merchant": "m1", "type": "normal", "product": {"merchant": "m1", "code": "p1"}, "rates": [{"bps": 1}]},
        ],
    }
    assert [(each["entry"], each["code"]) for each in refusals_of(file)] == [("plans[0]", "ENTRY_INVALID")]
    assert Plan.objects.get().merchant.code == "m1"


def test_a_second_leader_who_is_unknown_costs_his_part_alone():
    file = market("good")
    file["activities"][0]["items"][0]["second"]["leader"] = "nobody"
    assert [(each["entry"], each["code"]) for each in refusals_of(file)] == [
        ("activities[0].items[0].second", "UNKNOWN_REFERENCE")
    ]
    assert (Enrolment.objects.filter(status="passed").count(), SecondLevel.objects.count()) == (1, 0)


def leaf(path: str) -> Category:
    answer = loading.load(
        {"merchants": [{"code": "m", "products": [{"code": path, "category": path, "price_fen": 1}]}]}
    ).as_json()
    assert [each["code"] for each in answer["refusals"]] in ([], ["PRODUCT_CODE_TAKEN"])
    return Product.objects.get(code=path).category


def test_short_paths_keep_their_codes_and_long_ones_are_distinguished():
    assert [leaf(path).code for path in ("服饰/女装/外套", "鞋", "书/文具")] == [
        "服饰/女装/外套",
        "鞋/鞋/鞋",
        "书/书/文具",
    ]
    name = "n" * 60
    assert (leaf(name).name, leaf(name).level) == (name, 3)
    assert leaf("a/b/c/d") != leaf("a/b/c/e")
    assert leaf("a/b/c/d").parent == leaf("a/b/c/e").parent
    assert leaf("a/b/c/d").name == "c/d"


def test_a_leaf_is_found_by_its_names_where_staff_gave_it_another_code():
    parent = None
    for level, (code, name) in enumerate((("c1", "服饰"), ("c2", "女装"), ("c3", "外套")), start=1):
        parent = Category.objects.create(code=code, name=name, level=level, parent=parent)
    count = Category.objects.count()
    assert leaf("服饰/女装/外套") == parent
    assert Category.objects.count() == count


def test_a_path_whose_code_another_category_bears_gets_one_of_its_own():
    made = leaf("uncategorised")
    assert (made.name, made.level, made.parent.parent.name) == ("uncategorised", 3, "uncategorised")
    assert made != Category.objects.get(code="uncategorised")
