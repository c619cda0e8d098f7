"""The listing of the selection centre in step with what it is made of."""

import threading

import pytest
from django.core.management import call_command
from django.db import transaction

from commissions.orders import sales
from haowu.audit.invariants import run_audit
from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants import editing, listing, plans
from merchants.models import Product, Shop
from streamers.centre import sync
from streamers.models import Listing, ListingChange, Word
from streamers.tasks import catch_up
from tests import build
from tests.browser import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1", name="山野集")


def rates(product: Product) -> list[tuple[str, int | None]]:
    """Each period's beginning and rate, once all is in step."""
    sync.in_step()
    rows = Listing.objects.of_products([product.pk]).order_by("valid_from")
    shown = [f"{days.day_of(row.valid_from)}" for row in rows]
    return list(zip(shown, [row.bps for row in rows], strict=True))


def shown() -> list[dict]:
    return [row | {"id": None} for row in Listing.objects.order_by("code").values()]


def test_a_listed_product_is_in_it_and_one_taken_off_is_gone(merchant):
    product = build.product(merchant, "nut")
    build.normal_plan(product, 2000)
    assert rates(product) == [("1970-01-01", 2000)]
    listing.delist_product(product, at=build.moment(NOW))
    assert rates(product) == []


def test_a_rate_that_falls_at_midnight_is_a_second_row_from_midnight_on(merchant):
    product = build.product(merchant, "nut", price_fen=12_900)
    plan = build.normal_plan(product, 2000)
    plans.set_rate(plan, 1500, at=build.moment(NOW))
    assert rates(product) == [("1970-01-01", 2000), ("2024-06-21", 1500)]
    at = build.moment("2024-06-21 00:00")
    assert Listing.objects.at(at).get().per_sale_fen == 1935


def test_a_shop_that_is_stopped_takes_its_goods_out_and_brings_them_back(merchant):
    product = build.product(merchant, "nut")
    build.normal_plan(product, 2000)
    for column in ("suspended_at", "deposit_exhausted_at"):
        Shop.objects.filter(merchant=merchant).update(**{column: build.moment(NOW)})
        assert rates(product) == []
        Shop.objects.filter(merchant=merchant).update(**{column: None})
        assert rates(product) == [("1970-01-01", 2000)]


def test_goods_offered_only_through_an_open_activity_are_in_it_with_the_best_of_them(merchant):
    product = build.product(merchant, "nut")
    less, more = build.activity(build.leader()), build.activity(build.leader())
    build.enrolled(product, less, 1500)
    build.enrolled(product, more, 1800, ends_at=build.moment("2024-06-22 00:00"))
    assert rates(product) == [("1970-01-01", 1800), ("2024-06-22", 1500)]
    row = Listing.objects.get(valid_from=days.BEGINNING)
    assert (row.offer, row.activity_id, row.best_bps) == ("activity", more.pk, 1800)


def test_an_activity_that_pays_more_than_the_normal_plan_is_only_named(merchant):
    product = build.product(merchant, "nut")
    build.normal_plan(product, 1000)
    build.enrolled(product, build.activity(build.leader()), 1800)
    assert rates(product) == [("1970-01-01", 1000)]
    row = Listing.objects.get()
    assert (row.offer, row.best_bps) == ("normal", 1800)


def test_what_plans_pay_to_listed_streamers_never_stands_in_it(merchant):
    """Everybody reads these rows."""
    listed = build.streamer("s1")
    plain, targeted, kept = (build.product(merchant, code) for code in ("plain", "targeted", "kept"))
    build.normal_plan(plain, 1000)
    build.listed_plan(plain, "item_targeted", {listed: 2345})
    build.listed_plan(targeted, "item_targeted", {listed: 2345})
    build.normal_plan(kept, 1000)
    build.listed_plan(kept, "exclusive", {listed: 2345})
    build.enrolled(targeted, build.activity(build.leader(), "exclusive", streamers=[listed]), 2345)
    sync.in_step()
    shown = list(Listing.objects.order_by("code").values_list("code", "bps", "best_bps", "is_exclusive"))
    assert shown == [("kept", None, None, True), ("plain", 1000, 1000, False), ("targeted", None, None, True)]
    assert not any("2345" in str(value) for row in Listing.objects.values() for value in row.values())


def test_a_new_title_price_and_brand_name_are_in_it(merchant):
    product = build.product(merchant, "nut", price_fen=10_000)
    build.normal_plan(product, 2000)
    details = editing.Details("夏威夷果 30包", "", product.category, None)
    editing.change_product(product, details, [editing.SkuWish("nut", "", 9_000, 5)], at=build.moment(NOW))
    Tenant.objects.filter(pk=merchant.pk).update(name="海边集")
    sync.in_step()
    row = Listing.objects.get()
    assert (row.title, row.price_fen, row.per_sale_fen, row.shop_name) == ("夏威夷果 30包", 9_000, 1_800, "海边集")
    assert {"夏威夷", "~夷果", "~30包", "~海边"} <= set(row.words)


def test_a_change_is_laid_down_whoever_writes_it_and_gone_once_in_step(merchant):
    product = build.product(merchant, "nut")
    sync.in_step()
    Product.objects.filter(pk=product.pk).update(title="茶")
    assert set(ListingChange.objects.values_list("product_id", flat=True)) == {product.pk}
    assert sync.in_step() == 1
    assert not ListingChange.objects.exists()
    assert sync.in_step() == 0


def test_a_rebuild_changes_nothing_that_was_in_step_and_mends_what_was_not(merchant):
    for number in range(3):
        build.normal_plan(build.product(merchant, f"p{number}"), 1000 + number)
    sync.in_step()
    before, ids = shown(), set(Listing.objects.values_list("pk", flat=True))
    assert list(sync.rebuild(days.now())) == [3]
    assert set(Listing.objects.values_list("pk", flat=True)) == ids
    Listing.objects.filter(code="p1").update(bps=9, title="wrong")
    Listing.objects.filter(code="p2").delete()
    assert len(sync.out_of_step(list(Product.objects.values_list("pk", flat=True)), days.now())) == 2
    list(sync.rebuild(days.now()))
    assert shown() == before


@pytest.mark.django_db(transaction=True)
def test_two_hands_that_change_one_product_at_once_leave_it_with_both_changes(merchant):
    """Neither sees the other's change before it commits; the later one to write the row must."""
    product = build.product(merchant, "nut", price_fen=10_000)
    plan = build.normal_plan(product, 2000)
    while sync.catch_up():
        pass

    def act(number: int) -> None:
        with transaction.atomic():
            if number:
                Product.objects.get(pk=product.pk).skus.update(price_fen=5_000)
            else:
                plans.set_rate(plan, 3000, at=build.moment(NOW))
            barrier.wait(timeout=20)
            sync.in_step()

    barrier = threading.Barrier(2)
    assert build.in_threads(2, act) == [None, None]
    row = Listing.objects.get()
    assert (row.price_fen, row.bps, row.per_sale_fen) == (5_000, 3_000, 1_500)


@pytest.mark.django_db(transaction=True)
def test_what_no_request_changed_is_brought_in_step_by_the_task(merchant):
    build.normal_plan(build.product(merchant, "nut"), 2000)
    assert not Listing.objects.exists()
    catch_up()
    assert list(Listing.objects.values_list("code", "bps")) == [("nut", 2000)]


def test_the_audit_names_a_product_that_is_shown_though_it_is_not_listed_and_one_that_is_missing(merchant):
    gone, missing, wrong = (build.product(merchant, code) for code in ("gone", "missing", "wrong"))
    sync.in_step()
    assert [finding.code for finding in run_audit() if not finding.holds] == []
    Product.objects.filter(pk=gone.pk).update(status="delisted")
    ListingChange.objects.all().delete()
    Listing.objects.filter(product=missing).delete()
    Listing.objects.filter(product=wrong).update(price_fen=1)
    broken = {finding.code: finding.examples for finding in run_audit() if not finding.holds}
    assert broken["I20"] == ["m1 gone"]
    assert broken["I20.1"] == ["m1 missing"]
    assert set(broken["I20.2"]) == {"m1 gone", "m1 missing", "m1 wrong"}


def test_the_command_makes_the_listing_anew_and_counts_its_words(merchant, capsys):
    build.normal_plan(build.product(merchant, "nut"), 2000)
    call_command("selection", "rebuild")
    shown = capsys.readouterr()
    assert "100% 1/1 products" in shown.err
    assert list(Listing.objects.values_list("code", flat=True)) == ["nut"]
    assert Word.objects.get(word="nut").listings == 1


def test_sales_of_thirty_days_come_down_each_morning_and_move_goods_up(merchant):
    """Lines of the thirty days before today; what became invalid is none."""
    streamer, by = build.streamer("s1"), build.source()
    goods = [build.product(merchant, code) for code in ("often", "once", "long-ago")]
    for product in goods:
        build.normal_plan(product, 2000)
        build.pick(streamer, product, f"pid-{product.code}")
    sold = [(goods[0], "2024-06-01 08:00"), (goods[0], "2024-06-19 23:59"), (goods[0], "2024-06-02 08:00"),
            (goods[1], "2024-05-21 00:00"), (goods[1], "2024-06-20 00:00"), (goods[2], "2024-05-20 23:59")]  # fmt: skip
    for number, (product, at) in enumerate(sold):
        build.push(by, [build.paid(f"o{number}", at, [build.bought(product, f"pid-{product.code}")])])
    sync.in_step()
    sales.count_sales(at=build.moment(NOW))
    shown = Listing.objects.order_by("code").values_list("code", "sales_30d", "popularity")
    assert list(shown) == [("long-ago", 0, 80), ("often", 3, 280), ("once", 1, 180)]
    build.push(by, [build.event("cancelled", "o3", "2024-06-20 09:00")])
    sales.count_sales(at=build.moment(NOW))
    assert Listing.objects.get(code="once").sales_30d == 0
    assert sync.out_of_step([product.pk for product in goods], days.now()) == []
