"""How many a merchant has of each SKU. Stock moves all day: it is no term, and does not enter the trail."""

from collections.abc import Sequence

from django.db import transaction

from haowu.ground.bulk import update_rows
from haowu.ground.errors import Refused
from merchants import refusals
from merchants.importing.cells import MAX_STOCK
from merchants.models import Sku


@transaction.atomic
def set_stock(wishes: Sequence[tuple[Sku, int]]) -> list[Sku | Refused]:
    """Set the stock of each SKU; one answer per wish, in order. The last of several for one SKU stands."""
    answers: list[Sku | Refused] = [
        sku if 0 <= stock <= MAX_STOCK else refusals.StockInvalid(limit=MAX_STOCK) for sku, stock in wishes
    ]
    rows = {sku.pk: stock for (sku, stock), answer in zip(wishes, answers, strict=True) if isinstance(answer, Sku)}
    update_rows(Sku, [{"id": pk, "stock": rows[pk]} for pk in sorted(rows)], key="id")
    for sku, stock in wishes:
        if sku.pk in rows:
            sku.stock = stock
    return answers
