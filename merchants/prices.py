"""The history of prices: laid down when goods are listed and when listed goods change, read as the lowest price."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from haowu.ground.bulk import insert_rows
from merchants.models import Product, Sku, SkuPrice


@dataclass(frozen=True)
class PriceSince:
    """From ``at`` on the lowest price was ``price_fen``."""

    at: datetime
    price_fen: int


def lay_down_prices(products: Sequence[Product], at: datetime) -> None:
    """Write what the SKUs of ``products`` cost from ``at`` on, where that differs from what was written last.

    ``products`` are shown from ``at`` on: what a draft costs is nobody's business. Within the transaction of the act.
    """
    merchants = {product.pk: product.merchant_id for product in products}
    current = Sku.objects.filter(product__any_of=list(merchants)).values_list("product", "code", "price_fen")
    now: dict[tuple[int, str], int | None] = {(product, code): price for product, code, price in current}
    known = SkuPrice.objects.of_products(merchants).newest_of_each().values_list("product", "sku_code", "price_fen")
    before: dict[tuple[int, str], int | None] = {(product, code): price for product, code, price in known}
    changed = [key for key in sorted(now.keys() | before.keys()) if now.get(key) != before.get(key)]
    rows = [
        {
            "merchant_id": merchants[product],
            "product_id": product,
            "sku_code": code,
            "price_fen": now.get((product, code)),
            "effective_from": at,
        }
        for product, code in changed
    ]
    insert_rows(SkuPrice, rows)


def lowest_prices(product: Product, begin: datetime, at: datetime) -> list[PriceSince]:
    """The lowest price of ``product`` from ``begin`` (or its first listing, if later) to ``at``, one entry a change."""
    rows = SkuPrice.objects.of_products([product.pk]).filter(effective_from__lte=at).in_order()
    return lowest_over_time(rows.values_list("effective_from", "sku_code", "price_fen"), begin)


def lowest_over_time(rows: Iterable[tuple[datetime, str, int | None]], begin: datetime) -> list[PriceSince]:
    """``rows`` (since, SKU, price) in order of time; SKUs that change at one moment count as one change."""
    prices: dict[str, int] = {}
    by_moment: dict[datetime, int] = {}
    for since, code, price_fen in rows:
        prices.pop(code, None)
        if price_fen is not None:
            prices[code] = price_fen
        if prices:
            by_moment[max(since, begin)] = min(prices.values())
    found: list[PriceSince] = []
    for moment, lowest in by_moment.items():
        if not found or found[-1].price_fen != lowest:
            found.append(PriceSince(moment, lowest))
    return found
