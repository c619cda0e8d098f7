"""The selection centre: what a streamer may pick and for how much."""

import pytest

from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope
from merchants import listing, plans
from merchants.models import Category, Plan, Product, Shop
from streamers.centre import sync
from streamers.centre.conditions import Looker
from streamers.centre.filters import EVERYTHING
from streamers.centre.search import find
from streamers.models import Pick, Profile
from streamers.terms import OfferBook
from tests import build
from tests.bases import base, feed
from tests.browser import NOW, browser, text, words
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
        page = words(selection(streamer))
        for shown in ("¥23.22", "20%", "¥129.00", "山野集", "4.80", "1 件"):
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


class TestFilterSheet:
    def test_each_choice_says_how_many_goods_it_would_leave(self, merchant, streamer):
        build.listed_plan(offered(merchant, "mine"), "item_targeted", {streamer: 1800})
        offered(merchant, "other")
        sync.in_step()
        page = browser(streamer).get("/selection/filters/?sort=rate")
        counts = {choice.value: choice.count for choice in page.context["facets"]["plan_type"]}
        assert counts == {"normal": 1, "item_targeted": 1}
        assert "看 2 件" in words(page) and 'name="sort" value="rate"' in text(page)
        assert "看 1 件" in words(browser(streamer).get("/selection/filters/?plan_type=item_targeted"))

    def test_what_finds_nothing_says_which_filter_to_leave_out(self, merchant, streamer):
        offered(merchant, "nut")
        page = selection(streamer, "q=nut&price_from=9999")
        assert codes(page) == []
        assert [(label, total) for label, _query, total in page.context["loosened"]] == [("最低价（元）", 1)]
        assert "最接近的" in words(page)

    def test_words_are_suggested_while_one_types(self, merchant, streamer):
        Category.objects.create(code="nuts", name="坚果炒货", level=1)
        assert "坚果炒货" in words(browser(streamer).get("/selection/suggestions/?q=坚果"))
        assert words(browser(streamer).get("/selection/suggestions/?q=没有的词")).strip() == ""

    def test_an_activitys_good_is_picked_in_place_through_it(self, merchant, streamer):
        product = build.product(merchant, "nut")
        activity = build.activity(build.leader("l1"))
        build.enrolled(product, activity, 2800)
        (card,) = selection(streamer).context["rows"]
        assert card.through == activity.share_token
        posted = {"list": "centre", "activity": card.through}
        path = f"/selection/{product.public_id}/pick/"
        answer = browser(streamer).post(path, posted, headers={"hx-request": "true"})
        assert "已在货架" in words(answer) and "30 天 0 单" in words(answer)
        assert Pick.objects.get().latest_through.activity == activity.code


class TestProduct:
    def test_the_page_shows_what_each_sku_brings(self, merchant, streamer):
        product = offered(merchant, "nut", 1550, price_fen=5_900)
        product.skus.create(code="big", spec="双份装", price_fen=11_300, stock=3)
        page = words(browser(streamer).get(f"/selection/{product.public_id}/"))
        for shown in ("¥59.00 × 15.5% = ¥9.15，扣技术服务费 ¥0.92", "¥8.23", "双份装", "¥113.00", "¥15.77"):
            assert shown in page, shown

    def test_the_calculator_moves_alone_and_reads_only_whole_numbers(self, merchant, streamer):
        product, client = offered(merchant, "nut", 2000), browser(streamer)
        path, moved = f"/selection/{product.public_id}/", {"headers": {"hx-request": "true"}}
        answer = words(client.get(f"{path}?units=1000", **moved))
        assert "¥18,000.00" in answer and "为什么是" not in answer
        assert "¥9,000.00" in words(client.get(f"{path}?units=-3", **moved))
        assert "¥9,000.00" in words(client.get(f"{path}?units=1e9", **moved))

    def test_it_says_which_rule_matched_and_what_would_pay_without_it(self, merchant, streamer):
        product = offered(merchant, "nut", 1000)
        activity = build.activity(build.leader("l1"), title="秋冬专场")
        build.enrolled(product, activity, 2800)
        build.pick(streamer, product, activity=activity)
        page = browser(streamer).get(f"/selection/{product.public_id}/")
        said = [(str(each.rule), str(each.says), each.bps) for each in page.context["reasons"]]
        assert said == [
            ("专属推广", "这件没有", None),
            ("商品定向计划", "这件没有", None),
            ("店铺定向计划", "这家店没有", None),
            ("团长的招商活动", "你从这个活动选入", 2800),
            ("普通计划", "只在前面都没有时用", 1000),
        ]
        assert "秋冬专场" in words(page)

    def test_the_rates_of_a_month_are_drawn_where_there_was_more_than_one(self, merchant, streamer):
        steady, moved = offered(merchant, "steady"), offered(merchant, "moved", 1000)
        plans.set_rate(Plan.objects.get(product=moved), 1500, at=build.moment("2024-06-10 09:00"))
        client = browser(streamer)
        assert client.get(f"/selection/{steady.public_id}/").context["history"] == []
        page = client.get(f"/selection/{moved.public_id}/")
        history = page.context["history"]
        assert [(each.at, each.bps) for each in history] == [
            (build.moment("2024-05-21 14:00"), 1000),
            (build.moment("2024-06-10 09:00"), 1500),
        ]
        assert "2024-06-10 09:00：15%" in words(page)

    def test_who_else_has_it_is_counted_by_bands_and_never_named(self, merchant, streamer):
        product = offered(merchant, "nut")
        for number, fans in enumerate((99_999, 100_000, 999_999, 1_000_000)):
            seller = build.streamer(f"other-{number}", name=f"别的达人{number}")
            Profile.objects.filter(streamer=seller).update(fans=fans)
            build.pick(seller, product)
        page = browser(streamer).get(f"/selection/{product.public_id}/")
        assert page.context["sellers"] == {"all": 4, "large": 1, "middle": 2, "small": 1}
        assert "别的达人" not in words(page)

    def test_bases_are_named_with_what_they_have_free_and_the_silent_ones_apart(self, merchant, streamer):
        product = offered(merchant, "nut")
        fresh = base("b1", city="linyi", name="临沂基地", agreed_by=["m1"])
        silent = base("b2", city="yiwu", name="义乌基地", agreed_by=["m1"])
        feed(fresh, 1, [("m1", "nut", "nut", 10_000, 7)], at=build.moment(NOW))
        feed(silent, 1, [("m1", "nut", "nut", 10_000, 9)], at=build.moment("2024-06-10 09:00"))
        page = browser(streamer).get(f"/selection/{product.public_id}/")
        lying = [(base.base.name, base.free, base.is_fresh) for base in page.context["lying"]]
        assert lying == [("临沂基地", 7, True), ("义乌基地", 9, False)]
        assert "没有按时报库存" in words(page)

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
