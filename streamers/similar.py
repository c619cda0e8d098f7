"""Goods like another one: of its leaf category, at about its price, with the most words in common.

Found through the selection centre, so that they are shown, supplied, in stock and open to this streamer, with his own
rate; what stands on his shelf already is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from merchants.models import Product
from streamers.centre.cards import FoundCard, dressed
from streamers.centre.conditions import Looker
from streamers.centre.filters import Filters
from streamers.centre.search import Search
from streamers.centre.words import index_words
from streamers.models import Listing

CHEAPER, DEARER = 6, 16
"""Tenths of the price: from 0.6 to 1.6 times."""
WEIGHED = 60
"""The most popular of those are weighed by their words."""
SHOWN = 8


@dataclass(frozen=True)
class Alike:
    """``gain_fen``: what a sale at the lowest price leaves more (or less) than one of the other good."""

    card: FoundCard
    gain_fen: int

    @property
    def loss_fen(self) -> int:
        return max(0, -self.gain_fen)


def similar(looker: Looker, product: Product, price_fen: int, net_fen: int, size: int = SHOWN) -> list[Alike]:
    """The most alike first; of those as alike, what earns more. ``net_fen``: what ``product`` leaves now."""
    if product.category is None:
        return []
    filters = Filters(
        category=product.category.code,
        price_from=price_fen * CHEAPER // 10,
        price_to=price_fen * DEARER // 10,
        in_stock=True,
        not_on_shelf=True,
    )
    found = Search(looker, filters).rows(None, WEIGHED + 1)
    rows = [row for row in found if row["product_id"] != product.pk]
    wanted = _weighed(product, [row["product_id"] for row in rows])
    rows.sort(key=lambda row: (-wanted.get(row["product_id"], 0), -row["per_sale_fen"], row["product_id"]))
    return [Alike(card, card.net_fen - net_fen) for card in dressed(rows[:size], looker)]


def _weighed(product: Product, candidates: Sequence[int]) -> dict[int, int]:
    """How many of the words of ``product`` the listing of each candidate holds."""
    brand = product.brand.name if product.brand else ""
    own = set(index_words(product.title, brand, (), ""))
    words = Listing.objects.of_products(candidates).values_list("product", "words")
    return {pk: len(own.intersection(held)) for pk, held in words}
