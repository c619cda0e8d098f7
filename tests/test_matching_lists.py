"""A list put together from what is known: parts that add up, exposure, kept places. No rows."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streamers.matching.composing import (
    BRAND,
    CATEGORY,
    EARNS,
    PRICE,
    SELLING,
    Entry,
    Facts,
    Held,
    Parts,
    Pool,
    Together,
    Why,
    compose,
    parts_of,
    taste_of,
)
from tests import build

AT = build.moment("2024-06-20 14:00")
DAY = date(2024, 6, 20)
OLD = AT - timedelta(days=90)


def facts(product: int, leaf: int = 1, **known) -> Facts:
    return Facts(
        product, leaf, **({"brand": None, "price_fen": 10_000, "per_sale_fen": 2_000, "listed_at": OLD} | known)
    )


def listed(candidates: list[Facts], held: list[Held], pools: dict[int, Pool], of_ten: int = 2, **who) -> list[Entry]:
    together = Together()
    for each in held:
        together.add(each, [900 + each.product], [400_000])
    who = {"streamer": 7, "day": DAY} | who
    return compose(candidates, taste_of(held, (), 0), together, pools, reserved_of_ten=of_ten, at=AT, **who)


def test_the_parts_of_a_match_are_as_the_table_says():
    mine = [
        Held(1, 2.0, "茶壶", sold=3, leaf=1, brand=5, price_fen=10_000),
        Held(2, 2.0, "灯", leaf=2, price_fen=20_000),
    ]
    taste, together = taste_of(mine, (), 0), Together()
    together.add(mine[0], [50], [250_000])
    pools = {1: Pool([40, 50], [], 1_500)}
    parts = parts_of(facts(50, brand=5, price_fen=10_000, per_sale_fen=1_801), taste, together, pools)
    assert taste.price_fen == 20_000
    assert parts == Parts(500_000, round(CATEGORY * 0.5**0.5), BRAND, PRICE // 2, EARNS, SELLING // 2)
    assert parts.total == sum((500_000, 212_132, 100_000, 25_000, 50_000, 25_000))
    assert parts_of(facts(60, per_sale_fen=1_800), taste, together, pools).earns == 0


def test_half_the_exposure_is_half_the_score_and_comes_later():
    mine = [Held(1, 1.0, "茶壶", leaf=1, price_fen=10_000)]
    full, half = listed([facts(10, exposure=50), facts(11)], mine, {}, of_ten=0)
    assert (full.product, half.product, full.score) == (11, 10, 2 * half.score)


def test_what_he_has_is_not_recommended_to_him():
    mine = [Held(1, 1.0, "茶壶", leaf=1, price_fen=10_000)]
    assert [entry.product for entry in listed([facts(1), facts(2)], mine, {})] == [2]


def test_a_reason_is_the_largest_part():
    mine = [Held(n, 2.0, "茶壶", sold=1, leaf=1, price_fen=10_000) for n in (1, 2)]
    found = {entry.product: entry for entry in listed([facts(901), facts(12), facts(13, leaf=9)], mine, {}, of_ten=0)}
    assert (found[901].why, found[901].detail) == (Why.TOGETHER, 1)
    assert (found[12].why, found[12].detail) == (Why.SOLD_ALIKE, 2)
    assert found[13].why == Why.PRICE


def test_kept_places_are_the_fifth_and_the_tenth_and_say_whether_it_is_new():
    mine = [Held(1, 1.0, "茶壶", leaf=1, price_fen=10_000)]
    quiet = [facts(n, exposure=10, listed_at=AT - timedelta(days=n - 100)) for n in range(101, 160)]
    loud = [facts(n) for n in range(10, 40)]
    entries = listed(loud + quiet, mine, {1: Pool([], [each.product for each in quiet], 0)})
    kept = {place: entry for place, entry in enumerate(entries[:20]) if entry.why in (Why.CHANCE, Why.NEW_CHANCE)}
    assert sorted(kept) == [4, 9, 14, 19]
    for entry in kept.values():
        assert (entry.why == Why.NEW_CHANCE) == (entry.product < 130)


def test_chances_are_the_same_for_a_streamer_and_a_day_and_others_on_the_next():
    mine = [Held(1, 1.0, "茶壶", leaf=1, price_fen=10_000)]
    goods = [facts(n) for n in range(10, 200)]
    pools = {1: Pool([], list(range(50, 200)), 0)}
    today = listed(goods, mine, pools)
    assert listed(goods, mine, pools) == listed(goods[::-1], mine, pools) == today
    assert listed(goods, mine, pools, day=date(2024, 6, 21)) != today
    assert listed(goods, mine, pools, streamer=8) != today


ids = st.integers(2, 60)


@given(
    goods=st.dictionaries(ids, st.tuples(st.integers(1, 3), st.integers(10, 100)), min_size=1, max_size=40),
    quiet=st.sets(ids, max_size=30),
    of_ten=st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_every_product_comes_once_and_no_ten_places_keep_more_than_the_policy(goods, quiet, of_ten):
    mine = [Held(1, 1.0, "茶壶", leaf=1, price_fen=10_000)]
    candidates = [facts(pk, leaf, exposure=weight) for pk, (leaf, weight) in goods.items()]
    entries = listed(candidates, mine, {1: Pool([], sorted(quiet), 0)}, of_ten)
    assert sorted(entry.product for entry in entries) == sorted(goods)
    matched = [entry.score for entry in entries if entry.why < Why.NEW_CHANCE]
    assert matched == sorted(matched, reverse=True)
    others = len(matched)
    for start in range(0, max(0, others - 10), 10):
        kept = [entry for entry in entries[start : start + 10] if entry.why >= Why.NEW_CHANCE]
        assert len(kept) <= of_ten
