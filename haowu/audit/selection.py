"""I20: the selection centre shows what is listed, and every row is what it is made of.

I20.3 is about what it is made of: the history of prices ends with the prices of now.

Products that changed and wait to be brought in step are left out: that they wait is no fault.
"""

from collections.abc import Iterator
from datetime import datetime

from merchants.models import Product
from streamers.centre.sync import out_of_step
from streamers.models import ListingChange

SAMPLE = 500

_WAITS = "EXISTS (SELECT FROM streamers_listingchange WHERE product_id = product.id)"
_IS_SHOWN = """
    product.status = 'listed' AND product.listed_at IS NOT NULL AND shop.suspended_at IS NULL
    AND shop.deposit_exhausted_at IS NULL AND EXISTS (SELECT FROM merchants_sku WHERE product_id = product.id)
"""
SEARCHES: list[tuple[str, str, str]] = [
    (
        "I20",
        "选品中心里的商品都已上架，店铺未停用，预存未用尽",
        f"""
        SELECT merchant.code, product.code FROM merchants_product AS product
        JOIN merchants_shop AS shop ON shop.merchant_id = product.merchant_id
        JOIN tenants_tenant AS merchant ON merchant.id = product.merchant_id
        WHERE NOT ({_IS_SHOWN}) AND NOT {_WAITS}
          AND EXISTS (SELECT FROM streamers_listing WHERE product_id = product.id)
        """,
    ),
    (
        "I20.1",
        "已上架的商品都在选品中心里",
        f"""
        SELECT merchant.code, product.code FROM merchants_product AS product
        JOIN merchants_shop AS shop ON shop.merchant_id = product.merchant_id
        JOIN tenants_tenant AS merchant ON merchant.id = product.merchant_id
        WHERE {_IS_SHOWN} AND NOT {_WAITS}
          AND NOT EXISTS (SELECT FROM streamers_listing WHERE product_id = product.id)
        """,
    ),
    (
        "I20.3",
        "已上架商品的规格价，就是价格记录里最后一次的价",
        """
        SELECT merchant.code, product.code FROM merchants_product AS product
        JOIN tenants_tenant AS merchant ON merchant.id = product.merchant_id
        WHERE product.status = 'listed' AND EXISTS (
            SELECT FROM merchants_sku AS sku
            LEFT JOIN LATERAL (
                SELECT price_fen FROM merchants_skuprice
                WHERE product_id = sku.product_id AND sku_code = sku.code ORDER BY effective_from DESC, id DESC LIMIT 1
            ) AS latest ON true
            WHERE sku.product_id = product.id AND sku.price_fen IS DISTINCT FROM latest.price_fen
        )
        """,
    ),
]


def rows_out_of_step(*, at: datetime) -> Iterator[str]:
    """A sample of products, their rows made anew."""
    waiting = set(ListingChange.objects.values_list("product_id", flat=True))
    sample = [pk for pk in Product.objects.order_by("?").values_list("pk", flat=True)[:SAMPLE] if pk not in waiting]
    named = Product.objects.select_related("merchant").in_bulk(out_of_step(sample, at))
    for product in named.values():
        yield f"{product.merchant.code} {product.code}"
