"""Filters and words of a query as conditions on rows of the listing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from bases.models import Base, Brand
from haowu.ground.money import share
from haowu.tenants.models import Tenant
from merchants.models import Category
from streamers.centre.filters import Filters
from streamers.centre.overlay import Overlay, Personal
from streamers.centre.statements import EVERYBODYS, OPEN_TO_ALL, Branch, Condition, Words
from streamers.centre.understanding import Understood
from streamers.matching.serving import list_of
from streamers.models import ForYou
from streamers.offers import Kind

OPEN_KINDS = {Kind.NORMAL.value: "onormal", Kind.NORMAL_ACTIVITY.value: "oactivity"}
NOTHING = Condition("false")


class FreshBase(NamedTuple):
    city: str
    code: str


@dataclass(frozen=True)
class Looker:
    """Who looks, when, and what the platform keeps of a commission. ``known``: ids at hand, by filter and code."""

    streamer: Tenant
    at: datetime
    tech_bps: int
    known: Mapping[tuple[str, str], int] = field(default_factory=dict, compare=False)

    @cached_property
    def for_you(self) -> ForYou | None:
        """His list of goods that match him."""
        return list_of(self.streamer, self.at)

    @cached_property
    def overlay(self) -> Overlay:
        return Overlay(self.streamer, self.at)

    @cached_property
    def fresh_bases(self) -> dict[int, FreshBase]:
        """The bases that work and whose feed is fresh, by tenant: the goods of others are not shown."""
        working = Base.objects.working().filter(base__feeder__fresh_until__gt=self.at)
        return {pk: FreshBase(city, code) for pk, city, code in working.values_list("pk", "city", "base__code")}


def conditions_of(filters: Filters, looker: Looker) -> list[Condition]:
    """All of ``filters`` but its words and its plan type; and that goods are shown at all."""
    fresh = looker.fresh_bases
    return [
        Condition("listing.valid_from <= %s AND listing.valid_until > %s", (looker.at, looker.at)),
        Condition("listing.held_by = '{{}}' OR listing.held_by && %s::bigint[]", ([*fresh],)),
        *_tagged(filters, looker),
        *_at_bases(filters, fresh),
        *_bounds(filters, looker),
        *(_not_on_shelf(looker.streamer) if filters.not_on_shelf else []),
    ]


def branches_of(overlay: Overlay, plan_type: str = "") -> list[Branch]:
    """The branches of a list with ``overlay``, narrowed to one type of plan."""
    everybodys = [replace(each, where=(*each.where, *_elsewhere(overlay))) for each in open_branches(plan_type)]
    return [*everybodys, *own_branches(overlay, plan_type)]


def open_branches(plan_type: str = "") -> list[Branch]:
    """What is open to everybody, as for a streamer whom nothing is decided for; nothing is by plans of a list."""
    if plan_type not in ("", *OPEN_KINDS):
        return []
    kind = [Condition("listing.tags @> %s::text[]", ([OPEN_KINDS[plan_type]],))] if plan_type else []
    return [replace(EVERYBODYS, where=(OPEN_TO_ALL, *kind))]


def decided_branches(overlay: Overlay, plan_type: str = "") -> list[Branch]:
    """Those rows of ``open_branches`` that are not found so, since something is decided for this streamer."""
    elsewhere = _elsewhere(overlay)
    if not elsewhere:
        return []
    decided = Condition(
        " OR ".join(f"NOT ({each.sql})" for each in elsewhere), tuple(p for each in elsewhere for p in each.params)
    )
    return [replace(each, where=(*each.where, decided), may_walk=False) for each in open_branches(plan_type)]


def own_branches(overlay: Overlay, plan_type: str = "") -> list[Branch]:
    """What is decided for this streamer alone: single products, and the rest of shops that list him."""
    mine, shops = _offers(overlay.products, plan_type), _offers(overlay.shops)
    branches = [_paying("product_id", mine, ())] if mine else []
    if shops and plan_type in ("", Kind.SHOP_TARGETED):
        theirs = Condition("listing.tags && %s::text[]", ([f"m{merchant}" for merchant in shops],))
        rest = (Condition("NOT listing.is_exclusive"), theirs, *_not_decided(overlay))
        branches.append(_paying("merchant_id", shops, rest))
    return branches


def _elsewhere(overlay: Overlay) -> list[Condition]:
    """Not among what ``own_branches`` shows, nor kept for others."""
    shops = [f"m{merchant}" for merchant in _offers(overlay.shops)]
    return [*_not_decided(overlay), *([Condition("NOT listing.tags && %s::text[]", (shops,))] if shops else [])]


def _not_decided(overlay: Overlay) -> list[Condition]:
    decided = [product for product, personal in overlay.products.items() if personal.is_decided]
    return [Condition("NOT listing.product_id = ANY(%s::bigint[])", (decided,))] if decided else []


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


def _offers(overlaid: dict[int, Personal], plan_type: str = "") -> dict[int, tuple[int, str]]:
    """What they pay now, and by which kind, of those that do, by id."""
    return {
        pk: (each.now.bps, each.now.kind.value)
        for pk, each in overlaid.items()
        if each.now.bps is not None and each.now.kind is not None and plan_type in ("", each.now.kind)
    }


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


TAGGED: dict[str, tuple[str, QuerySet | None]] = {
    "category": ("c", Category.objects.all()),
    "brand": ("b", Brand.objects.all()),
    "provenance": ("v", None),
    "origin": ("y", None),
    "leader": ("l", Tenant.objects.of_kind(Tenant.Kind.TUANZHANG)),
}
"""The letter of a filter's tag, and the rows whose codes it names; None: the tag holds the code itself."""


def _tagged(filters: Filters, looker: Looker) -> list[Condition]:
    """The tags are said, not selected: PostgreSQL knows how many rows hold each, and plans by it."""
    asked = {name: getattr(filters, name) for name in TAGGED if getattr(filters, name)}
    if not asked:
        return []
    named = {name: looker.known.get((name, code)) or _named_by(name, code) for name, code in asked.items()}
    if None in named.values():
        return [NOTHING]
    return [Condition("listing.tags @> %s::text[]", ([f"{TAGGED[name][0]}{value}" for name, value in named.items()],))]


def _named_by(name: str, code: str) -> int | str | None:
    """The id of the row that has ``code``; None where none has it."""
    rows = TAGGED[name][1]
    return code if rows is None else rows.filter(code=code).values_list("pk", flat=True).first()


def _at_bases(filters: Filters, fresh: dict[int, FreshBase]) -> list[Condition]:
    found = []
    if filters.city:
        found.append(free_at(pk for pk, base in fresh.items() if base.city == filters.city))
    if filters.base:
        found.append(free_at(pk for pk, base in fresh.items() if base.code == filters.base))
    if filters.in_stock:
        free = free_at(fresh)
        found.append(Condition(f"listing.stock > 0 OR {free.sql}", free.params))
    return found


def free_at(bases: Iterable[int]) -> Condition:
    return Condition("listing.tags && %s::text[]", ([f"f{base}" for base in bases],))


BOUNDS = {
    "price_from": "listing.price_fen >= %s",
    "price_to": "listing.price_fen <= %s",
    "rate_from": "{bps} >= %s",
    "per_sale_from": "{per_sale} >= %s",
    "sales_from": "listing.sales_30d >= %s",
    "score_from": "listing.shop_score >= %s",
    "new_days": "listing.listed_at >= %s",
}
"""A filter's condition on one column; its value is compared as the filter has it, or as READ_AS makes it."""
READ_AS: dict[str, Callable[[Any, Looker], Any]] = {
    "per_sale_from": lambda net_fen, looker: least_gross(net_fen, looker.tech_bps),
    "new_days": lambda days, looker: looker.at - timedelta(days=days),
}


def _bounds(filters: Filters, looker: Looker) -> list[Condition]:
    asked = {name: value for name, value in filters.in_force.items() if name in BOUNDS}
    read = {name: READ_AS[name](value, looker) if name in READ_AS else value for name, value in asked.items()}
    return [_bound(BOUNDS[name], value) for name, value in read.items()]


def _bound(sql: str, value: Any) -> Condition:
    if value is None:
        return NOTHING
    return Condition(sql, (value,) if "%s" in sql else ())


def _not_on_shelf(streamer: Tenant) -> list[Condition]:
    picked = (
        "SELECT FROM streamers_pick AS pick WHERE pick.streamer_id = %s AND pick.unpicked_at IS NULL"
        " AND pick.product_id = listing.product_id"
    )
    return [Condition(f"NOT EXISTS ({picked})", (streamer.pk,))]
