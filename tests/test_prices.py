"""The history of prices: laid down when goods are listed and when listed goods change, read as the lowest price."""

import pytest
from django.db import DatabaseError, transaction

from haowu.audit.invariants import run_audit
from haowu.tenants.models import Tenant
from merchants import editing, listing
from merchants.models import Category, Product, Sku, SkuPrice
from merchants.prices import lowest_over_time, lowest_prices
from tests import build
from tests.browser import NOW, browser, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MAY, JUNE = build.moment("2024-05-01 09:00"), build.moment("2024-06-01 09:00")


@pytest.fixture
def merchant() -> Tenant:
    return build.merchant("m1")


@pytest.fixture
def nut(merchant) -> Product:
    """Listed on 1 May at 100.00."""
    return listing.list_product(build.product(merchant, "nut", listed=False), at=MAY)


def changed(product: Product, at: str, **prices: int) -> None:
    """The product has exactly these SKUs from ``at`` on."""
    details = editing.Details("坚果", "", Category.objects.get(code="uncategorised"), None)
    skus = [editing.SkuWish(code, "", price_fen, 5) for code, price_fen in prices.items()]
    editing.change_product(product, details, skus, at=build.moment(at))


def rows(product: Product) -> list[tuple[str, int | None]]:
    return list(SkuPrice.objects.of_products([product.pk]).in_order().values_list("sku_code", "price_fen"))


def test_a_listing_lays_down_its_prices_and_a_draft_none(nut, merchant):
    assert rows(nut) == [("nut", 10_000)]
    assert rows(build.product(merchant, "draft", listed=False)) == []


def test_only_what_changes_is_laid_down_and_a_sku_that_goes_ends(nut):
    changed(nut, "2024-05-10 09:00", nut=10_000, big=15_000)
    changed(nut, "2024-05-11 09:00", nut=9_000, big=15_000)
    changed(nut, "2024-05-12 09:00", big=15_000)
    assert rows(nut) == [("nut", 10_000), ("big", 15_000), ("nut", 9_000), ("nut", None)]


def test_what_a_delisted_product_costs_is_laid_down_when_it_is_listed_again(nut):
    listing.delist_product(nut, at=build.moment("2024-05-10 09:00"))
    changed(nut, "2024-05-11 09:00", nut=8_000)
    assert rows(nut) == [("nut", 10_000)]
    listing.list_product(Product.objects.get(pk=nut.pk), at=build.moment("2024-05-12 09:00"))
    assert rows(nut) == [("nut", 10_000), ("nut", 8_000)]


def test_the_lowest_price_is_said_where_it_changed(nut):
    changed(nut, "2024-05-20 09:00", nut=12_000, big=15_000)
    changed(nut, "2024-06-05 09:00", nut=12_000, big=14_000)
    changed(nut, "2024-06-10 09:00", big=14_000)
    found = lowest_prices(nut, JUNE, build.moment(NOW))
    assert [(each.at, each.price_fen) for each in found] == [
        (JUNE, 12_000),
        (build.moment("2024-06-10 09:00"), 14_000),
    ]


def test_skus_that_change_at_one_moment_are_one_change():
    both = [(MAY, "a", 500), (MAY, "b", 400), (JUNE, "a", 300), (JUNE, "b", None), (JUNE, "c", 200)]
    found = lowest_over_time(both, MAY)
    assert [(each.at, each.price_fen) for each in found] == [(MAY, 400), (JUNE, 200)]


def test_a_row_is_never_changed_nor_removed(nut):
    for change in (lambda: SkuPrice.objects.update(price_fen=1), lambda: SkuPrice.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert rows(nut) == [("nut", 10_000)]


def test_a_streamer_sees_the_prices_of_a_month(nut):
    build.normal_plan(nut, 2000)
    client = browser(build.streamer("s1"))
    assert "最低售价" not in words(client.get(f"/selection/{nut.public_id}/"))
    changed(nut, "2024-06-10 09:00", nut=8_800)
    page = client.get(f"/selection/{nut.public_id}/")
    assert [each.price_fen for each in page.context["prices"]] == [10_000, 8_800]
    assert "2024-06-10 09:00：¥88.00" in words(page)


def test_the_audit_names_a_listed_product_whose_price_was_changed_past_the_history(nut):
    assert [finding.code for finding in run_audit() if not finding.holds] == []
    Sku.objects.filter(product=nut).update(price_fen=9_999)
    broken = {finding.code: finding.examples for finding in run_audit() if not finding.holds}
    assert broken["I20.3"] == ["m1 nut"]
