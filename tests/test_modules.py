"""Modules of the selection centre: rules in versions, what staff pin and keep out, the front page, what they bring."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commissions.orders import module_orders
from haowu.approvals.models import Trail
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants.models import Product, Shop
from streamers.centre import memory, sync
from streamers.models import Listing, Module, ModuleDay, ModuleEntry, ModuleRule, Pick
from streamers.modules import counting
from tests import build
from tests.bases import base, feed
from tests.browser import NOW, browser, words
from tuanzhang import recommending
from tuanzhang.recommending import NewRecommendation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "nothing_kept")]
AT = build.moment(NOW)


@pytest.fixture
def nothing_kept():
    """Redis forgets between tests what the front page keeps for a minute, and looks that were not written."""
    memory.forget("front:zh-hans")
    memory.forget("front:en")
    memory.drained("module-looks")


@pytest.fixture
def streamer() -> Tenant:
    return build.streamer("s1", name="小禾")


@pytest.fixture
def goods() -> dict[str, Product]:
    merchant = build.merchant("m1", name="山野集")
    made = {}
    for code, bps, price_fen in (("nut", 1000, 3_000), ("tea", 2500, 4_000), ("lamp", 4000, 39_900)):
        made[code] = build.product(merchant, code, price_fen=price_fen)
        build.normal_plan(made[code], bps)
    sync.in_step()
    return made


def shown(streamer: Tenant, query: str) -> list[str]:
    sync.in_step()
    return [card.code for card in browser(streamer).get(f"/selection/?{query}").context["rows"]]


def tiles(streamer: Tenant) -> dict:
    return {tile.code: tile for tile in browser(streamer).get("/selection/").context["tiles"]}


def entry(code: str, *, is_excluded: bool = False, reason: str = "主推", **of) -> ModuleEntry:
    dates = {"begins_at": AT - days.ONE_DAY} | of
    return ModuleEntry.objects.create(
        module=Module.objects.get(code=code), is_excluded=is_excluded, reason=reason, **dates
    )


def test_a_module_holds_what_its_rule_chooses_in_its_order(streamer, goods):
    assert shown(streamer, "module=high-rate&sort=rate") == ["lamp", "tea"]


def test_a_version_of_a_rule_speaks_from_its_day_on(streamer, goods, clock):
    module = Module.objects.get(code="high-rate")
    ModuleRule.objects.create(module=module, effective_from=AT + days.ONE_DAY, query="rate_from=30&sort=rate")
    assert shown(streamer, "module=high-rate&sort=rate") == ["lamp", "tea"]
    clock("2024-06-21 14:00")
    assert shown(streamer, "module=high-rate&sort=rate") == ["lamp"]


def test_what_staff_pin_is_in_it_within_its_dates_and_what_they_keep_out_is_not(streamer, goods):
    entry("high-rate", product=goods["nut"])
    entry("high-rate", product=goods["lamp"], is_excluded=True)
    entry("high-rate", product=goods["tea"], is_excluded=True, ends_at=AT)
    assert shown(streamer, "module=high-rate&sort=rate") == ["tea", "nut"]


def test_other_filters_hold_within_a_module(streamer, goods):
    entry("high-rate", product=goods["nut"])
    assert shown(streamer, "module=high-rate&sort=price&price_to=40.00") == ["nut", "tea"]


def test_a_module_that_is_over_or_unknown_holds_nothing(streamer, goods):
    Module.objects.filter(code="high-rate").update(ends_at=AT)
    assert shown(streamer, "module=high-rate") == []
    page = browser(streamer).get("/selection/?module=no-such")
    assert "没有编号为「no-such」的选项" in words(page)


def test_featured_shops_have_the_score_and_the_orders_for_it_or_are_pinned(streamer, goods):
    others = {}
    for code, score, lines in (("m2", 490, 49), ("m3", 490, 50), ("m4", 470, 500), ("m5", 100, 0)):
        merchant = build.merchant(code)
        others[code] = merchant
        Shop.objects.filter(merchant=merchant).update(score=score, scored_lines=lines)
        build.normal_plan(build.product(merchant, f"of-{code}"), 1000)
    entry("featured-shops", merchant=others["m5"])
    assert sorted(shown(streamer, "module=featured-shops")) == ["of-m3", "of-m5"]


def test_goods_of_factories_come_by_city(streamer, goods):
    for code, city in (("nut", "linyi"), ("tea", "yiwu")):
        Product.objects.filter(pk=goods[code].pk).update(provenance="factory", origin=city)
    Product.objects.filter(pk=goods["lamp"].pk).update(provenance="brand")
    assert sorted(shown(streamer, "module=source")) == ["nut", "tea"]
    assert shown(streamer, "module=source&origin=yiwu") == ["tea"]
    tile = tiles(streamer)["source"]
    assert (tile.note, tile.cities) == (
        "2 个产业带", (("临沂", "origin=linyi&module=source"), ("义乌", "origin=yiwu&module=source")),
    )  # fmt: skip


def test_goods_at_bases_are_those_that_can_be_seen_today(streamer, goods):
    place = base("b1", city="linyi", agreed_by=["m1"])
    feed(place, 1, [("m1", "nut", "nut", 3_000, 5)], at=AT)
    assert shown(streamer, "module=bases") == ["nut"]
    assert [name for name, _query in tiles(streamer)["bases"].cities] == ["临沂"]


def test_what_leaders_recommend_is_this_streamers_own(streamer, goods):
    leader, other = build.leader("l1"), build.streamer("s2")
    item = build.enrolled(goods["nut"], build.activity(leader))
    recommending.recommend(leader, NewRecommendation([item], "好卖", [streamer]), at=AT)
    assert shown(streamer, "module=leaders") == ["nut"]
    assert shown(other, "module=leaders") == []
    assert tiles(streamer)["leaders"].note == "1 份清单"
    assert "leaders" not in tiles(other)


def test_the_front_page_is_made_of_the_modules_with_pins_first(streamer, goods):
    entry("high-rate", product=goods["tea"], place=1)
    found = tiles(streamer)
    assert [good.title for good in found["high-rate"].goods] == ["tea", "lamp"]
    assert list(found) == ["high-rate"]
    assert found["high-rate"].query == "module=high-rate&sort=rate"


def test_the_front_page_asks_few_statements_and_keeps_what_is_common_for_a_minute(streamer, goods):
    page = browser(streamer)
    page.get("/selection/")
    numbers = []
    for is_kept in (True, False):
        if not is_kept:
            memory.forget("front:zh-hans")
        with CaptureQueriesContext(connection) as asked:
            page.get("/selection/")
        setting = ("SAVEPOINT", "RELEASE", "SET LOCAL")
        numbers.append(len([each for each in asked if not each["sql"].startswith(setting)]))
    kept, made = numbers
    assert kept < made <= 12


def test_looks_are_counted_once_for_a_first_page_and_written_by_day(streamer, goods):
    page = browser(streamer)
    for query in ("module=high-rate", "module=high-rate&after=x", "module=value", ""):
        page.get(f"/selection/?{query}")
    assert counting.write_looks() == 2
    page.get("/selection/?module=value")
    assert counting.write_looks() == 1
    rows = ModuleDay.objects.order_by("module__code").values_list("module__code", "day", "looks")
    assert list(rows) == [("high-rate", days.day_of(AT), 1), ("value", days.day_of(AT), 2)]
    assert counting.write_looks() == 0


def test_a_pick_remembers_its_module_and_orders_follow(streamer, goods, clock):
    page = browser(streamer)
    page.post(f"/selection/{goods['tea'].public_id}/pick/", {"module": "high-rate"})
    page.post(f"/selection/{goods['nut'].public_id}/pick/", {"module": "no-such"})
    assert dict(Pick.objects.values_list("product__code", "module")) == {"tea": "high-rate", "nut": ""}
    clock("2024-06-20 17:00")
    by = build.source()
    for code in ("tea", "nut"):
        pid = Pick.objects.get(product=goods[code]).pid
        bought = [build.bought(goods[code], pid)]
        build.push(by, [build.paid(f"o-{code}", "2024-06-20 15:00", bought)])
    module_orders.count_modules(at=AT + days.ONE_DAY)
    (row,) = ModuleDay.objects.values_list("module__code", "day", "picks", "orders")
    assert row == ("high-rate", days.day_of(AT), 1, 1)
    build.push(by, [build.event("cancelled", "o-tea", "2024-06-20 16:00")])
    module_orders.count_modules(at=AT + days.ONE_DAY)
    assert ModuleDay.objects.get().orders == 0


class TestDesk:
    @pytest.fixture
    def staff(self) -> Client:
        user = build.staff("boss")
        user.is_superuser = True
        user.save()
        client = Client()
        client.force_login(user)
        return client

    def moment(self, name: str, at) -> dict[str, str]:
        local = at.astimezone(days.SHANGHAI)
        return {f"{name}_0": f"{local:%Y-%m-%d}", f"{name}_1": f"{local:%H:%M:%S}"}

    def test_staff_write_a_rule_as_the_list_writes_it_and_the_trail_keeps_it(self, staff):
        module = Module.objects.get(code="high-rate")
        posted = {"module": module.pk, "query": "?rate_from=35.0&sort=rate&price_to=99", "note": "双十一"}
        staff.post("/admin/streamers/modulerule/add/", posted | self.moment("effective_from", AT + days.ONE_DAY))
        rule = module.rules.order_by("-pk")[0]
        assert rule.query == "price_to=99.00&rate_from=35&sort=rate"
        row = Trail.objects.get(subject_kind="module-rule")
        assert (row.act, row.after["query"]) == ("created", rule.query)

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("q=茶", "规则里不能用：q。"),
            ("sort=nothing", "规则里不能用：sort=nothing。"),
            ("price_from=dear", "price_from"),
            ("not_on_shelf=on&rate_from=1", "规则里不能用：not_on_shelf。"),
        ],
    )
    def test_a_rule_that_says_nothing_to_the_list_is_refused(self, staff, query, said):
        module = Module.objects.get(code="high-rate")
        posted = {"module": module.pk, "query": query} | self.moment("effective_from", AT + days.ONE_DAY)
        assert said in words(staff.post("/admin/streamers/modulerule/add/", posted))
        assert module.rules.count() == 1

    def test_an_arrangement_names_one_product_or_one_shop(self, staff, goods):
        module = Module.objects.get(code="value")
        posted = {"module": module.pk, "place": 1, "reason": "应季"} | self.moment("begins_at", AT)
        both = {"product": goods["tea"].pk, "merchant": goods["tea"].merchant_id}
        assert "填商品或商家，二者之一。" in words(staff.post("/admin/streamers/moduleentry/add/", posted | both))
        assert ModuleEntry.objects.count() == 0
        staff.post("/admin/streamers/moduleentry/add/", posted | {"product": goods["tea"].pk})
        assert ModuleEntry.objects.get().product == goods["tea"]
        assert Trail.objects.get(subject_kind="module-entry").after["reason"] == "应季"

    def test_nobody_types_a_shop_score(self, staff, goods):
        merchant = goods["tea"].merchant_id
        page = staff.get(f"/admin/merchants/shop/{merchant}/change/")
        assert 'name="hold_days"' in page.content.decode()
        assert 'name="score"' not in page.content.decode()
        staff.post(
            f"/admin/merchants/shop/{merchant}/change/",
            {"merchant": merchant, "score": 500, "funding": "withheld", "low_balance_fen": "0"},
        )
        assert Shop.objects.get(merchant=merchant).score == 480


def test_a_city_is_said_of_goods_of_a_factory_and_of_no_others(goods):
    page = browser(goods["tea"].merchant)
    product = goods["tea"]
    sku = {"skus-TOTAL_FORMS": 1, "skus-INITIAL_FORMS": 1, "skus-0-code": "tea", "skus-0-price_fen": "40",
           "skus-0-stock": "5"}  # fmt: skip
    form = {"code": "tea", "title": "茶", "category": product.category_id, "brand": "", "description": ""} | sku
    for provenance, origin in (("factory", ""), ("brand", "linyi")):
        said = words(page.post(f"/products/{product.public_id}/", form | {"provenance": provenance, "origin": origin}))
        assert "源头工厂的货须写明产业带城市，其他货源不写。" in said
        assert Product.objects.get(pk=product.pk).provenance == ""
    page.post(f"/products/{product.public_id}/", form | {"provenance": "factory", "origin": "linyi"})
    kept = Product.objects.get(pk=product.pk)
    assert (kept.provenance, kept.origin) == ("factory", "linyi")
    assert Listing.objects.get(product=product).tags[-1] == "ylinyi"
    assert Trail.objects.filter(subject_kind="product", act="changed").latest("pk").after["origin"] == "linyi"


def test_sorts_by_conversion_and_by_value(streamer, goods):
    for code, conversion_bps, value in (("nut", 300, 10), ("tea", 100, 30), ("lamp", 200, 20)):
        Listing.objects.filter(code=code).update(conversion_bps=conversion_bps, value=value)
    assert shown(streamer, "sort=conversion") == ["nut", "lamp", "tea"]
    assert shown(streamer, "sort=value") == ["tea", "lamp", "nut"]


def test_the_best_value_is_among_goods_that_others_are_like_and_a_module_that_ended_still_has_a_page(
    streamer, goods, clock
):
    Module.objects.filter(code="value").update(ends_at=AT + timedelta(minutes=1))
    Listing.objects.exclude(code="nut").update(value=1)
    assert set(shown(streamer, "module=value")) == {"tea", "lamp"}
    clock("2024-06-20 14:02")
    assert browser(streamer).get("/selection/?module=value").status_code == 200
