"""Filters and words of a query as conditions on rows of the listing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from bases.models import Base, Brand
from haowu.ground.money import share
from haowu.tenants.models import Tenant
from merchants.models import Category
from streamers.centre.filters import Filters
from streamers.centre.overlay import Overlay
from streamers.centre.statements import EVERYBODYS, OPEN_TO_ALL, Branch, Condition, Words
from streamers.centre.understanding import Understood
from streamers.matching.serving import list_of
from streamers.models import ForYou
from streamers.offers import Kind

OPEN_KINDS = {Kind.NORMAL.value: "onormal", Kind.NORMAL_ACTIVITY.value: "oactivity"}
NOTHING = Condition("false")


@dataclass(frozen=True)
class Looker:
    """Who looks, when, and what the platform keeps of a commission."""

    streamer: Tenant
    at: datetime
    tech_bps: int

    @cached_property
    def for_you(self) -> ForYou | None:
        """His list of goods that match him."""
        return list_of(self.streamer, self.at)


def conditions_of(filters: Filters, looker: Looker) -> list[Condition]:
    """All of ``filters`` but its words and its plan type; and that goods are shown at all."""
    fresh = fresh_bases(looker.at)
    return [
        Condition("listing.valid_from <= %s AND listing.valid_until > %s", (looker.at, looker.at)),
        Condition("cardinality(listing.held_by) = 0 OR listing.held_by && %s::bigint[]", ([*fresh],)),
        *_tagged(filters),
        *_at_bases(filters, fresh),
        *_bounds(filters, looker),
        *(_not_on_shelf(looker.streamer) if filters.not_on_shelf else []),
    ]


def fresh_bases(at: datetime) -> dict[int, Base]:
    """The bases that work and whose feed is fresh at ``at``, by tenant: the goods of others are not shown."""
    working = Base.objects.working().filter(base__feeder__fresh_until__gt=at).select_related("base")
    return {base.pk: base for base in working}


def branches_of(overlay: Overlay, plan_type: str = "") -> list[Branch]:
    """The branches of a list with ``overlay``, narrowed to one type of plan."""
    mine = {
        product: (personal.offer.commission_bps, personal.offer.kind.value)
        for product, personal in overlay.products.items()
        if personal.offer is not None and plan_type in ("", personal.offer.kind)
    }
    shops = {merchant: (bps, Kind.SHOP_TARGETED.value) for merchant, bps in overlay.shops.items()}
    others = [Condition("NOT listing.product_id = ANY(%s::bigint[])", ([*overlay.products],))]
    others = others if overlay.products else []
    elsewhere = [Condition("NOT listing.merchant_id = ANY(%s::bigint[])", ([*overlay.shops],))]
    elsewhere = elsewhere if overlay.shops else []
    branches = []
    if plan_type in ("", *OPEN_KINDS):
        kind = [Condition("listing.tags @> %s::text[]", ([OPEN_KINDS[plan_type]],))] if plan_type else []
        where = (OPEN_TO_ALL, *others, *elsewhere, *kind)
        branches.append(replace(EVERYBODYS, where=where))
    if mine:
        branches.append(_paying("product_id", mine, ()))
    if shops and plan_type in ("", Kind.SHOP_TARGETED):
        branches.append(_paying("merchant_id", shops, (Condition("NOT listing.is_exclusive"), *others)))
    return branches


def words_of(understood: Understood) -> Words | None:
    """How rows may match what was typed; None where nothing was."""
    if not understood.terms:
        return None
    whole = _holding(term.whole for term in understood.terms)
    loose = _holding(group for term in understood.terms for group in term.loose)
    phrase = Condition("strpos(listing.letters, %s) > 0", (understood.phrase,)) if understood.phrase else None
    return Words(loose, whole, phrase)


def least_gross(net_fen: int, tech_bps: int) -> int | None:
    """The smallest commission of which ``net_fen`` remains after the platform's fee; None where none is enough.

    >>> least_gross(900, 1000)
    1000
    """
    low, high = net_fen, net_fen * 10_000
    if high - share(high, tech_bps) < net_fen:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle - share(middle, tech_bps) >= net_fen else (middle + 1, high)
    return low


def _paying(column: str, offers: dict[int, tuple[int, str]], where: tuple[Condition, ...]) -> Branch:
    """Rows whose ``column`` is a key of ``offers``: they pay its rate, by its kind."""
    join = Condition(
        f"JOIN unnest(%s::bigint[], %s::integer[], %s::text[]) AS own (id, bps, kind) ON own.id = listing.{column}",
        ([*offers], [bps for bps, _kind in offers.values()], [kind for _bps, kind in offers.values()]),
    )
    return Branch("own.bps", "((listing.price_fen * own.bps + 5000) / 10000)", "own.kind", where, join)


def _holding(groups: Iterable[Sequence[str]]) -> Condition:
    """Rows that hold one word of each of ``groups``."""
    every: list[list[str]] = []
    some: list[list[str]] = []
    for group in groups:
        (every if len(group) == 1 else some).append(list(group))
    conditions = [Condition("listing.words @> %s::text[]", ([word for (word,) in every],))] if every else []
    conditions += [Condition("listing.words && %s::text[]", (group,)) for group in some]
    params = tuple(param for condition in conditions for param in condition.params)
    return Condition(" AND ".join(condition.sql for condition in conditions), params)


def _tagged(filters: Filters) -> list[Condition]:
    tags = []
    for letter, code, rows in (
        ("c", filters.category, Category.objects),
        ("b", filters.brand, Brand.objects),
        ("l", filters.leader, Tenant.objects.of_kind(Tenant.Kind.TUANZHANG)),
    ):
        if code:
            found = rows.filter(code=code).values_list("pk", flat=True).first()
            if found is None:
                return [NOTHING]
            tags.append(f"{letter}{found}")
    return [Condition("listing.tags @> %s::text[]", (tags,))] if tags else []


def _at_bases(filters: Filters, fresh: dict[int, Base]) -> list[Condition]:
    found = []
    if filters.city:
        found.append(_free_at(pk for pk, base in fresh.items() if base.city == filters.city))
    if filters.base:
        found.append(_free_at(pk for pk, base in fresh.items() if base.base.code == filters.base))
    if filters.in_stock:
        free = _free_at(fresh)
        found.append(Condition(f"listing.stock > 0 OR {free.sql}", free.params))
    return found


def _free_at(bases: Iterable[int]) -> Condition:
    return Condition("listing.tags && %s::text[]", ([f"f{base}" for base in bases],))


def _bounds(filters: Filters, looker: Looker) -> list[Condition]:
    gross = least_gross(filters.per_sale_from, looker.tech_bps) if filters.per_sale_from is not None else None
    if filters.per_sale_from is not None and gross is None:
        return [NOTHING]
    since = looker.at - timedelta(days=filters.new_days) if filters.new_days else None
    bounds = [
        ("listing.price_fen >= %s", filters.price_from),
        ("listing.price_fen <= %s", filters.price_to),
        ("{bps} >= %s", filters.rate_from),
        ("{per_sale} >= %s", gross),
        ("listing.sales_30d >= %s", filters.sales_from),
        ("listing.shop_score >= %s", filters.score_from),
        ("listing.listed_at >= %s", since),
    ]
    return [Condition(sql, (value,)) for sql, value in bounds if value is not None]


def _not_on_shelf(streamer: Tenant) -> list[Condition]:
    picked = (
        "SELECT FROM streamers_pick AS pick WHERE pick.streamer_id = %s AND pick.unpicked_at IS NULL"
        " AND pick.product_id = listing.product_id"
    )
    return [Condition(f"NOT EXISTS ({picked})", (streamer.pk,))]
