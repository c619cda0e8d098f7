"""Of which brand a merchant's products are, for bases that may feed the goods of a brand."""

from collections.abc import Mapping

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
    fresh = {code: brand.pk for code, brand in brands.items() if brand and known.get(code) != brand.pk}
    left = {code: brand_id for code, brand_id in known.items() if getattr(brands[code], "pk", None) != brand_id}
    if left:
        _hold_feeds_of(set(left.values()))
    gone = [code for code in left if brands[code] is None]
    if gone:
        BrandedProduct.objects.of_products(merchant, gone).delete()
    rows = [
        {"merchant_id": merchant.pk, "product_code": code, "brand_id": brand_id} for code, brand_id in fresh.items()
    ]
    insert_rows(BrandedProduct, rows, conflict=["merchant_id", "product_code"], update=["brand_id"])
    if left:
        _stop_counting(merchant, left)


def _hold_feeds_of(brand_ids: set[int]) -> None:
    """A feed that runs now was judged by the brand before: wait for it, so that none of its rows is missed."""
    with platform_scope():
        able = Introduction.objects.permitted().filter(brand__in=brand_ids, base=OuterRef("base"))
        list(Feeder.objects.filter(Exists(able)).order_by("pk").select_for_update())


def _stop_counting(merchant: Tenant, left: Mapping[str, int]) -> None:
    with platform_scope():
        for code, brand_id in left.items():
            under = Introduction.objects.permitted().filter(brand=brand_id, permit=OuterRef("permit"))
            Stock.objects.of_product(merchant, code).filter(Exists(under)).lock_in_order().update(permit=None)
