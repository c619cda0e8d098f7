"""Which goods are in a module, as conditions on rows of the listing.

In it is what its rule chooses or staff pin, without what staff keep out. Everything else holds there as in any list:
only goods that are listed and supplied, with what they pay this streamer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from streamers.centre.conditions import NOTHING, Looker, conditions_of, free_at
from streamers.centre.statements import Condition
from streamers.models import Module, ModuleEntry
from streamers.modules.rules import filters_of
from tuanzhang.models import Enrolment, Recommendation, RecommendedItem

MOST_RECOMMENDED = 1_000


@dataclass
class Arranged:
    """What staff arranged in a module: products and shops pinned, in their order, and kept out."""

    products: list[int] = field(default_factory=list)
    shops: list[int] = field(default_factory=list)
    without_products: list[int] = field(default_factory=list)
    without_shops: list[int] = field(default_factory=list)

    def note(self, entry: ModuleEntry) -> None:
        if entry.product_id is not None:
            (self.without_products if entry.is_excluded else self.products).append(entry.product_id)
        elif entry.merchant_id is not None:
            (self.without_shops if entry.is_excluded else self.shops).append(entry.merchant_id)

    @property
    def pinned(self) -> Condition:
        """Rows that are pinned; where nothing is, none."""
        return Condition(
            "listing.product_id = ANY(%s::bigint[]) OR listing.merchant_id = ANY(%s::bigint[])",
            (self.products, self.shops),
        )

    @property
    def kept_out(self) -> list[Condition]:
        named = (("product_id", self.without_products), ("merchant_id", self.without_shops))
        return [Condition(f"NOT listing.{column} = ANY(%s::bigint[])", (ids,)) for column, ids in named if ids]


def members_of(code: str, looker: Looker) -> list[Condition]:
    """The conditions that goods of the module ``code`` meet; those of no module: none."""
    if not code:
        return []
    module = Module.objects.called(code, looker.at)
    if module is None:
        return [NOTHING]
    arranged = Arranged()
    for entry in module.entries.live(looker.at).in_order():
        arranged.note(entry)
    return conditions(module, arranged, looker)


def conditions(module: Module, arranged: Arranged, looker: Looker) -> list[Condition]:
    """``module`` comes with its rule."""
    ruled = [*conditions_of(filters_of(module.query), looker), *_of_kind(module.kind, looker)]
    if arranged.products or arranged.shops:
        by_rule = " AND ".join(f"({each.sql})" for each in ruled)
        params = tuple(param for each in ruled for param in each.params)
        ruled = [Condition(f"({by_rule}) OR {arranged.pinned.sql}", (*params, *arranged.pinned.params))]
    return [*ruled, *arranged.kept_out]


def _of_kind(kind: str, looker: Looker) -> Sequence[Condition]:
    match kind:
        case Module.Kind.SHOPS:
            return [Condition("NOT listing.shop_has_few_orders")]
        case Module.Kind.VALUE:
            return [Condition("listing.value > 0")]
        case Module.Kind.ORIGINS:
            return [Condition("listing.tags @> ARRAY['vfactory']")]
        case Module.Kind.BASES:
            return [free_at(looker.fresh_bases)]
        case Module.Kind.LEADERS:
            return [Condition("listing.product_id = ANY(%s::bigint[])", (recommended_products(looker),))]
    return []


def recommended_products(looker: Looker) -> list[int]:
    """The products of recommendations to this streamer that run, the newest first."""
    visible = Recommendation.objects.visible_to(looker.streamer).running()
    running = Enrolment.objects.not_over(looker.at)
    items = RecommendedItem.objects.filter(recommendation__in=visible, enrolment__in=running)
    newest = items.order_by("-recommendation__recommended_at", "place")
    return list(dict.fromkeys(newest.values_list("enrolment__product", flat=True)[:MOST_RECOMMENDED]))
