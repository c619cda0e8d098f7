"""Groups and order of a shelf, many goods moved at once, a good replaced by a similar one."""

import pytest

from haowu.tenants.models import Tenant
from merchants.models import Product, Sku
from streamers import arranging, shelf
from streamers.centre import sync
from streamers.models import Pick, ShelfGroup
from tests import build
from tests.browser import NOW, browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


@pytest.fixture
def goods(merchant, streamer) -> dict[str, Product]:
    """Picked in the order a, b, c, d: the last one stands first."""
    made = {}
    for minute, code in enumerate("abcd"):
        product = build.product(merchant, code)
        build.normal_plan(product, 2000)
        build.pick(streamer, product, at=build.moment(f"2024-06-20 10:0{minute}"))
        made[code] = product
    sync.in_step()
    return made


def order(streamer: Tenant) -> str:
    picks = Pick.objects.visible_to(streamer).on_shelf().in_own_order()
    return "".join(picks.values_list("product__code", flat=True))


class TestOrder:
    def test_what_is_picked_last_stands_first(self, goods, streamer):
        assert order(streamer) == "dcba"
        page = browser(streamer).get("/shelf/")
        assert [row.card.product.code for row in page.context["rows"]] == list("dcba")

    @pytest.mark.parametrize(
        ("moved", "beside", "is_before", "expected"),
        [
            ("a", "d", True, "adcb"),
            ("a", "c", True, "dacb"),
            ("d", "a", False, "cbad"),
            ("d", "b", False, "cbda"),
            ("b", "c", True, "dbca"),
            ("c", "b", True, "dcba"),
        ],
    )
    def test_a_good_is_put_beside_another(self, goods, streamer, moved, beside, is_before, expected):
        arranging.place(streamer, goods[moved], goods[beside], is_before=is_before)
        assert order(streamer) == expected

    def test_goods_of_one_batch_have_one_place_and_are_told_apart_when_moved(self, merchant, streamer):
        made = [build.product(merchant, code) for code in "xyz"]
        for product in made:
            build.normal_plan(product, 2000)
        shelf.pick_many([shelf.NewPick(streamer, product, AT) for product in made])
        assert order(streamer) == "zyx"
        arranging.place(streamer, made[0], made[1], is_before=True)
        assert order(streamer) == "zxy"
        build.pick(streamer, offered(merchant, "new"), at=build.moment("2024-06-20 14:01"))
        assert order(streamer) == "newzxy"

    def test_sixty_moves_into_one_gap_keep_the_order(self, goods, streamer):
        for step in range(60):
            arranging.place(streamer, goods["ab"[step % 2]], goods["c"], is_before=False)
        assert order(streamer) == "dcba"

    def test_the_buttons_of_a_row_move_it_past_its_neighbour_and_lead_back(self, goods, streamer):
        client = browser(streamer)
        path = f"/shelf/{goods['a'].public_id}/place/"
        answer = client.post(path, {"before": goods["b"].public_id, "next": "/shelf/?batch=1"})
        assert (answer.status_code, answer.url) == (302, "/shelf/?batch=1")
        assert order(streamer) == "dcab"
        assert client.post(path, {"after": goods["b"].public_id}, headers={"HX-Request": "true"}).status_code == 204
        assert order(streamer) == "dcba"

    def test_what_is_not_on_the_shelf_is_not_placed(self, goods, streamer, merchant):
        other = offered(merchant, "other")
        client = browser(streamer)
        path = f"/shelf/{other.public_id}/place/"
        answer = client.post(path, {"before": goods["a"].public_id}, follow=True)
        assert shown_messages(answer) == ["该商品不在货架上。"]
        dragged = client.post(path, {"before": goods["a"].public_id}, headers={"HX-Request": "true"})
        assert dragged.status_code == 409
        assert client.post(path, {"before": "nothing"}).status_code == 404
        assert order(streamer) == "dcba"


def offered(merchant: Tenant, code: str, price_fen: int = 10_000, bps: int = 2000) -> Product:
    product = build.product(merchant, code, price_fen=price_fen)
    build.normal_plan(product, bps)
    return product


class TestGroups:
    def test_groups_are_tabs_with_their_numbers(self, goods, streamer):
        client = browser(streamer)
        client.post("/shelf/groups/new/", {"name": "今晚直播"})
        client.post("/shelf/groups/new/", {"name": "食品"})
        tonight, food = ShelfGroup.objects.in_order()
        ids = [goods[code].public_id for code in "ab"]
        client.post("/shelf/groups/goods/", {"product": ids, "group": tonight.public_id})
        page = client.get("/shelf/", {"group": tonight.public_id})
        assert [row.card.product.code for row in page.context["rows"]] == ["b", "a"]
        assert [(group.name, group.n) for group in page.context["groups"]] == [("今晚直播", 2), ("食品", 0)]
        assert "这一组还没有商品" in words(client.get("/shelf/", {"group": food.public_id}))
        assert client.get("/shelf/", {"group": "nothing"}).status_code == 404

    def test_a_name_is_taken_once_and_twenty_are_enough(self, streamer):
        client = browser(streamer)
        for number in range(20):
            client.post("/shelf/groups/new/", {"name": f"组{number}"})
        answer = client.post("/shelf/groups/new/", {"name": "又一组"}, follow=True)
        assert shown_messages(answer)[-1] == "最多 20 个分组。请先删掉不用的。"
        first = ShelfGroup.objects.in_order().first()
        answer = client.post(f"/shelf/groups/{first.public_id}/name/", {"name": "组1"}, follow=True)
        assert shown_messages(answer)[-1] == "已有分组「组1」。请换一个名字。"
        assert ShelfGroup.objects.count() == 20
        assert ShelfGroup.objects.in_order().first().name == "组0"

    def test_a_dropped_group_leaves_its_goods_on_the_shelf(self, goods, streamer):
        group = arranging.add_group(streamer, "今晚", at=AT)
        arranging.move_to_group(streamer, [goods["a"]], group)
        browser(streamer).post(f"/shelf/groups/{group.public_id}/removal/")
        assert order(streamer) == "dcba"
        assert not Pick.objects.filter(group__isnull=False).exists()

    def test_what_failed_says_why_in_its_row_and_stays_chosen(self, goods, streamer):
        """One of them left the shelf on another screen meanwhile, and came back."""
        group = arranging.add_group(streamer, "今晚", at=AT)
        shelf.unpick(streamer, goods["a"], at=AT)
        client = browser(streamer)
        ids = [goods[code].public_id for code in "ab"]
        client.post("/shelf/groups/goods/", {"product": ids, "group": group.public_id})
        build.pick(streamer, goods["a"], at=build.moment("2024-06-20 14:01"))
        page = client.get("/shelf/")
        assert page.context["is_batch"]
        results = {row.card.product.code: row.result for row in page.context["rows"] if row.result}
        assert results == {
            "a": {"is_done": False, "says": "该商品不在货架上。"},
            "b": {"is_done": True, "says": "已移到「今晚」"},
        }
        assert text(page).count("checked") == 2  # the mode, and the box of what failed
        assert not client.get("/shelf/").context["is_batch"]

    def test_moving_many_is_taken_back_by_one_press(self, goods, streamer):
        group = arranging.add_group(streamer, "今晚", at=AT)
        client = browser(streamer)
        ids = [goods[code].public_id for code in "ab"]
        page = client.post("/shelf/groups/goods/", {"product": ids, "group": group.public_id}, follow=True)
        assert "已移到「今晚」：2 款成了。" in words(page)
        assert 'action="/shelf/groups/goods/" data-undo' in text(page)
        client.post("/shelf/groups/goods/", {"product": ids, "group": ""})
        assert not Pick.objects.filter(group__isnull=False).exists()

    def test_another_streamers_groups_are_not_there(self, goods, streamer):
        group = arranging.add_group(streamer, "今晚", at=AT)
        other = browser(build.streamer("s2"))
        assert other.get("/shelf/", {"group": group.public_id}).status_code == 404
        assert other.post(f"/shelf/groups/{group.public_id}/name/", {"name": "我的"}).status_code == 404
        assert other.post(f"/shelf/groups/{group.public_id}/removal/").status_code == 404
        assert other.post("/shelf/groups/goods/", {"product": "x", "group": group.public_id}).status_code == 404
        assert ShelfGroup.objects.get().name == "今晚"

    def test_a_pick_through_another_link_keeps_its_group_and_place(self, goods, streamer):
        group = arranging.add_group(streamer, "今晚", at=AT)
        arranging.move_to_group(streamer, [goods["a"]], group)
        activity = build.activity(build.leader("l1"))
        build.enrolled(goods["a"], activity, 2500)
        shelf.pick_many([shelf.NewPick(streamer, goods["a"], AT, "another-pid", activity)])
        pick = Pick.objects.get(pid="another-pid")
        assert (order(streamer), pick.group) == ("dcba", group)


class TestReplacement:
    @pytest.fixture
    def sold_out(self, merchant, streamer):
        """The good a, of 100.00 at 20 %, is sold out; others of its category stand in the centre."""
        made = {"a": offered(merchant, "织金马面裙 红"), "other": offered(merchant, "护眼台灯", 9_000, 5000)}
        build.pick(streamer, made["a"])
        made["better"] = offered(merchant, "织金马面裙 蓝", 11_000)
        made["less"] = offered(merchant, "织金马面裙 绿", 8_000)
        made["dear"] = offered(merchant, "织金马面裙 金", 16_100)
        made["empty"] = offered(merchant, "织金马面裙 空")
        for name in ("a", "empty"):
            Sku.objects.filter(product=made[name]).update(stock=0)
        sync.in_step()
        return made

    def test_similar_goods_are_of_the_category_about_the_price_and_in_stock(self, sold_out, streamer):
        """Common words first, then what earns more; each with the difference in net."""
        page = browser(streamer).get(f"/shelf/{sold_out['a'].public_id}/likes/")
        found = [(each.card.title, each.gain_fen) for each in page.context["alike"]]
        assert found == [("织金马面裙 蓝", 180), ("织金马面裙 绿", -360), ("护眼台灯", 2_250)]
        assert "多 ¥1.80" in words(page)
        assert "少 ¥3.60" in words(page)

    def test_the_fragment_alone_comes_in_place(self, sold_out, streamer):
        answer = browser(streamer).get(f"/shelf/{sold_out['a'].public_id}/likes/", headers={"HX-Request": "true"})
        assert text(answer).strip().startswith('<div class="likes"')
        assert "<html" not in text(answer)

    def test_a_replacement_takes_the_place_and_the_group(self, sold_out, streamer, merchant):
        group = arranging.add_group(streamer, "今晚", at=AT)
        arranging.move_to_group(streamer, [sold_out["a"]], group)
        build.pick(streamer, sold_out["less"], at=AT)
        client = browser(streamer)
        path = f"/shelf/{sold_out['a'].public_id}/replacement/"
        answer = client.post(path, {"new": sold_out["better"].public_id}, follow=True)
        assert shown_messages(answer) == ["已用「织金马面裙 蓝」换下「织金马面裙 红」，新的推广位已生成。"]
        assert order(streamer) == "织金马面裙 绿织金马面裙 蓝"
        assert Pick.objects.on_shelf().get(product=sold_out["better"]).group == group
        assert Pick.objects.get(product=sold_out["a"]).unpicked_at == AT

    def test_what_refuses_the_new_one_leaves_the_old_one(self, sold_out, streamer, merchant):
        kept = build.product(merchant, "kept")
        build.listed_plan(kept, "exclusive", {build.streamer("s2"): 2000})
        client = browser(streamer)
        path = f"/shelf/{sold_out['a'].public_id}/replacement/"
        client.post(path, {"new": kept.public_id})
        assert order(streamer) == "织金马面裙 红"
        client.post(path, {"new": "nothing"})
        assert Pick.objects.count() == 1

    def test_a_viewer_replaces_and_arranges_nothing(self, sold_out, streamer):
        client = browser(streamer, "viewer")
        path = f"/shelf/{sold_out['a'].public_id}/"
        for act in ("place/", "replacement/"):
            assert client.post(path + act, {"new": sold_out["better"].public_id}).status_code == 403
        for act in ("groups/new/", "groups/goods/"):
            assert client.post(f"/shelf/{act}", {"name": "今晚"}).status_code == 403
        assert "换上" not in text(client.get(path + "likes/"))
        assert (Pick.objects.count(), ShelfGroup.objects.count()) == (1, 0)


class TestMany:
    def test_many_chosen_in_the_centre_are_picked_at_once_each_by_its_own_way(self, merchant, streamer):
        plain, kept = offered(merchant, "plain"), build.product(merchant, "kept")
        build.listed_plan(kept, "exclusive", {build.streamer("s2"): 2000})
        through = build.product(merchant, "through")
        build.enrolled(through, build.activity(build.leader("l1")), 2500)
        sync.in_step()
        ids = [product.public_id for product in (plain, kept, through)]
        answer = browser(streamer).post("/selection/picks/", {"product": ids}, follow=True)
        assert shown_messages(answer) == [
            "2 款已选入货架，推广位已生成。",
            "kept：「kept」正由商家指定的达人独家推广，名单外不能选入。",
        ]
        assert order(streamer) == "throughplain"
        assert Pick.objects.get(product=through).latest_through is not None

    @pytest.mark.parametrize("path", ["/selection/picks/", "/shelf/removal/", "/shelf/groups/goods/"])
    def test_more_than_fifty_are_refused_whole(self, goods, streamer, path):
        ids = [goods["a"].public_id, *(f"x{number}" for number in range(50))]
        answer = browser(streamer).post(path, {"product": ids}, follow=True)
        assert shown_messages(answer) == ["一次最多处理 50 款。请分几次选。"]
        assert order(streamer) == "dcba"

    @pytest.mark.parametrize("path", ["/selection/picks/", "/shelf/removal/", "/shelf/groups/goods/"])
    def test_none_chosen_is_said(self, streamer, path):
        answer = browser(streamer).post(path, {"product": ["\0", "nothing"]}, follow=True)
        assert shown_messages(answer) == ["请至少选一项。"]
