"""One rate, or some points more or less, for many products: looked at first, then asked for, each with its answer."""

import pytest

from merchants import bulk_rates, plans
from merchants.bulk_rates import RateWish
from merchants.models import Plan, PlanRate, Sku
from tests import build
from tests.browser import browser, shown_messages, text, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOW = build.moment("2024-06-20 14:00")
MIDNIGHT = build.moment("2024-06-21 00:00")
YESTERDAY = build.moment("2024-06-19 10:00")


@pytest.fixture
def shop():
    return build.merchant("m1", name="山野集")


@pytest.fixture
def goods(shop):
    """At 10 %, 20 % and without a plan; each at 100.00."""
    low, high, bare = (build.product(shop, code) for code in ("low", "high", "bare"))
    build.normal_plan(low, 1000, YESTERDAY), build.normal_plan(high, 2000, YESTERDAY)
    return [low, high, bare]


def answers(changes):
    return [(each.now_bps, each.then_bps, each.starts_at, each.refused and each.refused.code) for each in changes]


class TestChanging:
    def test_a_rate_for_all_raises_at_once_falls_at_midnight_and_opens_what_is_missing(self, goods):
        wish = RateWish(bps=1500)
        foreseen = bulk_rates.foreseen(goods, wish, at=NOW)
        assert answers(foreseen) == [
            (1000, 1500, NOW, None),
            (2000, 1500, MIDNIGHT, None),
            (None, 1500, NOW, None),
        ]
        assert PlanRate.objects.count() == 2
        assert answers(bulk_rates.change_many(goods, wish, at=NOW)) == answers(foreseen)
        rates = PlanRate.objects.filter(announced_at=NOW).values_list("plan__product__code", "effective_from")
        assert sorted(rates) == [("bare", NOW), ("high", MIDNIGHT), ("low", NOW)]

    def test_points_are_added_to_each_and_what_leaves_the_bounds_is_refused_alone(self, goods):
        assert answers(bulk_rates.change_many(goods, RateWish(by_bps=7500), at=NOW)) == [
            (1000, 8500, NOW, None),
            (2000, 9500, None, "RATE_OUT_OF_RANGE"),
            (None, None, None, "NORMAL_PLAN_MISSING"),
        ]
        assert answers(bulk_rates.foreseen(goods[1:2], RateWish(by_bps=-2500), at=NOW)) == [
            (2000, -500, None, "RATE_OUT_OF_RANGE")
        ]
        assert list(PlanRate.objects.filter(announced_at=NOW).values_list("commission_bps", flat=True)) == [8500]

    def test_before_midnight_nothing_falls_and_what_rises_still_does(self, goods):
        late = build.moment("2024-06-20 23:55")
        changes = bulk_rates.change_many(goods[:2], RateWish(bps=1500), at=late)
        assert answers(changes) == [(1000, 1500, late, None), (2000, 1500, None, "DECREASES_CLOSED")]

    def test_the_rate_in_force_changes_nothing_and_calls_off_what_was_announced(self, goods):
        announced = plans.set_rate(Plan.objects.get(product=goods[1]), 1200, at=NOW.replace(hour=9))
        (same,) = bulk_rates.change_many(goods[1:2], RateWish(bps=2000), at=NOW)
        assert (same.now_bps, same.starts_at, same.refused) == (2000, None, None)
        announced.refresh_from_db()
        assert announced.cancelled_at == NOW

    def test_a_suspended_shop_opens_nothing(self, shop, goods):
        shop.shop.suspended_at = NOW
        shop.shop.save()
        assert answers(bulk_rates.change_many(goods[2:], RateWish(bps=1500), at=NOW)) == [
            (None, 1500, None, "SHOP_SUSPENDED")
        ]
        assert Plan.objects.count() == 2


class TestPage:
    def address(self, *products, **query):
        chosen = "&".join(f"products={each.public_id}" for each in products)
        return f"/products/rates/?{chosen}" + "".join(f"&{name}={value}" for name, value in query.items())

    def test_the_list_leads_to_the_page_with_what_was_chosen_or_with_its_filter(self, shop, goods):
        client = browser(shop)
        chosen = [each.public_id for each in goods[:2]]
        answer = client.post("/products/?q=x", {"act": "rate", "products": chosen})
        assert answer.url == f"/products/rates/?products={chosen[0]}&products={chosen[1]}"
        inside = client.post("/products/?q=x&view=all", {"act": "rate", "all": "1"}, headers={"HX-Request": "true"})
        assert (inside.status_code, inside["HX-Redirect"]) == (204, "/products/rates/?q=x&view=all&all=1")

    def test_the_preview_says_now_then_when_and_what_the_streamer_gets(self, shop, goods):
        page = browser(shop).get(self.address(*goods, way="up", rate="5"))
        assert page.context["counts"] == {"raises": 2, "falls": 0, "same": 0, "refused": 1, "opens": 0}
        rows = {row.change.product.code: row for row in page.context["rows"]}
        assert (rows["low"].now_net_fen, rows["low"].then_net_fen) == (900, 1350)
        assert "2 件加佣马上生效，撤不回来" in words(page)
        assert page.context["rows"][0].change.product.code == "bare"  # what cannot be comes first
        assert PlanRate.objects.count() == 2

    def test_what_failed_stays_chosen_and_the_others_are_done(self, shop, goods):
        client = browser(shop)
        page = client.post(self.address(*goods), {"way": "up", "rate": "5", "count": "3"})
        assert shown_messages(page) == ["已提交 2 件的佣金率。"]
        assert [each.code for each in page.context["products"]] == ["bare"]
        assert f'name="products" value="{goods[2].public_id}"' in " ".join(text(page).split())
        again = client.post(
            self.address(*goods), {"way": "to", "rate": "15", "count": "1", "products": [goods[2].public_id]}
        )
        assert again.url == "/products/"
        assert sorted(PlanRate.objects.filter(announced_at=NOW).values_list("commission_bps", flat=True)) == [
            1500, 1500, 2500
        ]  # fmt: skip

    def test_all_of_the_filter_is_as_many_as_the_page_had_shown_or_nothing(self, shop, goods):
        client = browser(shop)
        assert client.get("/products/rates/?all=1&view=promoting&way=to&rate=30").context["count"] == 2
        build.normal_plan(goods[2], 1000, YESTERDAY)
        refused = client.post("/products/rates/?all=1&view=promoting", {"way": "to", "rate": "30", "count": "2"})
        assert shown_messages(refused) == ["筛选的结果变了：刚才是 2 件，现在是 3 件。请看一遍再确认。"]
        assert not PlanRate.objects.filter(announced_at=NOW).exists()
        client.post("/products/rates/?all=1&view=promoting", {"way": "to", "rate": "30", "count": "3"})
        assert PlanRate.objects.filter(announced_at=NOW, commission_bps=3000).count() == 3

    def test_strangers_products_and_rates_that_are_none_change_nothing(self, shop, goods):
        other = build.product(build.merchant("m2"), "theirs")
        build.normal_plan(other, 1000, YESTERDAY)
        client = browser(shop)
        client.post(self.address(other), {"way": "to", "rate": "30"})
        for rate in ("", "91", "x", "1.234", "-1"):
            client.post(self.address(*goods), {"way": "to", "rate": rate})
        client.post(self.address(*goods), {"way": "sideways", "rate": "10"})
        assert not PlanRate.objects.filter(announced_at=NOW).exists()
        assert browser(shop, "viewer").get(self.address(*goods)).status_code == 403


class TestStock:
    def test_each_box_is_one_sku_and_a_bad_one_stays_with_its_reason(self, shop, goods):
        low, high, _bare = (each.skus.get() for each in goods)
        client = browser(shop)
        address = "/products/stock/?" + "&".join(f"products={each.public_id}" for each in goods)
        assert 'value="100"' in text(client.get(address))
        page = client.post(address, {f"stock-{low.pk}": "7", f"stock-{high.pk}": "many"})
        assert shown_messages(page) == ["已改 1 个规格的库存。"]
        assert [(row.sku.pk, row.typed, bool(row.error)) for row in page.context["rows"]] == [(high.pk, "many", True)]
        assert dict(Sku.objects.values_list("product__code", "stock")) == {"low": 7, "high": 100, "bare": 100}
        assert client.post(address, {"all_stock": "0"}).url == "/products/"
        assert set(Sku.objects.values_list("stock", flat=True)) == {0}

    def test_listing_and_delisting_take_all_of_the_filter_too(self, shop, goods):
        page = browser(shop).post("/products/?view=promoting", {"act": "delist", "all": "1"})
        assert shown_messages(page) == ["已下架 2 件。"]
        assert sorted(each.code for each in goods if not _is_delisted(each)) == ["bare"]


def _is_delisted(product) -> bool:
    product.refresh_from_db()
    return product.status == "delisted"
