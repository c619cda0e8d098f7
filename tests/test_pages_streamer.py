"""A streamer's pages: what may be picked and for how much, the shelf, the money that is coming."""

import re

import pytest

from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants import listing, plans
from merchants.models import Category, Plan, Product, Shop
from streamers.models import Pick
from streamers.selection import offered_to
from streamers.terms import OfferBook
from tests import build
from tests.browser import NOW, browser, clock, shown_messages, text  # noqa: F401
from tuanzhang import activities

HAN = re.compile(r"[\u4e00-\u9fff]+")
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


def codes(page) -> list[str]:
    return [card.product.code for card in page.context["rows"]]


class TestSelection:
    def test_a_card_shows_what_a_sale_brings_rate_price_and_shop(self, merchant, streamer):
        offered(merchant, "nut-1", 2000, price_fen=12_900)
        page = text(browser(streamer).get("/selection/"))
        for shown in ("¥25.80", "20%", "¥129.00", "山野集", "4.80", "选入", "共 1 条"):
            assert shown in page

    def test_the_listed_rate_speaks_before_the_normal_one_even_when_it_pays_less(self, merchant, streamer):
        product = offered(merchant, "nut-1", 2000)
        build.listed_plan(product, "item_targeted", {streamer: 1800})
        (card,) = browser(streamer).get("/selection/").context["rows"]
        assert (card.bps, card.per_sale_fen) == (1800, 1800)

    def test_what_no_offer_speaks_for_is_not_shown(self, merchant, streamer):
        other, suspended = build.streamer("s2"), build.merchant("m2")
        build.product(merchant, "without-plan")
        build.listed_plan(build.product(merchant, "for-others"), "item_targeted", {other: 2000})
        build.listed_plan(offered(merchant, "kept-for-others"), "exclusive", {other: 2000})
        listing.delist_product(offered(merchant, "delisted"), at=build.moment(NOW))
        offered(suspended, "suspended")
        Shop.objects.filter(merchant=suspended).update(suspended_at=build.moment(NOW))
        build.listed_plan(build.product(merchant, "kept-for-me"), "exclusive", {streamer: 3000})
        assert codes(browser(streamer).get("/selection/")) == ["kept-for-me"]

    def test_an_empty_list_says_what_will_appear(self, streamer):
        assert "还没有可以选的商品" in text(browser(streamer).get("/selection/"))

    def test_the_list_in_sql_says_the_same_as_the_rule(self, merchant, clock):  # noqa: F811
        """The rule of ``offers.choose`` is said a second time in SQL; they must agree on every product."""
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
        for moment in (NOW, "2024-06-18 10:00", "2024-06-21 00:00"):
            at = clock(moment)
            with platform_scope():
                book = OfferBook(products)
            for person in people:
                ways = {pick.product_id: pick.through(at) for pick in person.picks.on_shelf()}
                chosen = {
                    product.code: book.choose(product.pk, person.pk, at, ways.get(product.pk)).offer
                    for product in products
                }
                expected = {code: offer.commission_bps for code, offer in chosen.items() if offer}
                assert dict(offered_to(person, at).values_list("code", "commission_bps")) == expected

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
            ("sort=worth", ["bed", "nut", "tea"]),
            ("sort=rate", ["tea", "nut", "bed"]),
            ("sort=price", ["tea", "nut", "bed"]),
            ("sort=price_down", ["bed", "nut", "tea"]),
            ("q=nut", ["nut"]),
            ("price_from=50&price_to=150", ["nut"]),
            ("rate_from=20", ["tea", "nut"]),
            ("fresh=on", ["tea", "bed"]),
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
            query = query.replace(f"category={name}", f"category={category.pk}")
        Product.objects.filter(code="bed").update(category=category)
        assert codes(browser(streamer).get(f"/selection/?{query}")) == expected

    def test_a_filter_that_makes_no_sense_says_so_and_narrows_nothing(self, merchant, streamer):
        offered(merchant, "nut")
        page = browser(streamer).get("/selection/?price_from=cheap")
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
                with django_assert_num_queries(19):
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


class TestShelf:
    def test_picking_leads_back_and_puts_the_product_on_the_shelf_with_its_pid(self, merchant, streamer):
        product, client = offered(merchant, "nut"), browser(streamer)
        answer = client.post(f"/selection/{product.public_id}/pick/", {"next": "/selection/?q=nut"})
        assert answer.url == "/selection/?q=nut"
        pick = Pick.objects.get()
        assert (pick.streamer, pick.product, pick.picked_at) == (streamer, product, build.moment(NOW))
        assert pick.pid in text(client.get("/shelf/"))
        assert "已在货架" in text(client.get("/selection/"))

    def test_no_other_site_is_led_back_to(self, merchant, streamer):
        product = offered(merchant, "nut")
        answer = browser(streamer).post(f"/selection/{product.public_id}/pick/", {"next": "https://elsewhere.example"})
        assert answer.url == "/shelf/"

    def test_what_is_kept_for_others_is_refused_in_words(self, merchant, streamer):
        product = build.product(merchant, "nut")
        build.listed_plan(product, "exclusive", {build.streamer("s2"): 2000})
        client = browser(streamer)
        assert "独家推广" in text(client.get(f"/selection/{product.public_id}/"))
        answer = client.post(f"/selection/{product.public_id}/pick/", follow=True)
        assert shown_messages(answer) == ["「nut」正由商家指定的达人独家推广，名单外不能选入。"]
        assert not Pick.objects.exists()

    def test_unpicking_takes_it_off_and_a_second_time_is_refused(self, merchant, streamer):
        product, client = offered(merchant, "nut"), browser(streamer)
        build.pick(streamer, product)
        client.post(f"/selection/{product.public_id}/unpick/")
        assert Pick.objects.get().unpicked_at == build.moment(NOW)
        answer = client.post(f"/selection/{product.public_id}/unpick/", follow=True)
        assert shown_messages(answer)[-1] == "该商品不在货架上。"

    def test_tomorrows_changes_are_said_today(self, merchant, streamer):
        goods = {code: offered(merchant, code) for code in ("lower", "ending", "gone", "kept", "same")}
        for product in goods.values():
            build.pick(streamer, product)
        today = build.moment("2024-06-20 09:00")
        plans.set_rate(Plan.objects.get(product=goods["lower"]), 1500, at=today)
        plans.end_plan(Plan.objects.get(product=goods["ending"]), at=today)
        listing.delist_product(goods["gone"], at=build.moment(NOW))
        build.listed_plan(goods["kept"], "exclusive", {build.streamer("s2"): 2000}, build.moment("2024-06-21 00:00"))
        page = browser(streamer).get("/shelf/")
        said = {card.product.code: (card.bps, card.next_bps, card.is_listed) for card in page.context["rows"]}
        assert said == {
            "lower": (2000, 1500, True),
            "ending": (2000, None, True),
            "gone": (2000, 2000, False),
            "kept": (2000, None, True),
            "same": (2000, 2000, True),
        }
        for shown in (
            "费率明日下调：0 点起 15%",
            "明日 0 点起没有佣金",
            "已下架：不能再成交",
            "明日 0 点起由他人独家推广",
        ):
            assert text(page).count(shown) == 1

    def test_the_shelf_asks_as_many_questions_for_twelve_picks_as_for_two(
        self, merchant, streamer, django_assert_num_queries
    ):
        client = browser(streamer)
        for number in range(12):
            build.pick(streamer, offered(merchant, f"p{number}"))
            if number in (1, 11):
                with django_assert_num_queries(20):
                    client.get("/shelf/")


class TestWhoMayDoWhat:
    def test_a_viewer_sees_no_buttons_and_changes_nothing(self, merchant, streamer):
        picked, fresh = offered(merchant, "picked"), offered(merchant, "fresh")
        build.pick(streamer, picked)
        client = browser(streamer, "viewer")
        assert "选入<" not in text(client.get("/selection/"))
        assert "移出货架" not in text(client.get("/shelf/"))
        assert client.post(f"/selection/{fresh.public_id}/pick/").status_code == 403
        assert client.post(f"/selection/{picked.public_id}/unpick/").status_code == 403
        assert list(Pick.objects.on_shelf().values_list("product__code", flat=True)) == ["picked"]

    def test_anothers_shelf_is_not_shown_and_not_touched(self, merchant, streamer):
        product = offered(merchant, "nut")
        build.pick(streamer, product)
        other = browser(build.streamer("s2"))
        assert other.get("/shelf/").context["rows"] == []
        other.post(f"/selection/{product.public_id}/unpick/")
        assert Pick.objects.get().unpicked_at is None

    def test_a_merchant_has_no_such_pages(self, merchant):
        client = browser(merchant)
        for path in ("/selection/", "/shelf/", "/earnings/"):
            assert client.get(path).status_code == 404


class TestEarnings:
    @pytest.fixture
    def sold(self, merchant, streamer) -> Tenant:
        """100.00 at 20% three times: one only paid, one received, one settled on 10 June."""
        product, source = offered(merchant, "nut"), build.source("shop")
        build.pick(streamer, product, "x1")
        for order_no, paid, received in (
            ("settled", "2024-06-01 10:00", "2024-06-02 10:00"),
            ("received", "2024-06-15 10:00", "2024-06-16 10:00"),
            ("paid", "2024-06-19 10:00", ""),
        ):
            build.push(source, [build.paid(order_no, paid, [build.bought(product, "x1")])])
            if received:
                build.push(source, [build.event("received", order_no, received)])
        build.settle("2024-06-10")
        return streamer

    def test_the_buckets_add_up_what_is_coming_and_what_has_come(self, sold):
        page = browser(sold).get("/earnings/")
        buckets = page.context["buckets"]
        assert (buckets.pending_fen, buckets.holding_fen, buckets.available_fen, buckets.debt_fen) == (
            1800,
            1800,
            1800,
            0,
        )
        assert [row["line"].order_no for row in page.context["upcoming"]] == ["received", "paid"]
        assert "6/24 凌晨结算" in text(page) and "等待买家收货" in text(page)

    def test_a_statement_opens_into_the_lines_that_made_it(self, sold):
        page = browser(sold).get("/statements/available/2024-06-10/")
        statement = page.context["statement"]
        assert [(entry.label, entry.amount_fen) for entry in statement.entries] == [
            ("佣金", 2000),
            ("技术服务费", -200),
        ]
        assert (statement.balance.opening_fen, statement.balance.closing_fen) == (0, 1800)
        parts = [(each["row"].line.order_no, each["part"].gross_fen) for each in page.context["parts"]]
        assert parts == [("settled", 2000)]

    def test_earnings_of_nobody_say_what_will_appear(self, streamer):
        page = text(browser(streamer).get("/earnings/"))
        assert "没有等待结算的订单" in page and "¥0.00" in page

    def test_another_streamer_sees_nothing_of_it(self, sold):
        other = browser(build.streamer("s2"))
        assert other.get("/earnings/").context["buckets"].available_fen == 0
        assert other.get("/orders/").context["rows"] == []
        assert other.get("/statements/available/2024-06-10/").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/selection/", ["Selection centre", "Nothing to pick yet"]),
        ("/shelf/", ["My shelf", "Your shelf is empty"]),
        ("/earnings/", ["Earnings", "Available"]),
    ],
)
def test_pages_speak_english_too(streamer, path, words):
    page = text(browser(streamer, language="en").get(path))
    for shown in words:
        assert shown in page
    assert HAN.findall(page.replace(streamer.name, "").replace(">中文<", "").replace("未分类", "")) == []
