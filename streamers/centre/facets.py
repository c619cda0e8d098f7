"""How many goods each further choice would leave: counts beside the filters, exact however many there are.

The counts of one filter are taken with all the *other* filters, so that another choice can be compared. They add up: a
category counts what the categories below it count together, and so do price bands and offers for all that is found.
Goods may lie in several cities. Counts of large results are kept for a minute.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bases.cities import name_of
from bases.forms import cities as city_choices
from bases.models import Brand
from haowu.ground.money import percent, yuan
from merchants.models import Category, Product
from streamers.centre.conditions import Looker, decided_branches, open_branches, own_branches
from streamers.centre.filters import PLAN_TYPES, Filters
from streamers.centre.memory import remembered
from streamers.centre.search import COUNT_LIMIT, Search
from streamers.centre.statements import Branch, counted_by, counted_by_city

PRICE_BANDS_FEN = (0, 5_000, 10_000, 20_000, 50_000)
SCORE_BANDS = (0, 460, 480, 490)
RATE_BANDS_BPS = (0, 1_000, 2_000, 3_000, 5_000)
BRANDS = 20
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Choice:
    """``query`` is the page's query string with this choice made; ``value`` names it for the API."""

    value: str
    label: Any
    count: int
    query: str
    is_chosen: bool = False
    level: int = 1


@dataclass(frozen=True)
class Facet:
    """``narrowed_by``: the filters that a choice in it would replace. ``counted_by``: SQL of a value for each row; ""
    for cities, of which a row has several. ``choices``: what the counted values are called.
    """

    narrowed_by: tuple[str, ...]
    counted_by: str
    choices: Callable[[Mapping[Any, int], Filters], list[Choice]]


def facets_of(looker: Looker, filters: Filters) -> dict[str, list[Choice]]:
    """The choices of every facet, those that would leave nothing left out."""
    counts = _counts(looker, filters)
    return {name: facet.choices(counts[name], filters) for name, facet in FACETS.items()}


Counts = dict[str, Counter[Any]]
"""By facet: values and how many rows have each."""


def _counts(looker: Looker, filters: Filters) -> Counts:
    """One count for all facets whose filters are not in force, and one for each of the others."""
    found: Counts = {}
    alike: dict[Filters, list[str]] = defaultdict(list)
    for name, facet in FACETS.items():
        alike[filters.without(*facet.narrowed_by, "sort")].append(name)
    for less, facets in alike.items():
        found |= _counted(Search(looker, less), facets)
    return found


def _counted(search: Search, facets: Sequence[str]) -> Counts:
    """What everybody finds, which is shared; without what is decided for this streamer alone, and that as it is."""
    overlay, plan_type = search.looker.overlay, search.filters.plan_type
    found = {facet: Counter(dict(counts)) for facet, counts in _shared(search, facets).items()}
    decided = _of_branches(search, decided_branches(overlay, plan_type), facets)
    own = _of_branches(search, own_branches(overlay, plan_type), facets)
    return {facet: counts - decided[facet] + own[facet] for facet, counts in found.items()}


def _shared(search: Search, facets: Sequence[str]) -> dict[str, list[tuple[Any, int]]]:
    """What is open to everybody: counted, or as counted for anybody within the last minute, where it is many."""
    branches = open_branches(search.filters.plan_type)
    is_own = search.filters.not_on_shelf or search.filters.module
    whose = search.looker.streamer.pk if is_own else 0
    asked = f"{whose}:{search.looker.tech_bps}:{','.join(facets)}:{search.filters.query_string()}"
    return remembered(
        f"facets:{hashlib.sha256(asked.encode()).hexdigest()}",
        lambda: {facet: list(counts.items()) for facet, counts in _of_branches(search, branches, facets).items()},
        seconds=KEPT_SECONDS,
        is_worth=lambda found: any(sum(n for _value, n in counts) > COUNT_LIMIT for counts in found.values()),
    )


def _of_branches(search: Search, branches: Sequence[Branch], facets: Sequence[str]) -> Counts:
    found: Counts = {facet: Counter() for facet in facets}
    columns = {facet: FACETS[facet].counted_by for facet in facets if FACETS[facet].counted_by}
    bases = search.looker.fresh_bases if "city" in facets else {}
    cities = {f"f{pk}": base.city for pk, base in bases.items()}
    for branch in branches:
        for facet, value, count in counted_by(branch, search.matching, columns) if columns else ():
            found[facet][value] += count
        for city, count in counted_by_city(branch, search.matching, cities) if cities else ():
            found["city"][city] += count
    return found


def _categories(counts: Mapping[int | None, int], filters: Filters) -> list[Choice]:
    """Each category with goods, after the one above it; a category counts what is below it."""
    known = {each.pk: each for each in Category.objects.in_order()}
    totals: Counter[int] = Counter()
    for leaf, count in counts.items():
        at = known.get(leaf) if leaf is not None else None
        while at is not None:
            totals[at.pk] += count
            at = known.get(at.parent_id) if at.parent_id is not None else None
    below: dict[int | None, list[Category]] = defaultdict(list)
    for each in known.values():
        below[each.parent_id].append(each)

    def listed(parent: int | None) -> Iterator[Category]:
        for each in below[parent]:
            if totals[each.pk]:
                yield each
                yield from listed(each.pk)

    return [
        _choice(filters, "category", each.code, each.name, totals[each.pk], level=each.level) for each in listed(None)
    ]


def _brands(counts: Mapping[int | None, int], filters: Filters) -> list[Choice]:
    """The brands with the most goods, and the one that is chosen."""
    of_brands = Counter({brand: count for brand, count in counts.items() if brand is not None})
    common = Brand.objects.in_bulk([brand for brand, _count in of_brands.most_common(BRANDS)])
    chosen = Brand.objects.filter(code=filters.brand).first() if filters.brand else None
    shown = common | ({chosen.pk: chosen} if chosen else {})
    in_order = sorted(shown.values(), key=lambda brand: (-of_brands[brand.pk], brand.name))
    return [_choice(filters, "brand", brand.code, brand.name, of_brands[brand.pk]) for brand in in_order]


def _plan_types(counts: Mapping[str, int], filters: Filters) -> list[Choice]:
    return [_choice(filters, "plan_type", kind, label, counts[kind]) for kind, label in PLAN_TYPES if counts.get(kind)]


def _cities(counts: Mapping[str, int], filters: Filters) -> list[Choice]:
    names = dict(city_choices())
    in_order = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [_choice(filters, "city", city, names.get(city, city), count) for city, count in in_order]


def _provenances(counts: Mapping[str, int], filters: Filters) -> list[Choice]:
    known = [(value, label) for value, label in Product.Provenance.choices if counts.get(value)]
    return [_choice(filters, "provenance", value, label, counts[value]) for value, label in known]


def _origins(counts: Mapping[str, int], filters: Filters) -> list[Choice]:
    in_order = sorted(((city, count) for city, count in counts.items() if city), key=lambda each: (-each[1], each[0]))
    language = get_language() or "zh"
    return [_choice(filters, "origin", city, name_of(city, language), count) for city, count in in_order]


def _prices(counts: Mapping[int, int], filters: Filters) -> list[Choice]:
    """Bands: from one bound up to a fen below the next."""
    found = []
    for place, low in enumerate(PRICE_BANDS_FEN, 1):
        above = PRICE_BANDS_FEN[place] if place < len(PRICE_BANDS_FEN) else None
        high = None if above is None else above - 1
        label = _("{low} 元及以上").format(low=low // 100) if above is None else f"{low // 100}–{above // 100}"
        value = f"{low}-{'' if high is None else high}"
        is_chosen = (filters.price_from or 0, filters.price_to) == (low, high)
        query = filters.query_string(price_from=low, price_to=high)
        if counts.get(place):
            found.append(Choice(value, label, counts[place], query, is_chosen))
    return found


def _rates(counts: Mapping[int, int], filters: Filters) -> list[Choice]:
    return [
        Choice(
            str(low),
            _("{rate} 及以上").format(rate=percent(low)),
            count,
            filters.query_string(rate_from=low),
            filters.rate_from == low,
        )
        for low, count in _from_on(counts, RATE_BANDS_BPS)
    ]


def _scores(counts: Mapping[int, int], filters: Filters) -> list[Choice]:
    return [
        Choice(
            str(low),
            _("{score} 分及以上").format(score=yuan(low)),
            count,
            filters.query_string(score_from=low),
            filters.score_from == low,
        )
        for low, count in _from_on(counts, SCORE_BANDS)
    ]


def _from_on(counts: Mapping[int, int], bounds: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each bound above nothing, and what it and the higher ones count together, where that is any."""
    for place, low in enumerate(bounds, 1):
        count = sum(counts.get(higher, 0) for higher in range(place, len(bounds) + 1))
        if low and count:
            yield low, count


def _choice(filters: Filters, name: str, value: str, label: Any, count: int, level: int = 1) -> Choice:
    """One that sets the filter ``name``; the chosen one's query takes it off again."""
    is_chosen = getattr(filters, name) == value
    return Choice(value, label, count, filters.query_string(**{name: "" if is_chosen else value}), is_chosen, level)


FACETS = {
    "category": Facet(("category",), "listing.leaf_id", _categories),
    "brand": Facet(("brand",), "listing.brand_id", _brands),
    "plan_type": Facet(("plan_type",), "{kind}", _plan_types),
    "price": Facet(
        ("price_from", "price_to"), f"width_bucket(listing.price_fen, ARRAY{[*PRICE_BANDS_FEN]}::bigint[])", _prices
    ),
    "rate": Facet(("rate_from",), f"width_bucket({{bps}}, ARRAY{[*RATE_BANDS_BPS]})", _rates),
    "score": Facet(("score_from",), f"width_bucket(listing.shop_score, ARRAY{[*SCORE_BANDS]})", _scores),
    "provenance": Facet(("provenance",), "listing.provenance", _provenances),
    "origin": Facet(("origin",), "listing.origin", _origins),
    "city": Facet(("city",), "", _cities),
}
"""All of them; another one is an entry here, and a line of the filter sheet that shows it."""
