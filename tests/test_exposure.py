"""Exposure: each listing weighed by price, commission and conversion beside comparable goods (rulebook §17)."""

from datetime import timedelta
from random import Random

import pytest

from haowu.ground import days
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from merchants.models import Brand, Category, Product
from streamers.centre import sync
from streamers.exposure import parts
from streamers.exposure.weighing import KEPT, weigh_listings
from streamers.models import Exposure, Listing, ListingFigures
from tests import build

pytestmark = pytest.mark.django_db
NOW = build.moment("2024-06-20 05:10")


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


def leaf(code: str) -> Category:
    parent = Category.objects.get(code="other-goods")
    return Category.objects.get_or_create(code=code, defaults={"name": code, "parent": parent, "level": 3})[0]


def good(merchant: Tenant, code: str, price_fen: int, bps: int | None = 2000, **fields) -> Product:
    """Listed in the leaf category cups; ``title`` and ``brand`` as given."""
    product = build.product(merchant, code, price_fen=price_fen)
    fields = {"title": code, "category": leaf("cups")} | fields
    Product.objects.filter(pk=product.pk).update(**fields)
    if bps is not None:
        build.normal_plan(product, bps)
    return product


def figures(product: Product, orders: int, clicks: int) -> None:
    counted = {"promoted_30d": orders, "clicks_30d": clicks, "counted_on": days.day_of(NOW)}
    ListingFigures.objects.update_or_create(product=product, defaults=counted)


def weigh(at=NOW) -> dict[str, Exposure]:
    sync.in_step()
    weigh_listings(at=at)
    rows = Exposure.objects.filter(day=days.day_of(at)).select_related("product")
    return {row.product.code: row for row in rows}


def test_prices_stand_beside_the_same_brand_in_the_same_category(merchant):
    """The lower middle of four prices; at or under it the part is whole."""
    brand = Brand.objects.create(code="b1", name="景瓷", normal_name="景瓷")
    for code, price_fen in (("a", 8_000), ("b", 10_000), ("c", 12_500), ("d", 20_000)):
        good(merchant, code, price_fen, brand=brand)
    good(merchant, "elsewhere", 1_000, brand=brand, category=leaf("lamps"))
    rows = weigh()
    shown = {
        code: (row.compared_by, row.median_price_fen, row.price_place, row.price_part) for code, row in rows.items()
    }
    assert shown == {
        "a": ("brand", 10_000, 1, 10_000), "b": ("brand", 10_000, 2, 10_000), "c": ("brand", 10_000, 3, 8_000),
        "d": ("brand", 10_000, 4, 5_000), "elsewhere": ("", None, None, 10_000),
    }  # fmt: skip
    assert (rows["d"].comparables, rows["d"].price_to_cut_fen) == (4, 10_000)


def test_without_a_brand_prices_stand_beside_the_same_word_of_the_title(merchant):
    for code, title, price_fen in (
        ("a", "青花盖碗 150ml", 9_000),
        ("b", "手绘盖碗 山水", 12_000),
        ("c", "盖碗 白瓷", 6_000),
        ("d", "南部铸铁壶", 40_000),
    ):
        good(merchant, code, price_fen, title=title)
    rows = weigh()
    assert [(rows[code].compared_by, rows[code].word, rows[code].comparables) for code in "abcd"] == [
        ("word", "盖碗", 3), ("word", "盖碗", 3), ("word", "盖碗", 3), ("", "", 0),
    ]  # fmt: skip
    assert [rows[code].price_part for code in "abcd"] == [10_000, 7_500, 10_000, 10_000]


def test_commission_stands_beside_its_category_and_what_only_listed_streamers_get_beside_nothing(merchant):
    for code, bps in (("a", 1000), ("b", 2000), ("c", 3000), ("d", None)):
        good(merchant, code, 10_000, bps)
    rows = weigh()
    assert [(rows[code].commission_part, rows[code].commission_place, rows[code].rated) for code in "abcd"] == [
        (5_000, 3, 3), (10_000, 2, 3), (10_000, 1, 3), (10_000, None, 3),
    ]  # fmt: skip
    assert rows["a"].bps_to_add == 1000


def test_conversion_starts_at_the_mean_and_follows_its_own_clicks(merchant):
    """200 orders of 10,000 clicks are 2% of the category; 100 clicks' weight of that are in every listing."""
    sold, unsold = good(merchant, "sold", 10_000), good(merchant, "unsold", 10_000)
    good(merchant, "new", 10_000)
    figures(sold, 199, 9_100)
    figures(unsold, 1, 900)
    rows = weigh()
    assert [rows[code].conversion_part for code in ("sold", "unsold", "new")] == [10_000, 1_500, 10_000]
    assert rows["unsold"].orders_to_add == 17
    shown = dict(Listing.objects.values_list("code", "conversion_bps"))
    assert shown == {"sold": 218, "unsold": 30, "new": 200}


def test_where_nobody_clicks_conversion_says_nothing(merchant):
    figures(good(merchant, "sold", 10_000), 5, 0)
    assert weigh()["sold"].conversion_part == 10_000
    assert Listing.objects.get().conversion_bps == 0


def test_weak_on_everything_is_shown_less_and_never_hidden(merchant):
    for number in range(3):
        figures(good(merchant, f"good-{number}", 1_000, 5000), 1_000, 10_000)
    figures(good(merchant, "weak", 1_000_000, 1, title="good"), 0, 1_000_000)
    Product.objects.update(title="青花盖碗")
    row = weigh()["weak"]
    assert (row.price_part, row.commission_part, row.weight, row.is_weak) == (10, 2, 20, True)
    assert Listing.objects.get(code="weak").exposure == 20
    assert sync.out_of_step(list(Product.objects.values_list("pk", flat=True)), NOW) == []


def test_what_is_advised_is_the_smallest_change_that_does_it(merchant):
    """One fen, one basis point or one order less, and the part is not whole."""
    chance = Random(17)
    for number in range(9):
        product = good(
            merchant, f"p{number}", chance.randrange(100, 9_000), chance.randrange(100, 4_000), title="青花盖碗"
        )
        figures(product, chance.randrange(0, 40), chance.randrange(200, 2_000))
    rows = list(weigh().values())
    assert any(row.price_to_cut_fen for row in rows) and any(row.bps_to_add for row in rows)
    for row in rows:
        cut, added, more = row.price_to_cut_fen, row.bps_to_add, row.orders_to_add
        whole = parts.WHOLE
        assert parts.price_part(row.price_fen - cut, row.median_price_fen) == whole
        assert not cut or parts.price_part(row.price_fen - cut + 1, row.median_price_fen) < whole
        assert parts.commission_part(row.bps + added, row.median_bps) == whole
        assert not added or parts.commission_part(row.bps + added - 1, row.median_bps) < whole
        conversion = row.clicks, row.all_orders, row.all_clicks
        assert parts.conversion_part(row.orders + more, *conversion) == whole
        assert not more or parts.conversion_part(row.orders + more - 1, *conversion) < whole


def test_what_was_advised_still_holds_when_it_has_been_done(merchant):
    """The median does not move away from who moves to it."""
    for code, price_fen in (("a", 8_000), ("b", 10_000), ("c", 12_500), ("d", 20_000)):
        good(merchant, code, price_fen, {"a": 1000, "b": 2000, "c": 2500, "d": 3000}[code], title="青花盖碗")
    row = weigh()["d"]
    Product.objects.get(code="d").skus.update(price_fen=row.price_fen - row.price_to_cut_fen)
    after = weigh(NOW + timedelta(days=1))["d"]
    assert (after.median_price_fen, after.price_part, after.price_to_cut_fen) == (10_000, 10_000, 0)


def test_every_row_says_what_the_rule_says_of_its_numbers(merchant):
    """The SQL beside the rule in Python, on goods of all sorts."""
    chance, brand = Random(3), Brand.objects.create(code="b1", name="景瓷", normal_name="景瓷")
    for number in range(30):
        title = chance.choice(("青花盖碗", "手绘盖碗", "茶盘", "铸铁壶"))
        product = good(
            merchant, f"p{number}", chance.randrange(1, 90_000), chance.choice((None, 0, 100, 1234, 5000)),
            title=title, brand=chance.choice((None, brand)), category=leaf(chance.choice(("cups", "lamps"))),
        )  # fmt: skip
        if chance.random() < 0.7:
            figures(product, chance.randrange(0, 50), chance.randrange(0, 3_000))
    rows = weigh()
    assert len(rows) == 30
    for row in rows.values():
        price = parts.price_part(row.price_fen, row.median_price_fen)
        commission = parts.commission_part(row.bps, row.median_bps)
        conversion = parts.conversion_part(row.orders, row.clicks, row.all_orders, row.all_clicks)
        assert (row.price_part, row.commission_part, row.conversion_part) == (price, commission, conversion)
        assert row.weight == parts.weight(price, commission, conversion)
        assert (row.price_to_cut_fen == 0) == (price == parts.WHOLE)


def test_a_day_is_weighed_once_and_old_days_go(merchant):
    good(merchant, "a", 10_000)
    assert len(weigh()) == 1
    assert weigh_listings(at=NOW) == 0
    weigh(NOW + KEPT + timedelta(days=1))
    assert Exposure.objects.count() == 1


def test_a_merchant_sees_its_own_alone(merchant):
    other = build.merchant("m2")
    mine = good(merchant, "a", 10_000)
    good(other, "b", 10_000)
    weigh()
    enter_scope(merchant.pk)
    assert list(Exposure.objects.values_list("product", flat=True)) == [mine.pk]
