"""How many streamers have picked a product, for pages of its merchant: a number, never who."""

from collections.abc import Iterable

from django.db.models import Count

from haowu.tenants.scope import platform_scope
from merchants.models import Product
from streamers.models import Pick


def pickers(products: Iterable[Product]) -> dict[int, int]:
    """By product, for those on at least one shelf. Inside a transaction: shelves are their streamers' own."""
    with platform_scope():
        rows = Pick.objects.on_shelf().of_products(products).order_by()
        return dict(rows.values_list("product").annotate(n=Count("streamer", distinct=True)))
