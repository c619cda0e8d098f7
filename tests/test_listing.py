"""The listing of the selection centre in step with what it is made of."""

import pytest

from haowu.ground import days
from haowu.tenants.models import Tenant
from merchants import listing, plans
from merchants.models import Product
from streamers.centre import sync
from streamers.models import Listing
from tests import build
from tests.browser import NOW, clock  # noqa: F401

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
