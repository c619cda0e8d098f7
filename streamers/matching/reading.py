"""What is known of a streamer and of goods, read for one list. In the streamer's own scope: only his own rows."""

from collections.abc import Collection, Iterable
from datetime import datetime

from haowu.tenants.models import Tenant
from merchants.models import Category
from streamers.matching import signals
from streamers.matching.composing import Facts, Held, Pool, Taste, Together, taste_of
from streamers.models import CategoryPool, Companions, Interaction, Listing, MatchModel, Pick, Profile

MOST_HELD = 200
"""Of a streamer with more goods the latest so many speak for him."""
MOST_LEAVES = 20
MOST_COMPANIONS = 3_000


def taste_at(streamer: Tenant, model: MatchModel, at: datetime) -> Taste:
    held = held_by(streamer, at)
    field_leaves = _leaves_of_field(streamer) if not any(each.leaf for each in held) else ()
    return taste_of(held, field_leaves, _price_of_band(streamer, model), _on_shelf(streamer))


def held_by(streamer: Tenant, at: datetime) -> list[Held]:
    """What he has on his shelf and what he sold."""
    sold = {
        row.product_id: row for row in Interaction.objects.visible_to(streamer).order_by("-last_on", "pk")[:MOST_HELD]
    }
    picks = Pick.objects.visible_to(streamer).on_shelf().newest_first()
    picked = list(picks.values_list("product", flat=True)[:MOST_HELD])
    products = list(dict.fromkeys([*sold, *picked]))
    listed = {
        pk: (title, leaf, brand, price)
        for pk, title, leaf, brand, price in Listing.objects.at(at)
        .of_products(products)
        .values_list("product", "title", "leaf_id", "brand_id", "price_fen")
    }
    found = []
    for pk in products:
        weight = signals.WEIGHTS[Interaction.Kind.SOLD] if pk in sold else signals.PICKED
        title, leaf, brand, price = listed.get(pk, ("", None, None, 0))
        found.append(Held(pk, weight, title, sold[pk].times if pk in sold else 0, leaf, brand, price))
    return found


def together_of(model: MatchModel, taste: Taste) -> Together:
    """Goods whose source is not listed any more count, but are not named as a reason: nobody could open it."""
    found = Together()
    rows = Companions.objects.filter(model=model, product_id__any_of=[*taste.held])
    for product, others, weights in rows.order_by("product_id").values_list("product_id", "others", "weights"):
        found.add(taste.held[product], others, weights)
    return found


def pools_of(model: MatchModel, leaves: Collection[int]) -> dict[int, Pool]:
    rows = CategoryPool.objects.filter(model=model, leaf_id__any_of=list(leaves))
    return {row.leaf_id: Pool(row.popular, row.quiet, row.median_per_sale_fen) for row in rows}


def strongest_leaves(taste: Taste) -> list[int]:
    return sorted(taste.leaves, key=lambda leaf: (-taste.leaves[leaf], leaf))[:MOST_LEAVES]


def candidates_of(together: Together, pools: Iterable[Pool], at: datetime) -> list[Facts]:
    """Facts of the strongest companions and of the goods of pools, as far as they are listed at ``at``."""
    products = {pk for pk, _strength in together.sums.most_common(MOST_COMPANIONS)}
    for pool in pools:
        products |= {*pool.popular, *pool.quiet}
    return facts_of(products, at)


def facts_of(products: Collection[int], at: datetime) -> list[Facts]:
    rows = Listing.objects.at(at).of_products(products)
    columns = ("product", "leaf_id", "brand_id", "price_fen", "per_sale_fen", "listed_at", "exposure")
    return [Facts(*row) for row in rows.values_list(*columns)]


def _on_shelf(streamer: Tenant) -> list[int]:
    return list(Pick.objects.visible_to(streamer).on_shelf().values_list("product", flat=True))


def _price_of_band(streamer: Tenant, model: MatchModel) -> int:
    fans = Profile.objects.filter(streamer=streamer).values_list("fans", flat=True).first() or 0
    return model.small_fen if fans < 100_000 else model.middle_fen if fans < 1_000_000 else model.large_fen


def _leaves_of_field(streamer: Tenant) -> list[int]:
    """The leaf categories below those that have two neighbouring characters of what he says he sells in their names."""
    said = streamer.field
    pairs = {said[place : place + 2] for place in range(len(said) - 1)}
    leaves = []
    for leaf in Category.objects.leaves():
        names = (leaf.name, leaf.parent.name, leaf.parent.parent.name)  # type: ignore[union-attr]  # three levels
        if any(pair in name for pair in pairs for name in names):
            leaves.append(leaf.pk)
    return leaves
