"""A market file from anywhere: what stands in one entry costs that entry alone, whatever it is."""

import copy
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from commissions.models import Policy
from haowu.ground import inputs
from haowu.market import loading
from haowu.tenants.models import BuyerIdentity, Tenant
from merchants.models import Category, Plan, PlanRate, Product, Sku
from streamers.models import Channel, Pick, Profile
from tuanzhang.models import Activity, Enrolment, SecondLevel

pytestmark = pytest.mark.django_db
MODELS = (
    Activity, BuyerIdentity, Category, Channel, Enrolment, Pick, Plan, PlanRate, Policy, Product, Profile, SecondLevel,
    Sku, Tenant,
)  # fmt: skip
Place = tuple[str | int, ...]


def entries(who: str) -> dict[str, Any]:
    """One entry of each kind with every field, all of whose codes end in ``who``."""
    product = {"merchant": f"m-{who}", "code": "p1"}
    at = "2024-06-01T00:00:00+08:00"
    return {
        "merchants": [
            {
                "code": f"m-{who}",
                "name": "店",
                "at": at,
                "buyer_ref": f"bm-{who}",
                "products": [
                    {"code": "p1", "title": "一", "category": f"甲/乙/{who}", "price_fen": 9900, "stock": 5},
                    {"code": "p2", "title": "二", "category": who, "price_fen": 9900, "stock": 5},
                ],
            }
        ],
        "streamers": [{"code": f"s-{who}", "name": "达", "fans": 7, "buyer_ref": f"bs-{who}"}],
        "leaders": [{"code": f"l-{who}", "name": "团"}, {"code": f"l2-{who}"}],
        "plans": [
            {
                "merchant": f"m-{who}",
                "type": "normal",
                "product": "p1",
                "rates": [{"bps": 1000, "at": at}, {"bps": 1100, "at": "2024-06-02T00:00:00+08:00"}],
                "step": {"threshold": 5, "bps": 2000, "mode": "retroactive", "comparator": ">="},
            },
            {"merchant": f"m-{who}", "type": "shop_targeted", "at": at, "streamers": {f"s-{who}": 1500}},
        ],
        "activities": [
            {
                "code": f"a-{who}",
                "leader": f"l-{who}",
                "type": "exclusive",
                "title": "活动",
                "begins_at": at,
                "ends_at": "2024-08-01T00:00:00+08:00",
                "min_commission_bps": 500,
                "min_service_fee_bps": 100,
                "streamers": [f"s-{who}"],
                "closed_at": "2024-07-30T00:00:00+08:00",
                "items": [
                    {
                        "product": product,
                        "commission_bps": 2000,
                        "service_fee_bps": 600,
                        "from": at,
                        "until": "2024-07-01T00:00:00+08:00",
                        "second": {"leader": f"l2-{who}", "bps": 300},
                    }
                ],
            }
        ],
        "picks": [
            {"pid": f"x-{who}", "streamer": f"s-{who}", "product": product, "activity": f"a-{who}", "at": at},
            {"pid": f"y-{who}", "streamer": f"s-{who}", "product": product | {"code": "p2"}, "at": at},
        ],
    }


POLICY = {
    "at": "2024-06-01T00:00:00+08:00", "tech_bps": 900, "hold_days": 8, "return_tech_fee": False,
    "front_clawbacks": True, "subsidy_in_base": True, "reserve_bps": 100, "reserve_days": 3,
}  # fmt: skip


def joined(each: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: [entry for lists in each for entry in lists[name]] for name in each[0]}


def market(*who: str) -> dict[str, Any]:
    return {"policy": POLICY} | joined([entries(each) for each in who])


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Every place below ``value``: each list, object and value in it."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in below:
        yield (*place, name)
        yield from places(each, (*place, name))


def inner_places(who: str) -> list[Place]:
    """Every place in the entries of ``who``; a code may be a name in them, as in a plan's streamers."""
    return [place for place in places(entries(who)) if len(place) > 1]


def with_value(whole: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    home: Any = changed
    for name in place[:-1]:
        home = home[name]
    home[place[-1]] = value
    return changed


NEIGHBOURS = {
    "merchant": 1, "product": 2, "streamer": 1, "tuanzhang": 2, "plan": 2, "activity": 1, "enrolment": 1, "pick": 2,
}  # fmt: skip
FITS_NOWHERE = {
    "NUL": "a\x00b",
    "a cut emoji": "\ud83d",
    "two lines": "a\nb",
    "long": "好" * 300,
    "negative": -1,
    "a fraction": 1.5,
    "no number": float("nan"),
    "huge": 10**30,
    "lists": [[]],
    "year 1": "0001-01-01T00:00:00+08:00",
}
FITS_SOMEWHERE = {
    "null": None,
    "empty": "",
    "blank": "\u3000",
    "wide digits": "１２",
    "joined emoji": "👨‍👩‍👧",
    "year 9999": "9999-12-31T23:59:59Z",
    "no offset": "2024-06-01T00:00:00",
    "zero": 0,
    "beyond 32 bits": 3_000_000_000,
    "true": True,
    "a list": ["a"],
    "an object": {"a": {"b": 1}},
    "an empty list": [],
    "an empty object": {},
}


MOMENTS = {"at", "begins_at", "ends_at", "from", "until", "closed_at"}


def refusals_of(file: dict[str, Any]) -> list[dict[str, str]]:
    """Load ``file`` as the command does; what it says can be printed."""
    document = json.dumps(file).encode()
    answer = loading.load(inputs.json_of_entries(document)).as_json()
    inputs.json_line(answer).encode()
    assert all(refusal["entry"] and refusal["code"] and refusal["message"] for refusal in answer["refusals"])
    return answer["refusals"]


def neighbours() -> dict[str, int]:
    mine = {"merchant__code": "m-good"}
    return {
        "merchant": Tenant.objects.filter(kind="merchant", code="m-good").count(),
        "product": Product.objects.listed().filter(**mine).count(),
        "streamer": Profile.objects.filter(streamer__code="s-good", fans=7).count(),
        "tuanzhang": Tenant.objects.filter(kind="tuanzhang", code__in=["l-good", "l2-good"]).count(),
        "plan": Plan.objects.filter(**mine).count(),
        "activity": Activity.objects.filter(code="a-good").exclude(closed_at=None).count(),
        "enrolment": SecondLevel.objects.filter(enrolment__activity__code="a-good", status="passed").count(),
        "pick": Pick.objects.filter(streamer__code="s-good").count(),
    }


@pytest.mark.parametrize("name", FITS_NOWHERE | FITS_SOMEWHERE)
def test_no_value_at_any_place_spoils_a_neighbour(name):
    """One file: a good entry of each kind, and for each place in them a copy that has the value there."""
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    wrong = inner_places("bad")
    assert len(wrong) > 60
    bad = [(entries(f"b{n}"), inner_places(f"b{n}")[n]) for n in range(len(wrong))]
    copies = [entries("good"), *(with_value(whole, place, value) for whole, place in bad)]
    refused = {each["entry"].partition(".")[0] for each in refusals_of({"policy": POLICY} | joined(copies))}
    assert neighbours() == NEIGHBOURS
    owners = {
        f"{part}[{index}]": n
        for part in copies[0]
        for index, n in enumerate(n for n, lists in enumerate(copies) for _entry in lists[part])
    }
    spared = [place for n, place in enumerate(wrong, start=1) if n not in {owners[entry] for entry in refused}]
    if name == "year 1":  # anywhere else it is a text like any other
        spared = [place for place in spared if place[-1] in MOMENTS]
    assert spared == [] or name in FITS_SOMEWHERE


@pytest.mark.parametrize("name", FITS_NOWHERE | FITS_SOMEWHERE)
def test_no_value_in_a_policy_spoils_the_market(name):
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    before = Policy.objects.count()
    for field in POLICY:
        refused = refusals_of({"policy": POLICY | {field: value}, "leaders": [{"code": field}]})
        assert refused or name in FITS_SOMEWHERE, field
        assert Tenant.objects.filter(kind="tuanzhang", code=field).exists()
    assert Policy.objects.count() == before or name in FITS_SOMEWHERE


@pytest.mark.parametrize("name", ["a cut emoji", "no number", "zero", "empty", "true", "an object"])
def test_a_list_that_is_none_is_refused_by_its_name_and_the_others_are_loaded(name):
    value = (FITS_NOWHERE | FITS_SOMEWHERE)[name]
    for part in [part for part in market("good") if part != "policy"]:
        with transaction.atomic():
            refused = refusals_of(market("good") | {part: value})
            assert part in {each["entry"] for each in refused}
            assert part == "streamers" or Profile.objects.filter(fans=7).exists()
            transaction.set_rollback(True)


@pytest.mark.parametrize("key", ["", " ", "\x00", "\ud83d", "x" * 300, "unknown"])
def test_a_streamers_code_that_is_none_costs_its_plan(key):
    plan = {"merchant": "m-good", "type": "item_targeted", "product": "p2", "streamers": {"s-good": 1000, key: 1000}}
    file = market("good")
    assert [each["entry"] for each in refusals_of(file | {"plans": [*file["plans"], plan]})] == ["plans[2]"]
    assert neighbours() == NEIGHBOURS


@pytest.mark.parametrize("document", ["[]", '"text"', "7", "null", "", "{", '{"unknown": []}', "[" * 5000])
def test_a_file_that_is_no_market_is_refused_whole(tmp_path, document):
    (tmp_path / "market.json").write_text(document)
    with pytest.raises(CommandError, match="MARKET_UNREADABLE"):
        call_command("load_market", str(tmp_path / "market.json"), "--json")
    assert not Tenant.objects.of_kind("merchant").exists()


def test_depth_and_digits_in_one_entry_cost_that_entry_alone(tmp_path):
    file = market("good", "bad")
    file["plans"][2]["step"]["threshold"], file["streamers"][1]["name"] = "DIGITS", "DEPTH"
    document = json.dumps(file).replace('"DIGITS"', "9" * 5000).replace('"DEPTH"', "[" * 9000 + "]" * 9000)
    (tmp_path / "market.json").write_text(document)
    out = StringIO()
    call_command("load_market", str(tmp_path / "market.json"), "--json", stdout=out)
    refused = json.loads(out.getvalue())["refusals"]
    assert {"streamers[1]", "plans[2]"} <= {each["entry"] for each in refused}
    assert neighbours() == NEIGHBOURS


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


def test_short_paths_keep_their_codes_and_long_ones_are_told_apart():
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
