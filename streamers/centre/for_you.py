"""The sort "for you": first the streamer's list of the day in its order, then the rest by what sells.

Every filter is asked of both in the list's own statement. A cursor names the list that it goes through, which never
changes while it is kept, so that no product comes twice or is left out.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from streamers.centre.cards import FoundCard
from streamers.centre.conditions import Looker
from streamers.centre.filters import FOR_YOU, Filters
from streamers.centre.paging import CursorInvalid
from streamers.centre.statements import Branch, Condition, Place
from streamers.matching.reasons import reason
from streamers.matching.serving import list_numbered
from streamers.models import ForYou

if TYPE_CHECKING:
    from streamers.centre.search import Search

LISTED, REST = 1, 0
"""Said as ``match`` of a row."""
WINDOW = 5
"""Pages of places that are looked at before all that remain: without filters one page is enough."""
THEN_BY = "sales"


def page(search: "Search", after: Place | None, size: int) -> list[dict[str, Any]]:
    """The first ``size`` rows after a place. ``sorted_by``: the list's number, and the place or what sells.

    Raises CursorInvalid where the list that ``after`` goes through is kept no longer.
    """
    chosen = _chosen(search.looker, after)
    rows: list[dict[str, Any]] = []
    if after is None or after.match == LISTED:
        rows = _of_list(search, chosen, after.value[1] + 1 if after else 0, size) if chosen else []
        after = None
    if len(rows) < size:
        rows += _of_rest(search, chosen, after, size - len(rows))
    return rows


def with_reasons(cards: Sequence[FoundCard], rows: Sequence[dict[str, Any]]) -> list[FoundCard]:
    """``cards`` of ``rows``, each with why it is shown."""
    return [replace(card, why=reason(*row["reason"]) if "reason" in row else None)
            for card, row in zip(cards, rows, strict=True)]  # fmt: skip


def _chosen(looker: Looker, after: Place | None) -> ForYou | None:
    if after is None:
        return looker.for_you
    if not isinstance(after.value, list) or len(after.value) != 2:
        raise CursorInvalid
    number = after.value[0]
    if number == 0:
        return None
    chosen = list_numbered(looker.streamer, number)
    if chosen is None:
        raise CursorInvalid
    return chosen


def _of_list(search: "Search", chosen: ForYou, start: int, size: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    soon = start + WINDOW * size
    for begin, end in ((start, soon), (soon, len(chosen.goods))):
        if begin < len(chosen.goods) and len(rows) < size:
            branches = [_placed(branch, chosen.goods[begin:end], begin) for branch in search.branches]
            rows += _as(search, FOR_YOU, branches).rows(None, size - len(rows))
    return [_at_place(row, chosen) for row in rows]


def _at_place(row: dict[str, Any], chosen: ForYou) -> dict[str, Any]:
    place = row["sorted_by"]
    return row | {"match": LISTED, "sorted_by": [chosen.pk, place], "reason": chosen.reason_at(place)}


def _of_rest(search: "Search", chosen: ForYou | None, after: Place | None, size: int) -> list[dict[str, Any]]:
    goods = chosen.goods if chosen else []
    others = (Condition("NOT listing.product_id = ANY(%s::bigint[])", (goods,)),) if goods else ()
    branches = [replace(branch, where=(*branch.where, *others)) for branch in search.branches]
    place = replace(after, value=after.value[1]) if after else None
    rows = _as(search, THEN_BY, branches).rows(place, size)
    return [row | {"match": REST, "sorted_by": [chosen.pk if chosen else 0, row["sorted_by"]]} for row in rows]


def _as(search: "Search", sort: str, branches: list[Branch]) -> "Search":
    """The same search through other branches, in another order."""
    other = copy(search)
    other.filters, other.branches = replace(search.filters, sort=sort), branches
    return other


def _placed(branch: Branch, goods: Sequence[int], begin: int) -> Branch:
    """Those rows of ``branch`` that stand in ``goods``, with their places as ``listed.place``."""
    join = Condition(
        f"{branch.join.sql} JOIN (SELECT id, number + %s - 1 AS place FROM unnest(%s::bigint[])"
        " WITH ORDINALITY AS given (id, number)) AS listed ON listed.id = listing.product_id",
        (*branch.join.params, begin, [*goods]),
    )
    return replace(branch, join=join, may_walk=False)


def default_sort(filters: Filters, looker: Looker, *, is_chosen: bool) -> Filters:
    """On the front page, where nothing is asked for and no sort is chosen, what is for him; if anything is."""
    if is_chosen or filters.in_force or looker.for_you is None:
        return filters
    return replace(filters, sort=FOR_YOU)
