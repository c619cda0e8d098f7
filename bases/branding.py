"""Of which brand a merchant's products are, for bases that may feed the goods of a brand."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Exists, OuterRef

from bases.models import Brand, BrandedProduct, Feeder, Introduction, Stock
from haowu.ground.bulk import insert_rows
from haowu.tenants.models import Tenant
from haowu.tenants.scope import platform_scope


@transaction.atomic
def brand_products(merchant: Tenant, brands: Mapping[str, Brand | None]) -> None:
    """``{product code: brand}`` of ``merchant``, None for goods without one.

    Stock that was fed for the brand before counts no more, until its base feeds it by another right.
    """
    known = dict(BrandedProduct.objects.of_products(merchant, brands).values_list("product_code", "brand_id"))
    wanted = {code: brand.pk if brand else None for code, brand in brands.items()}
    left = {code: brand_id for code, brand_id in known.items() if wanted[code] != brand_id}
    if left:
        _wait_for_feeds(set(left.values()))
    BrandedProduct.objects.of_products(merchant, [code for code in left if wanted[code] is None]).delete()
    rows = [
        {"merchant_id": merchant.pk, "product_code": code, "brand_id": brand_id}
        for code, brand_id in wanted.items()
        if brand_id not in (None, known.get(code))
    ]
    insert_rows(BrandedProduct, rows, conflict=["merchant_id", "product_code"], update=["brand_id"])
    if left:
        _stop_counting(merchant, left)


def _wait_for_feeds(brand_ids: set[int]) -> None:
    """A feed that runs now was judged by the brand before: wait for it, so that none of its rows is missed."""
    with platform_scope():
        able = Introduction.objects.permitted().filter(brand__in=brand_ids, base=OuterRef("base"))
        list(Feeder.objects.filter(Exists(able)).order_by("pk").select_for_update())


def _stop_counting(merchant: Tenant, codes: Iterable[str]) -> None:
    """Take the permit from stock that was fed for a brand which these goods no longer have."""
    with platform_scope():
        by_brand = Introduction.objects.permitted().filter(permit=OuterRef("permit"))
        still = BrandedProduct.objects.filter(
            merchant=OuterRef("merchant"),
            product_code=OuterRef("product_code"),
            brand__introductions__permit=OuterRef("permit"),
        )
        fed = Stock.objects.of_product_codes(merchant, codes).filter(Exists(by_brand), ~Exists(still))
        fed.lock_in_order().update(permit=None)
