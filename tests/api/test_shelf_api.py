"""``/shelf``, ``/picks`` and what stands beside them: a streamer's tool keeps the shelf."""

import pytest

from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Plan, Product
from streamers.centre import sync
from streamers.models import Pick, ShelfGroup
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1")


@pytest.fixture
def goods() -> dict[str, Product]:
    merchant = build.merchant("m1", name="山野集")
    made = {code: build.product(merchant, code, price_fen=fen) for code, fen in (("nut", 12_900), ("tea", 4_000))}
    for product in made.values():
        build.normal_plan(product, 2000)
    sync.in_step()
    return made


def ref(code: str) -> dict[str, str]:
    return {"merchant": "m1", "code": code}


def shelf(streamer: Tenant) -> list[str]:
    picks = Pick.objects.visible_to(streamer).on_shelf().in_own_order()
    return list(picks.values_list("product__code", flat=True))


def test_a_batch_of_picks_answers_for_each_and_one_refusal_spoils_none(calling, streamer, goods):
    build.pick(streamer, goods["tea"])
    wanted = [{"product": ref(code)} for code in ("nut", "tea", "none")]
    answer = calling(streamer).post("/picks", {"picks": wanted}).json()["results"]
    pid = Pick.objects.get(product=goods["nut"]).pid
    assert [(each["status"], each["code"], each["pid"]) for each in answer] == [
        ("accepted", "", pid),
        ("rejected", "ALREADY_PICKED", ""),
        ("rejected", "NOT_FOUND", ""),
    ]
    assert [each["product"] for each in answer] == [ref("nut"), ref("tea"), ref("none")]


def test_a_pick_through_an_activity_stands_through_it(calling, streamer, goods):
    activity = build.activity(build.leader("l1"))
    build.enrolled(goods["nut"], activity, 2600)
    wanted = [
        {"product": ref("nut"), "activity": activity.share_token},
        {"product": ref("tea"), "activity": activity.share_token},
        {"product": ref("tea"), "activity": "no-such"},
    ]
    answer = calling(streamer).post("/picks", {"picks": wanted}).json()["results"]
    assert [each["code"] for each in answer] == ["", "NOT_IN_ACTIVITY", "NOT_FOUND"]
    (item,) = calling(streamer).get("/shelf").json()["results"]
    assert (item["offer"], item["commission_bps"], item["per_sale_net_fen"]) == ("activity", 2600, 3_019)


@pytest.mark.parametrize("number", [0, 51])
def test_a_batch_holds_one_to_fifty(calling, streamer, goods, number):
    answer = calling(streamer).post("/picks", {"picks": [{"product": ref("nut")}] * number})
    assert answer.status_code == 422
    assert shelf(streamer) == []


def test_the_same_key_picks_once_and_gives_the_same_answer(calling, streamer, goods):
    caller, body = calling(streamer), {"picks": [{"product": ref("nut")}]}
    first = caller.post("/picks", body, Idempotency_Key="k1")
    again = caller.post("/picks", body, Idempotency_Key="k1")
    assert (first.json(), again["Idempotency-Hit"]) == (again.json(), "true")
    assert Pick.objects.count() == 1


def test_unpicking_answers_for_each(calling, streamer, goods):
    build.pick(streamer, goods["tea"])
    wanted = [{"product": ref(code)} for code in ("tea", "nut", "none")]
    answer = calling(streamer).post("/unpicks", {"unpicks": wanted}).json()["results"]
    assert [each["code"] for each in answer] == ["", "NOT_ON_SHELF", "NOT_FOUND"]
    assert shelf(streamer) == []


def test_each_good_on_the_shelf_says_what_it_leaves_and_what_changes(calling, streamer, goods):
    pick = build.pick(streamer, goods["nut"])
    activity = build.activity(build.leader("l1"))
    build.enrolled(goods["nut"], activity, 1800)
    plans.set_rate(Plan.objects.get(product=goods["nut"]), 1500, at=build.moment("2024-06-20 14:00"))
    (item,) = calling(streamer).get("/shelf").json()["results"]
    assert item == {
        "id": goods["nut"].public_id, "pid": pick.pid, "product": ref("nut"), "title": "nut", "price_fen": 12_900,
        "stock": 100, "offer": "normal", "commission_bps": 2000, "per_sale_net_fen": 2_322, "next_commission_bps": 1500,
        "group": None, "picked_at": "1970-01-01T08:00:00+08:00",
        "change": {
            "kind": "falls", "at": "2024-06-21T00:00:00+08:00", "commission_bps": 1500, "per_sale_net_fen": 1_741,
            "better_activity": activity.share_token, "better_commission_bps": 1800,
        },
    }  # fmt: skip


def test_groups_are_added_filled_renamed_and_dropped(calling, streamer, goods):
    caller = calling(streamer)
    build.pick(streamer, goods["nut"])
    build.pick(streamer, goods["tea"])
    made = caller.post("/shelf-groups", {"name": "今晚直播"})
    assert (made.status_code, made.json()["name"], made.json()["products"]) == (201, "今晚直播", 0)
    group = made.json()["id"]
    moved = caller.post("/shelf-moves", {"group": group, "moves": [{"product": ref("tea")}, {"product": ref("none")}]})
    assert [each["code"] for each in moved.json()["results"]] == ["", "NOT_FOUND"]
    assert [item["product"]["code"] for item in caller.get("/shelf", {"group": group}).json()["results"]] == ["tea"]
    assert caller.get("/shelf-groups").json()["results"] == [{"id": group, "name": "今晚直播", "products": 1}]
    renamed = caller.post(f"/shelf-groups/{group}/name", {"name": "明晚"})
    assert renamed.json() == {"id": group, "name": "明晚", "products": 1}
    assert ShelfGroup.objects.get().name == "明晚"
    assert caller.post(f"/shelf-groups/{group}/removal", None).json() == {"results": []}
    assert shelf(streamer) == ["tea", "nut"]
    assert caller.get("/shelf-groups").json()["results"] == []


def test_anothers_group_is_not_there(calling, streamer, goods):
    caller, other = calling(streamer), calling(build.streamer("s2"))
    group = caller.post("/shelf-groups", {"name": "今晚"}).json()["id"]
    build.pick(streamer, goods["tea"])
    for path, body in (("name", {"name": "我的"}), ("removal", None)):
        assert other.post(f"/shelf-groups/{group}/{path}", body).status_code == 404
    assert other.post("/shelf-moves", {"group": group, "moves": [{"product": ref("tea")}]}).status_code == 404
    assert (ShelfGroup.objects.get().name, Pick.objects.get().group) == ("今晚", None)


def test_a_good_is_put_before_another(calling, streamer, goods):
    build.pick(streamer, goods["nut"])
    build.pick(streamer, goods["tea"])
    assert shelf(streamer) == ["tea", "nut"]
    caller = calling(streamer)
    assert caller.post("/shelf-places", {"product": ref("nut"), "before": ref("tea")}).status_code == 200
    assert shelf(streamer) == ["nut", "tea"]
    both = {"product": ref("nut"), "before": ref("tea"), "after": ref("tea")}
    assert caller.post("/shelf-places", both).status_code == 422
    assert shelf(streamer) == ["nut", "tea"]


def test_a_replacement_stands_where_the_old_good_stood_and_a_refused_one_leaves_it(calling, streamer, goods):
    build.pick(streamer, goods["nut"])
    other = build.product(build.merchant("m2"), "kept")
    build.listed_plan(other, "exclusive", {build.streamer("s2"): 2000})
    sync.in_step()
    caller = calling(streamer)
    kept = {"merchant": "m2", "code": "kept"}
    wanted = [{"product": ref("nut"), "by": kept}, {"product": ref("nut"), "by": ref("tea")}]
    answer = caller.post("/shelf-replacements", {"replacements": wanted}).json()["results"]
    assert [(each["product"], each["code"]) for each in answer] == [(kept, "EXCLUSIVE_OFFER"), (ref("tea"), "")]
    assert shelf(streamer) == ["tea"]


def test_the_shelf_is_read_in_as_many_statements_for_twelve_goods_as_for_two(
    calling, streamer, django_assert_num_queries
):
    merchant, caller = build.merchant("m1"), calling(streamer)
    for number in range(12):
        product = build.product(merchant, f"p{number}")
        build.normal_plan(product, 2000)
        build.pick(streamer, product)
        if number in (1, 11):
            with django_assert_num_queries(15):
                caller.get("/shelf")
