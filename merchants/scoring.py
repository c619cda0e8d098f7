"""Shops scored from what the floor of orders counted, once for each day (rulebook §21).

A shop's leaf category is the one with most of its lines; without lines the one with most of its listed goods. The
category's mean is that of all lines of its goods, whichever shop sold them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from haowu.ground.bulk import insert_rows
from merchants import scores
from merchants.models import Product, Shop, ShopScore
from merchants.scores import Counts

CHUNK = 20_000


class Counted(NamedTuple):
    """What was counted of one shop's goods in one leaf category (None: goods without one)."""

    merchant: int
    leaf: int | None
    counts: Counts


@transaction.atomic
def score_shops(counted: Iterable[Counted], day: date) -> int:
    """A score for every shop that has none of ``day`` yet; how many were written. Platform scope."""
    of_shops: dict[int, Counts] = defaultdict(Counts)
    of_leaves: dict[int | None, Counts] = defaultdict(Counts)
    lines: dict[int, Counter[int]] = defaultdict(Counter)
    for merchant, leaf, counts in counted:
        of_shops[merchant] += counts
        of_leaves[leaf] += counts
        if leaf is not None:
            lines[merchant][leaf] += counts.lines
    leaf_of = {merchant: _most(leaves) for merchant, leaves in (_listed_goods() | lines).items()}
    every = sum(of_leaves.values(), Counts())
    rows = [
        _row(merchant, day, leaf_of.get(merchant), of_shops[merchant], of_leaves, every)
        for merchant in Shop.objects.order_by("pk").values_list("pk", flat=True)
    ]
    written = [
        merchant
        for start in range(0, len(rows), CHUNK)
        for (merchant,) in insert_rows(
            ShopScore, rows[start : start + CHUNK], conflict=["merchant_id", "day"], returning="merchant_id"
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [day])
    return len(written)


def _row(
    merchant: int, day: date, leaf: int | None, own: Counts, of_leaves: Mapping[int | None, Counts], every: Counts
) -> dict[str, object]:
    beside = of_leaves.get(leaf, Counts()) if leaf is not None else every
    return {
        "merchant_id": merchant,
        "day": day,
        "leaf_id": leaf,
        **asdict(own),
        **{f"leaf_{name}": value for name, value in asdict(beside).items()},
        **asdict(scores.score(own, beside)),
    }


def _listed_goods() -> dict[int, Counter[int]]:
    """By shop: how many goods are listed in each leaf category."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    listed = Product.objects.filter(status=Product.Status.LISTED, category__isnull=False).order_by()
    for merchant, leaf, goods in listed.values_list("merchant", "category").annotate(goods=Count("pk")):
        found[merchant][leaf] = goods
    return found


def _most(leaves: Counter[int]) -> int:
    """The one with most; of several the oldest."""
    return min(leaves, key=lambda leaf: (-leaves[leaf], leaf))


_NEWEST = """
    UPDATE merchants_shop AS shop SET score = scored.total, scored_lines = scored.lines
    FROM merchants_shopscore AS scored
    WHERE scored.merchant_id = shop.merchant_id AND scored.day = %s
      AND (shop.score, shop.scored_lines) IS DISTINCT FROM (scored.total, scored.lines)
"""
"""What cards and filters read; of a day that is scored again, which writes nothing, it stays the same."""
