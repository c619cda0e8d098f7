"""The SQL of the selection list: which rows, in what order, from where on.

A page is put together from up to three *branches*: what is open to everybody; goods that a plan, an activity or a pick
decides for this streamer alone, with his rate; the rest of shops that list him, with theirs. A product is in one of
them at most.

A page is found in one of two ways. *Walking* goes along the index of the sort and stops when the page is full: for
what many rows match. It looks at a bounded number of rows, so that it costs little where it finds nothing. *Gathering*
takes all matches from the index of words and tags (or of prices, …) and sorts them: for what few rows match. A row
costs the same either way.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from streamers.centre.filters import SortWay

WALK = 10_000
PHRASE, WHOLE, LOOSE, ALIKE = 3, 2, 1, 0
"""How well a row matches the words: the title holds them side by side; every one is a whole word of title, brand or
category; every one is there in letters; not asked."""

COLUMNS = (
    "product_id", "public_id", "merchant_id", "merchant_code", "code", "title", "cover", "shop_name", "shop_score",
    "brand_name", "price_fen", "price_to_fen", "stock", "offer", "has_step", "best_bps", "activity_id", "listed_at",
    "sales_30d", "popularity", "shop_has_few_orders", "provenance", "origin",
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """``sql`` with its parameters; ``{bps}`` and ``{per_sale}`` stand for what the branch pays."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Branch:
    """Rows of ``streamers_listing AS listing``, joined and narrowed; what they pay, by what kind of offer, as SQL."""

    bps: str
    per_sale: str
    kind: str
    where: tuple[Condition, ...] = ()
    join: Condition = field(default_factory=lambda: Condition(""))
    may_walk: bool = False

    def said(self, sql: str) -> str:
        return sql.format(bps=self.bps, per_sale=self.per_sale, kind=self.kind)

    def column(self, way: SortWay) -> str:
        named = {"bps": self.bps, "per_sale_fen": self.per_sale, "place": "listed.place"}
        return named.get(way.column, f"listing.{way.column}")


OPEN_TO_ALL = Condition("listing.bps IS NOT NULL")
EVERYBODYS = Branch("listing.bps", "listing.per_sale_fen", "listing.offer", (OPEN_TO_ALL,), may_walk=True)


@dataclass(frozen=True)
class Place:
    """After which row a page begins."""

    match: int
    value: Any
    product: int


@dataclass(frozen=True)
class Words:
    """What a query asks of a row's words, as conditions. Whole words and a phrase are loose ones too."""

    loose: Condition
    whole: Condition
    phrase: Condition | None

    @property
    def best(self) -> int:
        return PHRASE if self.phrase else WHOLE

    def match(self) -> Condition:
        """How well a row that matches loosely does, as a number."""
        cases = [(self.phrase, PHRASE)] if self.phrase else []
        cases.append((self.whole, WHOLE))
        said = " ".join(f"WHEN {condition.sql} THEN {match}" for condition, match in cases)
        params = tuple(param for condition, _match in cases for param in condition.params)
        return Condition(f"CASE {said} ELSE {LOOSE} END", params)

    def exactly(self, match: int) -> list[Condition]:
        """Rows that match as well as ``match`` and no better."""
        phrase = [self.phrase] if self.phrase else []
        if match == PHRASE:
            return [self.loose, *phrase]
        if match == WHOLE:
            return [self.whole, *map(_not, phrase)]
        return [self.loose, *map(_not, [*phrase, self.whole])]


@dataclass(frozen=True)
class Select:
    """One branch's rows, in order, as a statement with its parameters."""

    sql: str
    params: tuple[Any, ...]


def walk(
    branch: Branch,
    conditions: Sequence[Condition],
    way: SortWay,
    after: Place | None,
    size: int,
    *,
    steps: int = WALK,
    match: int = ALIKE,
) -> Select:
    """The first ``size`` rows among the next ``steps`` along the sort's index, all said to ``match``; perhaps fewer."""
    column = branch.column(way)
    bounded = [OPEN_TO_ALL, *_beyond(column, "listing.product_id", way, after)]
    found = [*branch.where, *conditions]
    sql = (
        f"SELECT {_columns(branch, way)}, {match} AS match FROM (SELECT * FROM streamers_listing AS listing"
        f" {_where(branch, bounded)} ORDER BY {_order(column, way)} LIMIT {steps:d}) AS listing"
        f" {_where(branch, found)} ORDER BY {_order(column, way)} LIMIT %s"
    )
    return Select(sql, (*_params(bounded), *_params(found), size))


def gather(
    branch: Branch,
    conditions: Sequence[Condition],
    way: SortWay,
    after: Place | None,
    size: int,
    words: Words | None = None,
) -> Select:
    """The first ``size`` of all matching rows. With ``words``: the better match first, then the sort.

    OFFSET 0 keeps PostgreSQL from walking along the sort's index after all: it believes that words come independently
    of each other, and would look at every row for two that never come together.
    """
    match = words.match() if words else Condition(str(ALIKE))
    found = [*branch.where, *conditions]
    beyond = _beyond("sorted_by", "product_id", way, after)
    if words and after:
        (alike,) = beyond
        beyond = [Condition(f"match < %s OR (match = %s AND {alike.sql})", (after.match, after.match, *alike.params))]
    direction = "ASC" if way.is_ascending else "DESC"
    sql = (
        f"SELECT * FROM (SELECT {_columns(branch, way)}, {match.sql} AS match FROM streamers_listing AS listing"
        f" {branch.join.sql} {_where(branch, found)} OFFSET 0) AS found {_where(branch, beyond)}"
        f" ORDER BY match DESC, sorted_by {direction}, product_id {direction} LIMIT %s"
    )
    return Select(sql, (*match.params, *branch.join.params, *_params(found), *_params(beyond), size))


def walk_or_gather(walked: Select, gathered: Select, size: int) -> Select:
    """``walked`` where it fills a page, else ``gathered``, which is asked only then (a one-time filter of its plan)."""
    sql = (
        f"WITH walked AS MATERIALIZED ({walked.sql}), filled AS (SELECT count(*) = %s AS is_full FROM walked)"
        " SELECT * FROM walked WHERE (SELECT is_full FROM filled)"
        f" UNION ALL SELECT * FROM ({gathered.sql}) AS gathered WHERE NOT (SELECT is_full FROM filled)"
    )
    return Select(sql, (*walked.params, size, *gathered.params))


def found_by(selects: Sequence[Select], streamer_id: int, midnight: datetime) -> list[dict[str, Any]]:
    """The rows of ``selects``, in no order, with what a card shows besides (BESIDES): one statement.

    No other processes are called to help: a page is found before they start.
    """
    if not selects:
        return []
    rows = " UNION ALL ".join(f"SELECT * FROM ({each.sql}) AS rows" for each in selects)
    params = [param for each in selects for param in each.params]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL max_parallel_workers_per_gather = 0; SELECT found.*, {BESIDES} FROM ({rows}) AS found {JOINS}",
            [*params, midnight, midnight, streamer_id],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


BESIDES = (
    "tomorrow.offer AS next_offer, tomorrow.bps AS next_bps, tomorrow.is_exclusive AS next_is_exclusive,"
    " activity.share_token, pick.product_id IS NOT NULL AS is_on_shelf"
)
JOINS = (
    " LEFT JOIN streamers_listing AS tomorrow ON tomorrow.product_id = found.product_id"
    " AND tomorrow.valid_from <= %s AND tomorrow.valid_until > %s"
    " LEFT JOIN streamers_pick AS pick ON pick.streamer_id = %s AND pick.unpicked_at IS NULL"
    " AND pick.product_id = found.product_id"
    " LEFT JOIN tuanzhang_activity AS activity ON activity.id = found.activity_id AND found.offer = 'activity'"
)
"""What the listing says from midnight on, whether the product is on his shelf, and through which activity it is picked.
"""


def count(branches: Sequence[Branch], conditions: Sequence[Condition], limit: int) -> int:
    """How many rows of all ``branches`` match, up to ``limit``."""
    return _first(_count(branches, conditions, limit))


def count_unless(
    many: Sequence[Branch], enough: int, branches: Sequence[Branch], conditions: Sequence[Condition], limit: int
) -> int | None:
    """``count``; None, and it is not counted, where ``enough`` rows of ``many`` match."""
    of_many, counted = _count(many, conditions, enough), _count(branches, conditions, limit)
    sql = f"SELECT CASE WHEN found.n < %s THEN ({counted.sql}) END FROM ({of_many.sql}) AS found (n)"
    return _first(Select(sql, (enough, *counted.params, *of_many.params)))


def _count(branches: Sequence[Branch], conditions: Sequence[Condition], limit: int) -> Select:
    selects, params = ["SELECT WHERE false"], []
    for branch in branches:
        found = [*branch.where, *conditions]
        selects.append(f"(SELECT FROM streamers_listing AS listing {branch.join.sql} {_where(branch, found)} LIMIT %s)")
        params += [*branch.join.params, *_params(found), limit]
    return Select(f"SELECT least(count(*), %s) FROM ({' UNION ALL '.join(selects)}) AS found", (limit, *params))


def _first(select: Select) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(select.sql, select.params)
        return cursor.fetchone()[0]


def counted_by(
    branch: Branch, conditions: Sequence[Condition], facets: Mapping[str, str]
) -> Iterator[tuple[str, Any, int]]:
    """``(facet, value, how many rows)``. ``facets``: their names, and what they count by as SQL."""
    found = [*branch.where, *conditions]
    named = ", ".join(f"{branch.said(sql)} AS {name}" for name, sql in facets.items())
    sets = ", ".join(f"({name})" for name in facets)
    sql = (
        f"SELECT grouping({', '.join(facets)}), {', '.join(facets)}, count(*)"
        f" FROM (SELECT {named} FROM streamers_listing AS listing {branch.join.sql} {_where(branch, found)}) AS found"
        f" GROUP BY GROUPING SETS ({sets})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*branch.join.params, *_params(found)])
        for absent, *values, count in cursor.fetchall():
            (place,) = (place for place in range(len(values)) if not absent >> (len(values) - 1 - place) & 1)
            yield [*facets][place], values[place], count


def counted_by_city(
    branch: Branch, conditions: Sequence[Condition], cities: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    """``(city, how many rows)``; a row with stock in two cities counts in both. ``cities``: by the tag of a base."""
    found = [*branch.where, *conditions, Condition("listing.tags && %s::text[]", ([*cities],))]
    sql = (
        "SELECT base.city, count(DISTINCT found.product_id)"
        f" FROM (SELECT listing.product_id, listing.tags FROM streamers_listing AS listing {branch.join.sql}"
        f" {_where(branch, found)}) AS found"
        " JOIN unnest(%s::text[], %s::text[]) AS base (tag, city) ON base.tag = ANY(found.tags) GROUP BY base.city"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*branch.join.params, *_params(found), [*cities], [*cities.values()]])
        yield from cursor.fetchall()


def _columns(branch: Branch, way: SortWay) -> str:
    named = ", ".join(f"listing.{name}" for name in COLUMNS)
    return f"{named}, {branch.bps} AS bps, {branch.per_sale} AS per_sale_fen, {branch.column(way)} AS sorted_by"


def _order(column: str, way: SortWay) -> str:
    direction = "ASC" if way.is_ascending else "DESC"
    return f"{column} {direction}, listing.product_id {direction}"


def _where(branch: Branch, conditions: Sequence[Condition]) -> str:
    said = " AND ".join(f"({branch.said(condition.sql)})" for condition in conditions)
    return f"WHERE {said}" if said else ""


def _params(conditions: Sequence[Condition]) -> list[Any]:
    return [param for condition in conditions for param in condition.params]


def _beyond(value: str, product: str, way: SortWay, after: Place | None) -> list[Condition]:
    """Rows after ``after``, said so that an index of both columns can begin there."""
    if after is None:
        return []
    sign = ">" if way.is_ascending else "<"
    return [Condition(f"({value}, {product}) {sign} (%s, %s)", (after.value, after.product))]


def _not(condition: Condition) -> Condition:
    return Condition(f"NOT ({condition.sql})", condition.params)
