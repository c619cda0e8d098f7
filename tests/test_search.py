"""Search in the selection centre: the golden set, and what holds for every query."""

import random
import secrets
from collections import Counter

import pytest

from bases.models import Brand
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants import listing
from merchants.models import Category, Product, Sku
from streamers.centre import facets, lexicon, search, sync
from streamers.centre.conditions import Looker
from streamers.centre.facets import BRANDS, PRICE_BANDS_FEN, RATE_BANDS_BPS, facets_of
from streamers.centre.filters import EVERYTHING, Filters
from streamers.centre.paging import CursorInvalid
from streamers.centre.search import find
from streamers.models import Listing, ListingFigures
from streamers.terms import OfferBook
from tests import build
from tests.golden import FOUND, GOODS

pytestmark = pytest.mark.django_db


def build_catalogue() -> Tenant:
    """The golden goods, in two shops; the streamer who looks."""
    shops = [build.merchant("m1", name="百味旗舰店"), build.merchant("m2", name="优选生活馆")]
    top = Category.objects.create(code="all", name="全部商品", level=1)
    middle = Category.objects.create(code="all/all", name="热卖商品", level=2, parent=top)
    for number, line in enumerate(GOODS.splitlines()):
        code, brand, title, category, price, sales = line.split("|")
        leaf, _ = Category.objects.get_or_create(
            code=category, defaults={"name": category, "level": 3, "parent": middle}
        )
        draft = listing.ProductDraft(code, title, leaf, round(float(price) * 100), 10)
        (product,) = listing.add_products(shops[number % 2], [draft])
        if brand:
            Product.objects.filter(pk=product.pk).update(brand=_brand(brand))
        listing.list_product(product, at=days.BEGINNING)
        build.normal_plan(product, 1000 + number)
        ListingFigures.objects.create(product=product, sales_30d=int(sales), counted_on="2024-06-20")
    sync.in_step()
    lexicon.recount()
    return build.streamer("s1")


def _brand(name: str) -> Brand:
    return Brand.objects.named(name) or Brand.objects.create(name=name)


def found(streamer: Tenant, query: str) -> list[str]:
    return [card.code for card in find(Looker(streamer, days.now(), 1000), Filters(q=query)).cards]


def expected() -> dict[str, list[str]]:
    rows = (line.split(" =") for line in FOUND.splitlines())
    return {query: codes.split() for query, codes in rows}


def test_the_golden_queries_find_what_they_must_best_first_also_after_a_rebuild_and_by_walking(monkeypatch):
    streamer = build_catalogue()
    golden = expected()
    assert len(golden) >= 200
    assert {query: found(streamer, query) for query in golden} == golden
    Listing.objects.all().delete()
    list(sync.rebuild(days.now()))
    monkeypatch.setattr(search, "LEEWAY", 0.3)  # walks for many words of so few goods, and ends some of them too early
    lexicon.recount()
    assert {query: found(streamer, query) for query in golden} == golden


def test_a_query_that_finds_nothing_says_what_to_loosen_and_shows_the_nearest():
    streamer = build_catalogue()
    looker = Looker(streamer, days.now(), 1000)
    answer = find(looker, Filters(q="苹果手机壳"))
    assert (answer.total, [(each.word, each.total) for each in answer.loosened]) == (0, [("苹果", 3)])
    assert [card.code for card in answer.nearest] == ["case1", "case3", "case2"]
    narrow = find(looker, Filters(q="猫粮", price_to=1_000))
    assert [(each.name, each.word, each.total) for each in narrow.loosened] == [("price_to", "", 1)]
    assert [card.code for card in narrow.nearest] == ["cat1"]


def random_filters(chance: random.Random) -> Filters:
    """Any of them together."""
    maybe = lambda *values: chance.choice([*values, None, None, None])  # noqa: E731
    wanted = {
        "q": maybe("手机", "美的", "家", "anker", "纯棉"),
        "category": maybe("all", "手机壳", "坚果"),
        "brand": maybe(*Brand.objects.values_list("code", flat=True)[:3]),
        "price_from": maybe(2_000, 10_000),
        "price_to": maybe(5_000, 30_000),
        "rate_from": maybe(1_010, 1_040),
        "sales_from": maybe(100, 500),
        "per_sale_from": maybe(500, 3_000),
        "plan_type": maybe("normal", "item_targeted", "activity"),
        "in_stock": maybe(True),
        "not_on_shelf": maybe(True),
        "sort": chance.choice(["best", "sales", "rate", "per_sale", "price", "price_down", "newest"]),
    }
    return Filters(**{name: value for name, value in wanted.items() if value is not None})


@pytest.fixture
def personal_market() -> Tenant:
    """The golden goods, some with offers for the streamer alone, kept for others, or only through an activity."""
    streamer, other = build_catalogue(), build.streamer("s2")
    goods = list(Product.objects.order_by("pk"))
    activity = build.activity(build.leader())
    for number, product in enumerate(goods):
        if number % 5 == 0:
            build.listed_plan(product, "item_targeted", {streamer: 1_500 + number, other: 3_000})
        if number % 11 == 0:
            build.listed_plan(product, "exclusive", {(streamer if number % 2 else other): 2_500})
        if number % 7 == 0:
            build.enrolled(product, activity, 2_000)
        if number % 14 == 0:
            build.pick(streamer, product, activity=activity) if number % 11 else None
    build.listed_plan(goods[1], "shop_targeted", {streamer: 1_234})
    sync.in_step()
    return streamer


def test_every_filter_alone_and_together_finds_what_a_look_at_each_card_finds(personal_market):
    """Against the whole list, card by card: filters narrow, sorts order, counts add up, pages follow each other."""
    looker, chance = Looker(personal_market, days.now(), 1000), random.Random(7)
    everything = {card.code: card for card in find(looker, EVERYTHING, size=500).cards}
    categories = dict(Product.objects.values_list("code", "category__code"))
    brands = dict(Product.objects.values_list("code", "brand__code"))
    for _turn in range(60):
        filters = random_filters(chance)
        matching = {card.code for card in find(looker, Filters(q=filters.q), size=500).cards}
        wanted = {
            code
            for code, card in everything.items()
            if code in matching
            and filters.category in ("", "all", categories[code])
            and filters.brand in ("", brands[code])
            and (filters.price_from or 0) <= card.price_fen <= (filters.price_to or 10**9)
            and card.bps >= (filters.rate_from or 0)
            and card.sales_30d >= (filters.sales_from or 0)
            and card.net_fen >= (filters.per_sale_from or 0)
            and filters.plan_type in ("", card.kind)
            and not (filters.not_on_shelf and card.is_on_shelf)
        }
        answer, codes = find(looker, filters, size=7), []
        assert answer.total == len(wanted), filters
        codes += [card.code for card in answer.cards]
        while answer.next_cursor:
            answer = find(looker, filters, cursor=answer.next_cursor, size=7)
            codes += [card.code for card in answer.cards]
        assert len(codes) == len(set(codes)), filters
        assert set(codes) == wanted, filters
        _assert_sorted([everything[code] for code in codes], filters)
        _assert_facets_add_up(looker, filters, [everything[code] for code in wanted], categories)


def _assert_sorted(cards, filters: Filters) -> None:
    column = {"sales": "sales_30d", "rate": "bps", "per_sale": "per_sale_fen", "price": "price_fen",
              "price_down": "price_fen"}.get(filters.sort)  # fmt: skip
    if column:
        values = [getattr(card, column) for card in cards]
        assert values == sorted(values, reverse=filters.sort != "price"), filters


def _assert_facets_add_up(looker: Looker, filters: Filters, cards, categories: dict[str, str]) -> None:
    """For the facets whose own filter is not in force: the counts are those of the cards."""
    found = facets_of(looker, filters)
    counts = {name: {choice.value: choice.count for choice in choices} for name, choices in found.items()}
    if not filters.plan_type:
        assert counts["plan_type"] == Counter(card.kind for card in cards), filters
    if not filters.category:
        leaves = Counter(categories[card.code] for card in cards)
        assert {code: n for code, n in counts["category"].items() if not code.startswith("all")} == leaves, filters
        assert counts["category"].get("all", 0) == len(cards)
    if not filters.brand:
        brands = Counter(card.brand_name for card in cards if card.brand_name)
        assert {each.label: each.count for each in found["brand"]}.items() <= brands.items(), filters
        assert [each.count for each in found["brand"]] == [n for _name, n in brands.most_common(BRANDS)], filters
    if filters.rate_from is None:
        bands = {str(low): sum(card.bps >= low for card in cards) for low in RATE_BANDS_BPS if low}
        assert counts["rate"] == {low: count for low, count in bands.items() if count}, filters
    if filters.price_from is None and filters.price_to is None:
        assert counts["price"] == _by_price(cards), filters


def _by_price(cards) -> Counter:
    highs = [low - 1 for low in PRICE_BANDS_FEN[1:]] + [None]
    bands = [(low, high) for low, high in zip(PRICE_BANDS_FEN, highs, strict=True)]
    return Counter(
        f"{low}-{'' if high is None else high}"
        for card in cards
        for low, high in bands
        if low <= card.price_fen and (high is None or card.price_fen <= high)
    )


def test_counts_that_are_shared_leave_each_streamer_his_own_offers(personal_market, monkeypatch):
    """What is open to everybody is counted once for all; what is decided for one of them is counted for him."""
    monkeypatch.setattr(facets, "COUNT_LIMIT", 0)  # keep every count, however small
    categories, fee = dict(Product.objects.values_list("code", "category__code")), secrets.randbelow(5_000)
    shown = []
    for streamer in (build.streamer("s3"), personal_market, Tenant.objects.get(code="s2")):
        looker = Looker(streamer, days.now(), fee)
        cards = find(looker, EVERYTHING, size=500).cards
        _assert_facets_add_up(looker, EVERYTHING, cards, categories)
        shown.append(Counter(card.kind for card in cards))
    assert shown[0] != shown[1] != shown[2]


def test_the_list_of_any_streamer_says_what_the_rule_says_and_shows_nothing_kept_for_others(personal_market):
    products = list(Product.objects.all())
    book, at = OfferBook(products), days.now()
    for streamer in (personal_market, Tenant.objects.get(code="s2"), build.streamer("s3")):
        ways = {pick.product_id: pick.through(at) for pick in streamer.picks.on_shelf()}
        chosen = {product.code: book.choose(product.pk, streamer.pk, at, ways.get(product.pk)) for product in products}
        paying = {code: each.offer.commission_bps for code, each in chosen.items() if each.offer}
        cards = find(Looker(streamer, at, 1000), EVERYTHING, size=500).cards
        assert {card.code: card.bps for card in cards if not card.through} == paying
        kept = {code for code, each in chosen.items() if "EXCLUSIVE_NOT_LISTED" in each.trace}
        assert kept and not kept & {card.code for card in cards}


def test_pages_neither_repeat_nor_skip_what_stays_where_it_is_while_goods_come_go_and_change(personal_market):
    looker, chance = Looker(personal_market, days.now(), 1000), random.Random(3)
    for sort in ("best", "price", "sales", "rate"):
        filters = Filters(sort=sort)
        before = {card.code for card in find(looker, filters, size=500).cards}
        answer = find(looker, filters, size=5)
        codes, touched = [card.code for card in answer.cards], set()
        while answer.next_cursor:
            code = chance.choice(sorted(before))
            touched.add(code)
            Sku.objects.filter(product__code=code).update(price_fen=chance.randint(1_000, 90_000))
            newcomer = build.product(Tenant.objects.get(code="m1"), price_fen=chance.randint(1_000, 90_000))
            build.normal_plan(newcomer, 1_100)
            sync.in_step()
            answer = find(looker, filters, cursor=answer.next_cursor, size=5)
            codes += [card.code for card in answer.cards]
        stayed = [code for code in codes if code in before - touched]
        assert len(stayed) == len(set(stayed))
        assert set(stayed) == before - touched


def test_a_cursor_of_another_list_is_refused():
    streamer = build_catalogue()
    looker = Looker(streamer, days.now(), 1000)
    cursor = find(looker, Filters(sort="price"), size=5).next_cursor
    for filters in (Filters(sort="rate"), Filters(sort="price", q="茶")):
        with pytest.raises(CursorInvalid):
            find(looker, filters, cursor=cursor, size=5)
    with pytest.raises(CursorInvalid):
        find(Looker(build.streamer("s9"), days.now(), 1000), Filters(sort="price"), cursor=cursor, size=5)
