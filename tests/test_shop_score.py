"""Shop scores: three parts from ninety days of lines, smoothed, each day once (rulebook §21)."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from commissions.cases import disputes
from commissions.models import OrderLine
from commissions.orders import service
from haowu.audit.invariants import run_audit
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from merchants import scores
from merchants.models import Category, Product, Shop, ShopScore
from merchants.scores import Counts
from streamers.centre import sync
from streamers.models import Listing
from tests import build

NOW = build.moment("2024-06-20 05:10")
DAY = date(2024, 6, 20)


def by_hand(own: tuple[Fraction, int], mean: Fraction) -> Fraction:
    """A part before rounding: ``own`` bad share and lines."""
    share, lines = own
    return 500 * (1 - (share * lines + 50 * mean) / (lines + 50))


def rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@st.composite
def counted(draw) -> Counts:
    lines = draw(st.integers(0, 10_000))
    received, shipped = draw(st.integers(0, lines)), draw(st.integers(0, lines))
    return Counts(
        lines,
        received,
        draw(st.integers(0, received)),
        shipped,
        draw(st.integers(0, shipped)),
        draw(st.integers(0, lines)),
    )


@given(counted(), counted())
@settings(max_examples=200, deadline=None)
def test_parts_and_total_are_the_rule_in_fractions_rounded_once(own, others):
    leaf = own + others
    parts = []
    for (bad, whole), (leaf_bad, leaf_whole) in zip(own.ratios, leaf.ratios, strict=True):
        mean = Fraction(leaf_bad, leaf_whole) if leaf_whole else Fraction(0)
        parts.append(by_hand((Fraction(bad, whole or 1), whole), mean))
    found = scores.score(own, leaf)
    assert (found.goods, found.delivery, found.service) == tuple(map(rounded, parts))
    assert found.total == rounded(sum(Fraction(w, 10) * part for w, part in zip((4, 3, 3), parts, strict=True)))


@given(counted(), counted(), st.integers(0, 500))
@settings(max_examples=100, deadline=None)
def test_smoothing_stays_between_the_shop_and_its_category_and_nears_the_shop_with_lines(own, others, more):
    """Never beyond either; a shop without lines stands at the category's mean; one more bad line never helps."""
    leaf = own + others
    found = scores.score(own, leaf)
    for part, (bad, whole), ratio in zip(
        (found.goods, found.delivery, found.service), own.ratios, leaf.ratios, strict=True
    ):
        mean = scores.mean(ratio) if ratio[1] else 500
        alone = scores.mean((bad, whole)) if whole else mean
        assert min(alone, mean) <= part <= max(alone, mean)
    assert scores.score(Counts(), leaf).goods == (scores.mean(leaf.goods) if leaf.received else 500)
    worse = own + Counts(lines=more, disputed=more)
    assert scores.score(worse, leaf).service <= found.service


@pytest.fixture
def market():
    """Three shops in two leaf categories; the orders of ``sell`` are theirs."""
    parent = Category.objects.get(code="other-goods")
    leaves = [Category.objects.create(code=code, name=code, parent=parent, level=3) for code in ("cups", "lamps")]
    goods = {}
    for shop, leaf in (("m1", 0), ("m2", 0), ("m3", 1)):
        product = build.product(build.merchant(shop), f"p-{shop}")
        Product.objects.filter(pk=product.pk).update(category=leaves[leaf])
        build.normal_plan(product, 1000)
        goods[shop] = product
    return goods, build.source()


def sell(market, shop: str, number: str, ordered: str, **facts: str) -> None:
    """An order of one line, with what became of it: ``shipped``, ``received``, ``refunded`` at a time."""
    goods, by = market
    build.push(by, [build.paid(number, ordered, [build.bought(goods[shop])])])
    for type, at in facts.items():
        more = {"refund_no": f"r-{number}", "goods_fen": 1_000} if type == "refunded" else {}
        build.push(by, [build.event(type, number, at, **more)])


def scored(shop: str) -> ShopScore:
    return ShopScore.objects.get(merchant__code=shop, day=DAY)


@pytest.mark.django_db
def test_what_counts_as_bad_and_from_when(market):
    good = {"shipped": "2024-06-02 08:00", "received": "2024-06-04 08:00"}
    sell(market, "m1", "good", "2024-06-01 08:00", **good)
    sell(market, "m1", "just-in-time", "2024-06-01 08:00", shipped="2024-06-03 08:00")
    sell(market, "m1", "late", "2024-06-01 08:00", shipped="2024-06-03 08:01")
    sell(market, "m1", "returned", "2024-06-01 08:00", **good, refunded="2024-06-05 08:00")
    sell(market, "m1", "called-off", "2024-06-01 08:00", refunded="2024-06-01 09:00", **good)
    sell(market, "m1", "not-there-yet", "2024-06-01 08:00", shipped="2024-06-02 08:00")
    sell(market, "m1", "too-long-ago", "2024-03-21 23:59", shipped="2024-03-30 08:00")
    sell(market, "m1", "today", "2024-06-20 00:00", shipped="2024-06-20 01:00")
    sell(market, "m1", "received-today", "2024-06-19 08:00", shipped="2024-06-19 09:00", received="2024-06-20 00:00")
    assert service.score_shops(at=NOW) == 3
    row = scored("m1")
    assert row.counts == Counts(lines=7, received=3, refunded=1, shipped=7, late=1, disputed=0)
    assert row.has_few_orders
    assert (row.goods, row.delivery, row.service) == (333, 429, 500)


@pytest.mark.django_db
def test_a_dispute_that_was_upheld_counts_against_the_shop_of_its_line():
    shop, streamer = build.merchant("m1"), build.streamer("s1")
    product, by = build.product(shop, "p"), build.source()
    build.normal_plan(product, 1000)
    build.pick(streamer, product, "x1", at=build.moment("2024-05-01 08:00"))
    for number in ("o1", "o2"):
        build.push(by, [build.paid(number, "2024-06-01 08:00", [build.bought(product, "x1")])])
    opened = {"claimant": shop, "against": streamer, "reason": "货不对", "by": build.member(shop)}
    first, second = (
        disputes.open_dispute(line, at=build.moment("2024-06-02 08:00"), **opened)
        for line in OrderLine.objects.order_by("order_no")
    )
    at = build.moment("2024-06-03 08:00")
    disputes.propose(first, 100, "照片为证", by=build.staff(), at=at)
    disputes.uphold(first, by=build.staff(), at=at)
    disputes.reject(second, "没有凭据", by=build.staff(), at=at)
    service.score_shops(at=NOW)
    assert scored("m1").counts == Counts(lines=2, disputed=1)


@pytest.mark.django_db
def test_every_shop_as_counted_line_by_line(market):
    """The whole rule once more, by a loop over lines; the second night is another row."""
    goods, _by = market
    for number in range(24):
        shop = ("m1", "m2", "m3")[number % 3]
        facts = {"shipped": f"2024-06-0{2 + number % 5} 09:00"}
        if number % 2:
            facts["received"] = "2024-06-08 08:00"
        if number % 4 == 3:
            facts["refunded"] = "2024-06-09 08:00"
        sell(market, shop, f"o{number}", "2024-06-01 08:00", **facts)
    service.score_shops(at=NOW)
    own: dict[str, Counter] = defaultdict(Counter)
    leaf: dict[str, Counter] = defaultdict(Counter)
    for line in OrderLine.objects.select_related("merchant"):
        facts = Counter(
            lines=1,
            received=line.received_at is not None,
            refunded=line.received_at is not None and line.refunded_fen > 0,
            shipped=1,
            late=line.shipped_at > line.ordered_at + timedelta(hours=48),
        )
        own[line.merchant.code] += facts
        leaf["m3" if line.merchant.code == "m3" else "m1"] += facts
    assert len(goods) == 3
    for shop in goods:
        beside = Counts(**leaf["m3" if shop == "m3" else "m1"])
        expected = scores.score(Counts(**own[shop]), beside)
        row = scored(shop)
        assert (row.counts, row.leaf_counts) == (Counts(**own[shop]), beside)
        assert (row.goods, row.delivery, row.service, row.total) == tuple(vars(expected).values())
        assert Shop.objects.get(merchant__code=shop).score == expected.total
    assert service.score_shops(at=NOW + timedelta(days=1)) == 3
    assert ShopScore.objects.count() == 6


@pytest.mark.django_db
def test_a_day_is_scored_once_and_its_row_never_changes(market):
    sell(market, "m1", "o1", "2024-06-01 08:00", shipped="2024-06-02 08:00")
    service.score_shops(at=NOW)
    before = list(ShopScore.objects.order_by("pk").values())
    sell(market, "m1", "o2", "2024-06-01 08:00", shipped="2024-06-09 08:00")
    assert service.score_shops(at=NOW) == 0
    assert list(ShopScore.objects.order_by("pk").values()) == before
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ShopScore.objects.update(total=500)
    enter_scope(Tenant.objects.get(code="m1").pk)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        ShopScore.objects.create(merchant_id=1, day=DAY, **dict.fromkeys(NUMBERS, 0))


NUMBERS = (
    *scores.COUNTED, *(f"leaf_{name}" for name in scores.COUNTED), "goods", "delivery", "service", "total",
)  # fmt: skip


@pytest.mark.django_db
def test_the_list_follows_the_scores_in_one_statement(market):
    """Cards carry score and few orders; popularity as the listing made anew would have it."""
    for number in range(60):
        sell(market, "m1", f"o{number}", "2024-06-01 08:00", shipped=f"2024-06-0{2 if number % 2 else 5} 09:00")
    sync.in_step()
    service.score_shops(at=NOW)
    shown = list(Listing.objects.order_by("code").values_list("code", "shop_score", "shop_has_few_orders"))
    assert shown == [("p-m1", 425, False), ("p-m2", 425, True), ("p-m3", 500, True)]
    assert sync.out_of_step(list(Product.objects.values_list("pk", flat=True)), NOW) == []


@pytest.mark.django_db
def test_the_audit_finds_a_score_that_does_not_come_from_its_counts(market):
    sell(market, "m1", "o1", "2024-06-01 08:00", shipped="2024-06-09 08:00")
    service.score_shops(at=NOW)
    assert [each.code for each in run_audit() if not each.holds] == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE merchants_shop SET score = 499 WHERE merchant_id = %s", [scored("m1").merchant_id])
    assert [each.code for each in run_audit() if not each.holds] == ["I25.1"]
