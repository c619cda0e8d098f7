"""The selection centre: what a streamer may pick and for how much."""

import pytest

from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants import listing, plans
from merchants.models import Category, Product, Shop
from streamers.centre import sync
from streamers.centre.conditions import Looker
from streamers.centre.filters import EVERYTHING
from streamers.centre.search import find
from streamers.models import Pick
from streamers.terms import OfferBook
from tests import build
from tests.browser import NOW, browser, text
from tuanzhang import activities

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


def offered(merchant: Tenant, code: str, bps: int = 2000, **fields) -> Product:
    """A listed product under a normal plan."""
    product = build.product(merchant, code, **fields)
    build.normal_plan(product, bps)
    return product


def selection(streamer: Tenant, query: str = "", **options):
    """The page, with the listing in step as the worker keeps it."""
    sync.in_step()
    return browser(streamer, **options).get(f"/selection/?{query}")


def codes(page) -> list[str]:
    return [card.code for card in page.context["rows"]]


class TestSelection:
    def test_a_card_shows_what_a_sale_brings_rate_price_and_shop(self, merchant, streamer):
        offered(merchant, "nut-1", 2000, price_fen=12_900)
        page = text(selection(streamer))
        for shown in ("¥23.22", "20%", "¥129.00", "山野集", "4.80", "选入", "共 1 条"):
            assert shown in page

    def test_the_listed_rate_speaks_before_the_normal_one_even_when_it_pays_less(self, merchant, streamer):
        product = offered(merchant, "nut-1", 2000)
        build.listed_plan(product, "item_targeted", {streamer: 1800})
        (card,) = selection(streamer).context["rows"]
        assert (card.kind, card.bps, card.per_sale_fen, card.net_fen) == ("item_targeted", 1800, 1800, 1620)

    def test_what_no_offer_speaks_for_is_not_shown(self, merchant, streamer):
        other, suspended = build.streamer("s2"), build.merchant("m2")
        build.product(merchant, "without-plan")
        build.listed_plan(build.product(merchant, "for-others"), "item_targeted", {other: 2000})
        build.listed_plan(offered(merchant, "kept-for-others"), "exclusive", {other: 2000})
        listing.delist_product(offered(merchant, "delisted"), at=build.moment(NOW))
        offered(suspended, "suspended")
        Shop.objects.filter(merchant=suspended).update(suspended_at=build.moment(NOW))
        build.listed_plan(build.product(merchant, "kept-for-me"), "exclusive", {streamer: 3000})
        assert codes(selection(streamer)) == ["kept-for-me"]

    def test_an_empty_list_says_what_will_appear(self, streamer):
        assert "还没有可以选的商品" in text(selection(streamer))

    def test_the_list_says_the_same_as_the_rule(self, merchant, clock):
        """What is laid over the listing for one streamer must agree with ``offers.choose`` on every product."""
        people = [build.streamer(f"s{number}") for number in range(3)]
        build.listed_plan(build.product(merchant, "p0"), "shop_targeted", {people[0]: 1500})
        for number in range(1, 16):
            product = build.product(merchant, f"p{number}")
            if number & 1:
                plan = build.normal_plan(product, 1000 + number)
                plans.set_rate(plan, 500, at=build.moment("2024-06-18 09:00"))
            if number & 2:
                plan = build.listed_plan(product, "item_targeted", {people[1]: 1800, people[0]: 1700})
                plans.set_rate(plan, None, at=build.moment("2024-06-20 09:00"), streamer=people[0])
            if number & 4:
                plan = build.listed_plan(product, "exclusive", {people[2]: 2500, people[0]: 2600})
                plans.set_rate(plan, None, at=build.moment("2024-06-18 09:00"), streamer=people[0])
                if number & 8:
                    plans.end_plan(plan, at=build.moment("2024-06-19 09:00"))
        self._enrol_some(people)
        products = list(Product.objects.all())
        for moment in (NOW, "2024-06-20 18:00", "2024-06-21 00:00"):
            at = clock(moment)
            sync.in_step()
            with platform_scope():
                book = OfferBook(products)
            for person in people:
                ways = {pick.product_id: pick.through(at) for pick in person.picks.on_shelf()}
                chosen = {
                    product.code: book.choose(product.pk, person.pk, at, ways.get(product.pk)).offer
                    for product in products
                }
                expected = {code: offer.commission_bps for code, offer in chosen.items() if offer}
                cards = find(Looker(person, at, 1000), EVERYTHING, size=100).cards
                assert {card.code: card.bps for card in cards if not card.through} == expected

    def _enrol_some(self, people):
        """Goods in a normal and in an exclusive activity, some of them over, delisted since, or picked through it."""
        goods = {product.code: product for product in Product.objects.all()}
        normal, other = build.activity(build.leader()), build.activity(build.leader())
        kept = build.activity(
            build.leader(), "exclusive", streamers=people[:1], begins_at=build.moment("2024-06-19 00:00")
        )
        for code in ("p2", "p8", "p9", "p10"):
            build.enrolled(goods[code], normal, 2200, ends_at=build.moment("2024-06-20 18:00"))
        build.enrolled(goods["p8"], other, 2300)
        for code in ("p1", "p4", "p6"):
            build.enrolled(goods[code], kept, 2550)
        for code in ("p8", "p9", "p10"):
            build.pick(people[2], goods[code], activity=normal)
        build.pick(people[2], goods["p8"], activity=other, at=build.moment("2024-06-19 00:00"))
        build.pick(people[1], goods["p8"])
        listing.delist_product(goods["p10"], at=build.moment("2024-06-19 09:00"))
        listing.list_product(goods["p10"], at=build.moment("2024-06-19 10:00"))
        activities.unlist_streamer(kept, people[0], at=build.moment("2024-06-20 10:00"))

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["tea", "nut", "bed"]),
            ("sort=per_sale", ["bed", "nut", "tea"]),
            ("sort=rate", ["tea", "nut", "bed"]),
            ("sort=price", ["tea", "nut", "bed"]),
            ("sort=price_down", ["bed", "nut", "tea"]),
            ("q=nut", ["nut"]),
            ("price_from=50&price_to=150", ["nut"]),
            ("rate_from=20", ["tea", "nut"]),
            ("not_on_shelf=on", ["tea", "bed"]),
            ("category=top", ["bed"]),
            ("category=middle", ["bed"]),
            ("category=leaf", ["bed"]),
        ],
    )
    def test_sorting_and_narrowing(self, merchant, streamer, query, expected):
        goods = {
            "bed": offered(merchant, "bed", 1200, price_fen=39_900),
            "nut": offered(merchant, "nut", 2000, price_fen=12_900),
            "tea": offered(merchant, "tea", 2500, price_fen=4_000),
        }
        build.pick(streamer, goods["nut"])
        for name, level, parent in (("top", 1, None), ("middle", 2, "top"), ("leaf", 3, "middle")):
            above = Category.objects.filter(code=parent).first()
            category = Category.objects.create(code=name, name=name, level=level, parent=above)
        Product.objects.filter(code="bed").update(category=category)
        assert codes(selection(streamer, query)) == expected

    def test_a_filter_that_makes_no_sense_says_so_and_narrows_nothing(self, merchant, streamer):
        offered(merchant, "nut")
        page = selection(streamer, "price_from=cheap")
        assert codes(page) == ["nut"]
        assert page.context["chips"] == []
        assert "请填写金额，例如 129.00。" in text(page)

    def test_the_list_asks_as_many_questions_for_twelve_cards_as_for_two(
        self, merchant, streamer, django_assert_num_queries
    ):
        client = browser(streamer)
        for number in range(12):
            product = offered(merchant, f"p{number}")
            build.listed_plan(product, "item_targeted", {streamer: 1800})
            if number in (1, 11):
                sync.in_step()
                with django_assert_num_queries(25):
                    client.get("/selection/")


class TestProduct:
    def test_the_page_shows_what_each_sku_brings(self, merchant, streamer):
        product = offered(merchant, "nut", 1550, price_fen=5_900)
        product.skus.create(code="big", spec="双份装", price_fen=11_300, stock=3)
        page = text(browser(streamer).get(f"/selection/{product.public_id}/"))
        for shown in ("¥59.00", "¥9.15", "双份装", "¥113.00", "¥17.52"):
            assert shown in page

    def test_what_is_not_listed_has_no_page_unless_it_is_on_the_shelf(self, merchant, streamer):
        draft = build.product(merchant, "draft", listed=False)
        picked = offered(merchant, "picked")
        build.pick(streamer, picked)
        listing.delist_product(picked, at=build.moment(NOW))
        client = browser(streamer)
        assert client.get(f"/selection/{draft.public_id}/").status_code == 404
        assert client.post(f"/selection/{draft.public_id}/pick/").status_code == 404
        assert "已下架" in text(client.get(f"/selection/{picked.public_id}/"))
        assert not Pick.objects.filter(product=draft).exists()
