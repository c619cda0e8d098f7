"""What the floor of orders counts comes down here: sales, service and shop scores, as ids and figures, once a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from haowu.ground.bulk import insert_rows
from haowu.tenants.scope import platform_scope
from merchants.scores import FEW_LINES
from streamers.centre.rows import sales_points
from streamers.models import ListingFigures, ProductService

CHUNK = 5_000
SERVED = ("product_id", "to_ship", "late", "shipped", "after_sales")


class Sold(NamedTuple):
    """Lines of thirty days, and of these the ones through a streamer."""

    sales_30d: int
    promoted_30d: int


def set_sales(sold: Mapping[int, Sold], counted_on: date) -> None:
    """What sold in 30 days by product id, as of the morning of ``counted_on``; goods that are not named sold none.

    Rows of the listing that stay as they are are not written.
    """
    rows = [{"product_id": pk, **each._asdict(), "counted_on": counted_on} for pk, each in sorted(sold.items())]
    with transaction.atomic(), platform_scope():
        sold_before = ListingFigures.objects.exclude(sales_30d=0)
        sold_before.update(sales_30d=0, promoted_30d=0, counted_on=counted_on)
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            columns = [*Sold._fields, "counted_on"]
            insert_rows(ListingFigures, chunk, conflict=["product_id"], update=columns)
        with connection.cursor() as cursor:
            known = sorted({0, *(each.sales_30d for each in sold.values())})
            cursor.execute(_LISTED, [known, [sales_points(lines) for lines in known]])


def set_shop_scores() -> None:
    """The shops' scores as they are now, for all goods at once. Platform scope."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SCORED, [FEW_LINES, FEW_LINES])


def set_service(rows: Sequence[tuple[int, int, int, int, int]], counted_on: date) -> None:
    """``rows`` as SERVED, as of the morning of ``counted_on``; nothing is known of goods that are not named."""
    with transaction.atomic(), platform_scope():
        for start in range(0, len(rows), CHUNK):
            chunk = [dict(zip(SERVED, row, strict=True)) for row in rows[start : start + CHUNK]]
            counted = [each | {"counted_on": counted_on} for each in chunk]
            insert_rows(ProductService, counted, conflict=["product_id"], update=[*SERVED[1:], "counted_on"])
        ProductService.objects.exclude(counted_on=counted_on).delete()


def set_clicks(clicks_30d: Mapping[int, int], counted_on: date) -> None:
    """Clicks on share links in 30 days by product id; goods that are not named had none."""
    rows = [
        {"product_id": pk, "sales_30d": 0, "clicks_30d": clicks, "counted_on": counted_on}
        for pk, clicks in sorted(clicks_30d.items())
    ]
    with transaction.atomic(), platform_scope():
        ListingFigures.objects.exclude(clicks_30d=0).exclude(product__any_of=list(clicks_30d)).update(clicks_30d=0)
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            insert_rows(ListingFigures, chunk, conflict=["product_id"], update=["clicks_30d", "counted_on"])


_LISTED = """
    UPDATE streamers_listing AS listing SET sales_30d = figures.sales_30d,
        popularity = points.number + greatest(0, listing.shop_score - 400)
    FROM streamers_listingfigures AS figures
    JOIN unnest(%s::integer[], %s::integer[]) AS points (sold, number) ON points.sold = figures.sales_30d
    WHERE figures.product_id = listing.product_id AND figures.sales_30d <> listing.sales_30d
"""
"""As ``rows.popularity`` has it, for all goods at once."""

_SCORED = """
    UPDATE streamers_listing AS listing SET shop_score = shop.score, shop_has_few_orders = shop.scored_lines < %s,
        popularity = listing.popularity - greatest(0, listing.shop_score - 400) + greatest(0, shop.score - 400)
    FROM merchants_shop AS shop
    WHERE shop.merchant_id = listing.merchant_id
      AND (listing.shop_score, listing.shop_has_few_orders) IS DISTINCT FROM (shop.score, shop.scored_lines < %s)
"""
