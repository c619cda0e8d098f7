"""The centre's front page: a tile for each running module, with the first of its goods.

What is the same for everybody is made at most once a minute, in a few statements whatever the number of modules; goods
that leaders recommend are this streamer's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bases.cities import name_of
from haowu.ground.money import percent, yuan
from streamers.centre.conditions import Looker, conditions_of
from streamers.centre.filters import EVERYTHING, Filters
from streamers.centre.memory import remembered
from streamers.centre.statements import EVERYBODYS, Condition
from streamers.models import Listing, Module, ModuleEntry
from streamers.modules.membership import Arranged, conditions, recommended_products
from streamers.modules.rules import filters_of
from streamers.waiting import recommended_to

THUMBS = 3
CITIES = 4
KEPT_SECONDS = 60
GATHERED = frozenset({Module.Kind.ORIGINS, Module.Kind.BASES})
"""Found by a mark that few goods may have: taken from its index rather than along the sort's."""


@dataclass(frozen=True)
class Thumb:
    public_id: str
    title: str
    cover: str

    @property
    def cover_url(self) -> str:
        return default_storage.url(self.cover) if self.cover else ""


@dataclass(frozen=True)
class Tile:
    """``query`` leads to all of the module's goods, ``cities`` (name, query) to those of one city."""

    code: str
    kind: str
    name: str
    note: str
    query: str
    goods: tuple[Thumb, ...] = ()
    cities: tuple[tuple[str, str], ...] = ()


def tiles(looker: Looker) -> list[Tile]:
    """The running modules with goods in them, in their order."""
    language = get_language() or "zh"
    found = remembered(f"front:{language}", lambda: _made(looker, language), seconds=KEPT_SECONDS, is_worth=bool)
    shown = []
    for kept in found:
        tile = _tile(kept)
        shown.append(_of_leaders(tile, looker) if tile.kind == Module.Kind.LEADERS else tile)
    return [tile for tile in shown if tile.goods]


def _made(looker: Looker, language: str) -> list[dict[str, Any]]:
    modules = list(Module.objects.running(looker.at).with_rules(looker.at).in_order())
    arranged: dict[int, Arranged] = defaultdict(Arranged)
    for entry in ModuleEntry.objects.live(looker.at).in_order():
        arranged[entry.module_id].note(entry)
    common = [module for module in modules if module.kind != Module.Kind.LEADERS]
    goods = _goods(common, arranged, looker)
    cities = _cities(common, looker, language)
    return [
        {
            "code": module.code,
            "kind": module.kind,
            "name": module.name,
            "note": _note(module, filters_of(module.query), len(cities.get(module.kind, ()))),
            "query": _query(module),
            "goods": goods.get(module.code, []),
            "cities": cities.get(module.kind, [])[:CITIES],
        }
        for module in modules
    ]


def _tile(kept: Mapping[str, Any]) -> Tile:
    goods = tuple(Thumb(*each) for each in kept["goods"])
    return Tile(**{**kept, "goods": goods, "cities": tuple((name, query) for name, query in kept["cities"])})


def _query(module: Module, *, origin: str = "", city: str = "") -> str:
    found = Filters(module=module.code, sort=filters_of(module.query).sort, origin=origin, city=city)
    return found.query_string()


def _goods(
    modules: Iterable[Module], arranged: Mapping[int, Arranged], looker: Looker
) -> dict[str, list[tuple[str, str, str]]]:
    """The first goods of each module, those that staff pinned before the others, in one statement."""
    selects: list[str] = []
    params: list[Any] = []
    for module in modules:
        mine = arranged.get(module.pk, Arranged())
        if mine.products or mine.shops:
            shown = [*conditions_of(EVERYTHING, looker), mine.pinned, *mine.kept_out]
            _select(selects, params, module, shown, mine)
        _select(selects, params, module, conditions(module, replace(mine, products=[], shops=[]), looker))
    if not selects:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), params)
        rows = cursor.fetchall()
    found: dict[str, dict[str, tuple[str, str, str]]] = defaultdict(dict)
    for code, _place, public_id, title, cover in sorted(rows, key=lambda row: row[1]):
        found[code].setdefault(public_id, (public_id, title, cover))
    return {code: list(goods.values())[:THUMBS] for code, goods in found.items()}


def _select(
    selects: list[str],
    params: list[Any],
    module: Module,
    shown: Iterable[Condition],
    pinned: Arranged | None = None,
) -> None:
    """One module's goods with their place among them: below zero those that are pinned, in the order of the staff."""
    every = [*EVERYBODYS.where, *shown]
    where = " AND ".join(f"({EVERYBODYS.said(each.sql)})" for each in every)
    way = filters_of(module.query).way
    column, direction = EVERYBODYS.column(way), "ASC" if way.is_ascending else "DESC"
    order = f"{column} {direction}, listing.product_id {direction}"
    fence = " OFFSET 0" if pinned or module.kind in GATHERED else ""
    place, places = f"row_number() OVER (ORDER BY {order})", []
    if pinned:
        place = (
            "coalesce(array_position(%s::bigint[], listing.product_id), 1000000"
            " + array_position(%s::bigint[], listing.merchant_id)) - 10000000"
        )
        places = [pinned.products, pinned.shops]
        order = f"2, {order}"
    selects.append(
        f"(SELECT %s AS module, {place} AS place, listing.public_id, listing.title, listing.cover"
        f" FROM (SELECT * FROM streamers_listing AS listing WHERE {where}{fence}) AS listing"
        f" ORDER BY {order} LIMIT {THUMBS})"
    )
    params += [module.code, *places, *(param for each in every for param in each.params)]


def _cities(modules: Iterable[Module], looker: Looker, language: str) -> dict[str, list[tuple[str, str]]]:
    """By kind of module: the cities that its goods come from or lie in, those with most goods first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module in modules:
        if module.kind == Module.Kind.ORIGINS:
            counts = Counter(Listing.objects.at(looker.at).goods_by_origin())
            found[module.kind] = [(name_of(city, language), _query(module, origin=city)) for city in _most(counts)]
        elif module.kind == Module.Kind.BASES:
            counts = Counter(base.city for base in looker.fresh_bases.values())
            found[module.kind] = [(name_of(city, language), _query(module, city=city)) for city in _most(counts)]
    return found


def _most(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda city: (-counts[city], city))


def _note(module: Module, rule: Filters, cities: int) -> str:
    """In a few words what a module chooses."""
    if module.kind == Module.Kind.ORIGINS:
        return ngettext("{n} 个产业带", "{n} 个产业带", cities).format(n=cities)
    if module.kind == Module.Kind.BASES:
        return ngettext("{n} 个城市有现货", "{n} 个城市有现货", cities).format(n=cities)
    if module.kind == Module.Kind.LEADERS:
        return ""
    said = {
        "score_from": lambda: _("店铺分 {n} 起").format(n=yuan(rule.score_from or 0)),
        "rate_from": lambda: _("佣金 {rate} 起").format(rate=percent(rule.rate_from or 0)),
        "sales_from": lambda: _("30 天 {n} 单起").format(n=rule.sales_from),
        "new_days": lambda: _("{n} 天内上架").format(n=rule.new_days),
    }
    for name, sentence in said.items():
        if getattr(rule, name):
            return sentence()
    return _("比同款便宜，佣金不低") if rule.sort == "value" else str(rule.way.label)


def _of_leaders(tile: Tile, looker: Looker) -> Tile:
    """What leaders recommend to this streamer: how many lists, and the newest goods."""
    running = recommended_to(looker.streamer)
    if not running:
        return tile
    newest = recommended_products(looker)[:THUMBS]
    rows = Listing.objects.at(looker.at).of_products(newest).values_list("product", "public_id", "title", "cover")
    goods = {product: Thumb(*rest) for product, *rest in rows}
    note = ngettext("{n} 份清单", "{n} 份清单", running).format(n=running)
    return replace(tile, note=note, goods=tuple(goods[pk] for pk in newest if pk in goods))
