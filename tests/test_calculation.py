"""What selling a product would bring: at one's own price and coupon, and through which leader it would bring more."""

import pytest

from haowu.tenants.models import Tenant
from merchants import plans
from merchants.models import Plan, Product
from streamers import shelf
from streamers.calculation import Asked, Calculation, calculated
from streamers.centre import sync
from streamers.models import Pick
from streamers.selection import one_offer, open_to
from tests import build
from tests.browser import NOW, browser, text, words
from tuanzhang.models import Activity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
AT = build.moment(NOW)
END = build.moment("2024-06-25 00:00")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


@pytest.fixture
def nut() -> Product:
    """100.00 at 20 %."""
    product = build.product(build.merchant("m1", name="山野集"), "nut")
    build.normal_plan(product, 2000)
    return product


def calculation(streamer: Tenant, product: Product, **asked: int) -> Calculation:
    offer = one_offer(streamer, open_to(streamer).get(pk=product.pk))
    return calculated(offer, Asked(**{"price_fen": 10_000} | asked), AT, 1000, 1000)


def running(product: Product, bps: int, name: str = "", **window) -> Activity:
    activity = build.activity(build.leader(name=name), title=f"{bps}")
    build.enrolled(product, activity, bps, **window)
    return activity


@pytest.mark.parametrize(
    ("asked", "gross", "fee", "total"),
    [
        ({"units": 1}, 2_000, 200, 1_800),
        ({"units": 500}, 2_000, 200, 900_000),
        ({"price_fen": 199, "units": 100}, 40, 4, 3_600),  # each order is rounded by itself: 0.398 → 0.40
        ({"price_fen": 9_990, "coupon_fen": 500, "units": 2}, 1_898, 190, 3_416),
        ({"price_fen": 100, "coupon_fen": 101}, 0, 0, 0),
    ],
)
def test_amounts_are_those_of_orders_of_one_piece(streamer, nut, asked, gross, fee, total):
    now = calculation(streamer, nut, **asked).now
    assert (now.gross_fen, now.fee_fen, now.total_fen) == (gross, fee, total)


def test_a_rate_that_falls_at_midnight_is_calculated_beside(streamer, nut):
    plans.set_rate(Plan.objects.get(product=nut), 1500, at=AT)
    found = calculation(streamer, nut, units=10)
    assert (found.changes, found.now.total_fen, found.tomorrow.total_fen) == (True, 18_000, 13_500)


def test_activities_that_pay_more_stand_by_what_they_bring_with_their_end(streamer, nut):
    running(nut, 2000, "same")
    running(nut, 2500, "more", ends_at=END)
    running(nut, 3000, "most")
    running(nut, 3500, "later", starts_at=END)
    ways = calculation(streamer, nut, units=10).ways
    assert [(way.activity.leader.name, way.earning.bps, way.gain_fen, way.until) for way in ways] == [
        ("most", 3000, 9_000, None),
        ("more", 2500, 4_500, END),
    ]


def test_an_activity_that_the_pick_stands_through_is_no_better_way(streamer, nut):
    activity = running(nut, 2500)
    running(nut, 2200)
    shelf.pick(streamer, nut, at=AT, activity=activity)
    assert (calculation(streamer, nut).now.bps, calculation(streamer, nut).ways) == (2500, [])


@pytest.mark.parametrize("kind", ["item_targeted", "shop_targeted", "exclusive"])
def test_who_is_listed_by_a_plan_has_no_better_way(streamer, nut, kind):
    """A listed plan speaks before any activity, even one that pays more."""
    running(nut, 3000)
    build.listed_plan(nut, kind, {streamer: 2100})
    assert (calculation(streamer, nut).now.bps, calculation(streamer, nut).ways) == (2100, [])


def test_an_exclusive_activity_of_others_is_never_shown(streamer, nut):
    activity = build.activity(build.leader(name="秘密"), "exclusive", streamers=[build.streamer("s2")])
    build.enrolled(nut, activity, 4000)
    running(nut, 3000)
    assert (calculation(streamer, nut).now.bps, calculation(streamer, nut).ways) == (None, [])
    assert "秘密" not in words(browser(streamer).get(f"/selection/{nut.public_id}/"))


def test_the_page_calculates_with_what_one_types_and_says_what_it_cannot_use(streamer, nut):
    client, path = browser(streamer), f"/selection/{nut.public_id}/"
    page = client.get(path, {"price": "99.90", "coupon": "5", "units": "2", "sku": "nut"})
    assert page.context["calculation"].now.total_fen == 3_416
    assert "买家付 ¥94.90 × 20% = ¥18.98，扣技术服务费 ¥1.90" in words(page)
    page = client.get(path, {"price": "1.999", "other": "0", "sku": "no-such"})
    assert page.context["calculation"].asked == Asked(10_000, 0, 500)
    assert len(page.context["form"].errors) == 3


def test_the_calculator_alone_comes_in_place(streamer, nut):
    page = browser(streamer).get(f"/selection/{nut.public_id}/", {"units": "100"}, headers={"HX-Request": "true"})
    assert text(page).strip().startswith('<div id="calculator"')
    assert "¥1,800" in words(page).replace(" ", "") or "1,800" in words(page)


def test_switching_to_the_better_leader_is_one_press(streamer, nut):
    activity = running(nut, 3000, "领头羊")
    build.pick(streamer, nut, at=build.moment("2024-06-19 10:00"))
    client, path = browser(streamer), f"/selection/{nut.public_id}/"
    page = client.get(path, {"units": "100"})
    assert "经 领头羊 的「3000」更好" in words(page)
    assert "多 ¥900.00" in words(page)
    assert activity.share_token in text(page)
    client.post(f"{path}pick/", {"activity": activity.share_token})
    assert Pick.objects.on_shelf().get().latest_through.activity == activity.code
    assert "更好" not in words(client.get(path))


def test_the_shelf_offers_another_leader_where_one_ends(streamer, nut):
    ending = running(nut, 3200, "甲团", ends_at=build.moment("2024-06-21 00:00"))
    other = running(nut, 3000, "乙团")
    build.pick(streamer, nut, activity=ending)
    page = browser(streamer).get("/shelf/")
    (change,) = page.context["changes"]
    assert (change.kind, change.new_bps) == ("replaced", 2000)
    assert (change.better, change.better_bps, change.better_net_fen) == (other, 3000, 2_700)
    assert "乙团也有这款，30%。" in words(page)
    assert "换到 30%，赚 ¥27.00" in words(page)


class TestCompare:
    @pytest.fixture
    def goods(self, nut, streamer) -> list[Product]:
        made = [nut]
        for code, price_fen, bps in (("tea", 4_000, 2500), ("lamp", 39_900, 1200), ("rice", 4_000, 2500)):
            product = build.product(nut.merchant, code, price_fen=price_fen)
            build.normal_plan(product, bps)
            made.append(product)
        sync.in_step()
        return made

    def address(self, *goods: Product) -> str:
        return "/selection/compare/?" + "&".join(f"product={product.public_id}" for product in goods)

    def test_goods_stand_as_the_address_names_them_with_the_best_marked(self, goods, streamer):
        page = browser(streamer).get(self.address(goods[1], goods[0], goods[2]))
        rows = {row.key: row for row in page.context["rows"]}
        assert [cell.text for cell in rows["net"].cells] == ["¥9.00", "¥18.00", "¥43.09"]
        assert [cell.is_best for cell in rows["net"].cells] == [False, False, True]
        assert [cell.is_best for cell in rows["rate"].cells] == [True, False, False]
        assert page.context["best"] == goods[2].pk
        assert {key for key, row in rows.items() if row.differs} == {"net", "rate", "tomorrow", "price"}
        assert "赚得最多" in words(page)

    def test_equal_goods_have_no_best(self, goods, streamer):
        page = browser(streamer).get(self.address(goods[1], goods[3]))
        assert page.context["best"] is None
        assert not any(cell.is_best for row in page.context["rows"] for cell in row.cells)

    def test_more_than_four_and_what_is_gone_are_said(self, goods, streamer):
        hidden = build.product(goods[0].merchant, "draft", listed=False)
        page = browser(streamer).get(self.address(hidden, *goods))
        assert [good.product.code for good, _without in page.context["goods"]] == ["nut", "tea", "lamp"]
        assert "一次最多比 4 款" in words(page)
        assert "1 款已下架或打不开" in words(page)

    def test_chosen_goods_lead_to_their_comparison(self, goods, streamer):
        ids = [goods[0].public_id, goods[1].public_id, "\0"]
        answer = browser(streamer).post("/selection/comparison/", {"product": ids})
        assert answer.url == self.address(*goods[:2])

    def test_without_goods_it_says_how_to_choose_some(self, goods, streamer):
        assert "还没有选要比的商品" in words(browser(streamer).get("/selection/compare/?product=nothing"))

    def test_four_goods_ask_as_many_questions_as_two(self, goods, streamer, django_assert_num_queries):
        client = browser(streamer)
        client.get(self.address(*goods))
        for number in (2, 4):
            with django_assert_num_queries(19):
                client.get(self.address(*goods[:number]))
