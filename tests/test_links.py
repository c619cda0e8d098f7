"""Share links: made once for a pick and a mark, resolved from whatever was pasted, and what came of them to the fen."""

import pytest
from django.test import Client

from commissions.orders.crediting import of_links
from haowu.ground.errors import Refused
from haowu.tenants.models import Tenant
from merchants import listing
from merchants.models import Product
from streamers import shelf
from streamers.clicks.storing import NewClick, store
from streamers.links import making, texts
from streamers.links.making import NewLink
from streamers.links.resolving import resolve
from streamers.models import Link
from tests import build
from tests.browser import NOW, browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)


@pytest.fixture
def shop() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def nut(shop) -> Product:
    goods = build.product(shop, "nut")
    build.normal_plan(goods, 2000)
    return goods


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


@pytest.fixture
def link(nut, streamer) -> Link:
    build.pick(streamer, nut, "x1")
    return making.make(streamer, "x1", at=AT)


class TestMaking:
    def test_a_pick_and_a_mark_have_one_link(self, nut, streamer):
        build.pick(streamer, nut, "x1")
        wishes = [NewLink("x1"), NewLink("x1", "群 1"), NewLink("x1", "群 1")]
        bare, marked, again = making.make_many(streamer, wishes, at=AT)
        assert (marked.pk, bare.sub_id, marked.sub_id) == (again.pk, "", "群 1")
        assert making.make_many(streamer, wishes, at=AT) == [bare, marked, again]
        assert Link.objects.count() == 2

    def test_each_of_a_batch_has_its_own_answer(self, shop, nut, streamer):
        build.pick(streamer, nut, "x1")
        gone, off = build.product(shop, "gone"), build.product(shop, "off")
        for goods, pid in ((gone, "x2"), (off, "x3")):
            build.normal_plan(goods, 1000)
            build.pick(streamer, goods, pid)
        shelf.unpick(streamer, gone, at=AT)
        listing.delist_product(off, at=AT)
        build.pick(build.streamer("s2"), nut, "theirs")
        answers = making.make_many(streamer, [NewLink(pid) for pid in ("x2", "x1", "x3", "theirs", "none")], at=AT)
        assert [a.code if isinstance(a, Refused) else "made" for a in answers] == [
            "NOT_ON_SHELF", "made", "PRODUCT_NOT_LISTED", "PICK_UNKNOWN", "PICK_UNKNOWN",
        ]  # fmt: skip
        assert Link.objects.count() == 1

    def test_more_than_a_hundred_at_once_make_none(self, link):
        with pytest.raises(making.TooManyLinks):
            making.make_many(link.streamer, [NewLink("x1", str(n)) for n in range(101)], at=AT)
        assert Link.objects.count() == 1


class TestResolving:
    @pytest.mark.parametrize(
        "pasted",
        [
            "{code}", "https://hwlm.example/s/{code}", "看这个 http://x/s/{code}?from=chat 快", "￥{code}￥",
            "复制这段话打开好物联盟：坚果 ￥{code}￥", "¥ {code} ¥ http://other.example/s/ABCDEFGHJ",
        ],
    )  # fmt: skip
    def test_address_token_and_code_are_found_in_what_was_pasted(self, link, pasted):
        found = resolve(pasted.format(code=link.code), link.streamer, AT)
        assert (found.product, found.is_listed, found.is_mine, found.pid) == (link.product, True, True, "x1")

    @pytest.mark.parametrize("pasted", ["", "你好", "/s/ABCDEFGHJ", "￥ABCDEFGHJ￥", "ABCDEFGHJK", "￥0OIl23456￥"])
    def test_what_names_no_link_is_refused(self, link, pasted):
        with pytest.raises(Refused) as refused:
            resolve(pasted, link.streamer, AT)
        assert refused.value.code == "LINK_UNKNOWN"

    def test_a_stranger_learns_the_good_and_nothing_of_the_streamer(self, nut, streamer):
        build.pick(streamer, nut, "x1")
        link = making.make(streamer, "x1", "我的群", at=AT)
        found = resolve(link.code, build.streamer("s2"), AT)
        assert (found.product, found.is_mine, found.sub_id, found.pid) == (nut, False, "", "")

    def test_the_leaders_activity_of_the_pick_comes_along(self, nut, streamer):
        activity = build.activity(build.leader("l1"))
        build.enrolled(nut, activity, 2500, 500)
        build.pick(streamer, nut, "x1", activity=activity)
        link = making.make(streamer, "x1", at=AT)
        assert resolve(link.code, build.streamer("s2"), AT).activity == activity


class TestFigures:
    def test_what_came_of_a_link_is_counted_to_the_fen(self, nut, link, clock):
        clock("2024-07-05 12:00")
        by = build.source()
        marked = making.make(link.streamer, "x1", "群 1", at=AT)
        store(NewClick(marked.pk, visitor, AT) for visitor in range(8))
        line = build.bought(nut, "x1") | {"sub_id": "群 1"}
        build.push(by, [build.paid("o1", "2024-06-20 14:05", [line], buyer_ref="b1")])
        build.push(by, [build.paid("o2", "2024-06-20 14:06", [line], buyer_ref="b1")])
        build.push(by, [build.paid("o3", "2024-06-20 14:07", [build.bought(nut, "x1")], buyer_ref="b2")])
        build.push(
            by, [build.event("received", "o1", "2024-06-21 10:00"), build.event("received", "o2", "2024-06-21 10:00")]
        )
        build.push(by, [build.event("refunded", "o2", "2024-06-22 10:00", refund_no="r", goods_fen=10_000)])
        build.settle("2024-06-29")
        sold = of_links(link.streamer, [link, marked])
        assert (sold[link.pk].orders, sold[link.pk].gmv_fen) == (1, 10_000)
        mine = sold[marked.pk]
        assert (mine.orders, mine.buyers, mine.paid, mine.received, mine.kept) == (2, 1, 2, 2, 1)
        assert (mine.gmv_fen, mine.kept_fen, mine.estimate_fen, mine.settled_fen) == (20_000, 10_000, 3_600, 1_800)

    def test_a_refund_after_the_night_is_taken_off_what_was_kept(self, nut, link, clock):
        clock("2024-07-05 12:00")
        by = build.source()
        build.push(by, [build.paid("o1", "2024-06-20 14:05", [build.bought(nut, "x1")])])
        build.push(by, [build.event("received", "o1", "2024-06-21 10:00")])
        build.settle("2024-06-29")
        build.push(by, [build.event("refunded", "o1", "2024-06-30 10:00", refund_no="r", goods_fen=4_000)])
        build.settle("2024-07-01")
        sold = of_links(link.streamer, [link])[link.pk]
        assert (sold.gmv_fen, sold.kept_fen, sold.settled_fen, sold.kept) == (10_000, 6_000, 1_080, 1)


class TestPages:
    def test_a_link_is_made_from_the_product_and_shown_with_its_token_and_code(self, nut, streamer):
        build.pick(streamer, nut, "x1")
        client = browser(streamer)
        answer = client.post("/links/making/", {"product": nut.public_id, "sub_id": "晚场"})
        link = Link.objects.get()
        assert (link.sub_id, answer.url) == ("晚场", f"/links/{link.code}/")
        page = text(client.get(answer.url))
        assert f"http://testserver/s/{link.code}" in page
        assert texts.token_of(link.code, "nut") in page
        drawing = client.get(f"/links/{link.code}/qr.svg")
        assert drawing["Content-Type"] == "image/svg+xml"
        assert b"<svg" in drawing.content

    def test_many_from_the_shelf_are_made_at_once(self, shop, nut, streamer):
        tea = build.product(shop, "tea")
        build.normal_plan(tea, 1000)
        for goods in (nut, tea):
            build.pick(streamer, goods)
        answer = browser(streamer).post("/links/making/", {"product": [nut.public_id, tea.public_id]}, follow=True)
        assert shown_messages(answer) == ["2 条链接好了。"]
        assert Link.objects.count() == 2

    def test_a_mark_that_is_too_long_makes_nothing(self, nut, streamer):
        build.pick(streamer, nut)
        answer = browser(streamer).post("/links/making/", {"product": nut.public_id, "sub_id": "x" * 65}, follow=True)
        assert len(shown_messages(answer)) == 1
        assert not Link.objects.exists()

    def test_the_list_shows_own_links_alone(self, link):
        assert link.code in text(browser(link.streamer).get("/links/"))
        stranger = browser(build.streamer("s2"))
        assert link.code not in text(stranger.get("/links/"))
        for address in (f"/links/{link.code}/", f"/links/{link.code}/qr.svg"):
            assert stranger.get(address).status_code == 404

    def test_the_list_asks_as_many_questions_for_eight_links_as_for_two(self, link, django_assert_num_queries):
        client = browser(link.streamer)
        for number in (1, 8):
            making.make_many(link.streamer, [NewLink("x1", f"mark {n}") for n in range(number)], at=AT)
            client.get("/links/")
            with django_assert_num_queries(14):
                assert f"mark {number - 1}" in text(client.get("/links/"))

    def test_a_pasted_token_leads_to_the_good(self, link):
        page = words(browser(build.streamer("s2")).get("/links/paste/", {"text": f"￥{link.code}￥"}))
        assert "看这件商品" in page
        assert "没有找到这条链接" in words(browser(link.streamer).get("/links/paste/", {"text": "你好"}))


class TestBuyersPage:
    def test_a_stranger_sees_good_price_and_shop_without_signing_in(self, nut, link):
        page = words(Client().get(f"/g/{nut.public_id}", {"pid": "x1"}))
        assert "在「山野集」卖" in page
        assert "小禾" not in page

    def test_what_is_off_sale_says_so_and_offers_the_streamers_own_goods_first(self, shop, nut, link):
        alike, other = build.product(shop, "tea"), build.product(shop, "oil")
        build.normal_plan(alike, 1000)
        build.pick(link.streamer, alike, "x2")
        listing.delist_product(nut, at=AT)
        page = text(Client().get(f"/g/{nut.public_id}", {"pid": "x1"}))
        assert "这件商品下架了" in page
        first, second = page.index(f"/g/{alike.public_id}?pid=x2"), page.index(f"/g/{other.public_id}")
        assert first < second

    def test_drafts_and_pictures_that_are_none_are_not_found(self, shop, nut):
        draft = build.product(shop, "draft", listed=False)
        for address in (f"/g/{draft.public_id}", "/g/nothing", f"/g/{nut.public_id}/picture"):
            assert Client().get(address).status_code == 404
