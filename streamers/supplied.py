"""Where goods lie: the working bases that may sell them, with what is free there."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum

from bases.models import Base, Stock
from merchants.models import Product


def lying_at_bases(product: Product, at: datetime) -> QuerySet[Base]:
    """The working bases that may sell ``product``, with ``free`` pieces and ``is_fresh``; the fullest first."""
    held = Stock.objects.of_product(product.merchant, product.code).permitted(at)
    bases = Base.objects.working().filter(base__stock__in=held).select_related("base__feeder")
    free = Sum(F("base__stock__quantity") - F("base__stock__reserved"), filter=Q(base__stock__in=held))
    return bases.annotate(free=free, is_fresh=Q(base__feeder__fresh_until__gt=at)).order_by("-is_fresh", "-free", "pk")


def cities_of(products: Iterable[Product], at: datetime) -> dict[int, list[str]]:
    """By product: the cities in which a working base that reports in time has some of it free. One query."""
    ids = {(product.merchant_id, product.code): product.pk for product in products}
    merchants, codes = {merchant for merchant, _code in ids}, {code for _merchant, code in ids}
    stock = Stock.objects.filter(merchant__in=merchants, product_code__in=codes).in_stock().sold_by_working(at)
    found: dict[int, list[str]] = defaultdict(list)
    for each in stock.select_related("base__base").order_by("pk"):
        product, city = ids.get((each.merchant_id, each.product_code)), each.base.base.city_name
        if product is not None and city not in found[product]:
            found[product].append(city)
    return found
