"""How many streamers have picked a product, for pages of its merchant: a number, never who."""

from collections.abc import Iterable

from django.db import connection

from merchants.models import Product


def pickers(products: Iterable[Product]) -> dict[int, int]:
    """By product, for those on at least one shelf. Shelves are their streamers' own: a function of the database looks
    over all of them, and gives numbers alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT product_id, pickers FROM count_pickers(%s)", [[product.pk for product in products]])
        return dict(cursor.fetchall())
