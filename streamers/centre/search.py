"""The door of the selection centre: what a streamer finds, as cards, with a total and the way on.

    found = find(looker, filters, cursor=…)

Best match first: goods whose title holds the query as it was typed, then goods that hold every word of it as a word of
title, brand or category, then goods that hold every word in letters (the shop's name counts here). Goods that match
alike come by popularity (``rows.popularity``), then the newer first. Any other sort takes all that match, by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from streamers.centre import for_you
from streamers.centre.cards import FoundCard, dressed
from streamers.centre.conditions import Looker, branches_of, conditions_of, words_of
from streamers.centre.filters import EVERYTHING, FOR_YOU, Filters
from streamers.centre.overlay import Overlay
from streamers.centre.paging import CursorInvalid, cursor_after, place_of
from streamers.centre.statements import (
    WALK,
    Branch,
    Condition,
    Place,
    Words,
    alone,
    count,
    gather,
    walk,
)
from streamers.centre.understanding import Understood, understand

PAGE_SIZE = 24
COUNT_LIMIT = 1_000
NEAREST = 12
TRIED_WORDS = 6


@dataclass(frozen=True)
class Loosened:
    """What would be found without one filter, or one word of the query (``word``)."""

    name: str
    word: str
    filters: Filters
    total: int


@dataclass(frozen=True)
class Found:
    """``total`` is exact up to COUNT_LIMIT; ``is_more``: there are more. ``readings``: (typed, read as).

    Where nothing was found: ``loosened``, the most promising first, and ``nearest``, cards of the first of them.
    """

    cards: list[FoundCard]
    next_cursor: str | None
    total: int
    is_more: bool
    overlay: Overlay
    readings: tuple[tuple[str, str], ...] = ()
    loosened: tuple[Loosened, ...] = ()
    nearest: tuple[FoundCard, ...] = ()


class Search:
    """One search of one streamer: what was asked for, as statements take it."""

    def __init__(
        self, looker: Looker, filters: Filters, overlay: Overlay | None = None, understood: Understood | None = None
    ) -> None:
        self.looker, self.filters = looker, filters
        self.overlay = Overlay(looker.streamer, looker.at) if overlay is None else overlay
        self.understood = understood or (understand(filters.q) if filters.q else Understood([]))
        self.words: Words | None = words_of(self.understood)
        self.conditions: list[Condition] = conditions_of(filters, looker)
        self.branches: list[Branch] = branches_of(self.overlay, filters.plan_type)

    @property
    def matching(self) -> list[Condition]:
        """Every filter, and the words loosely: all that is found in any order."""
        return [*self.conditions, *([self.words.loose] if self.words else [])]

    def page(self, after: Place | None, size: int) -> list[dict[str, Any]]:
        """The first ``size`` rows after a place, in the order that was asked for."""
        return for_you.page(self, after, size) if self.filters.sort == FOR_YOU else self.rows(after, size)

    def rows(self, after: Place | None, size: int) -> list[dict[str, Any]]:
        """The first ``size`` rows after a place, of all branches."""
        found = [row for branch in self.branches for row in self._rows_of(branch, after, size)]
        is_descending = not self.filters.way.is_ascending
        found.sort(key=lambda row: (row["sorted_by"], row["product_id"]), reverse=is_descending)
        found.sort(key=lambda row: row["match"], reverse=True)
        return found[:size]

    def total(self) -> int:
        """How many are found, up to one more than COUNT_LIMIT."""
        total = 0
        for branch in self.branches:
            total += count(branch, self.matching, COUNT_LIMIT + 1 - total) if total <= COUNT_LIMIT else 0
        return total

    def _rows_of(self, branch: Branch, after: Place | None, size: int) -> list[dict[str, Any]]:
        ranked = self.words if self.filters.sort == EVERYTHING.sort else None
        way = self.filters.way
        if branch.may_walk and self._may_be_many(size):
            match = (after.match if after else ranked.best) if ranked else 0
            words = ranked.exactly(match) if ranked else []
            asked = [*self.conditions, *words] if ranked else self.matching
            found = walk(branch, asked, way, after, size)
            if len(found) == size:
                return [row | {"match": match} for row in found]
        return gather(branch, self.matching, way, after, size, ranked)

    def _may_be_many(self, size: int) -> bool:
        """Whether the rarest word is common enough for a page to be full before a walk ends."""
        return not self.understood.terms or self.understood.fewest * WALK >= self.understood.total * size


def find(looker: Looker, filters: Filters, *, cursor: str = "", size: int = PAGE_SIZE) -> Found:
    """What ``filters`` find for ``looker``. Within a transaction. Raises CursorInvalid."""
    after = place_of(cursor, filters, looker.streamer.pk)
    alone()
    search = Search(looker, filters)
    rows = search.page(after, size + 1)
    total = search.total()
    found = Found(
        for_you.with_reasons(dressed(rows[:size], looker, search.overlay), rows[:size]),
        _cursor(rows, size, filters, looker),
        min(total, COUNT_LIMIT),
        total > COUNT_LIMIT,
        search.overlay,
        search.understood.readings,
    )
    return found if rows or after else _with_the_nearest(found, search)


def find_or_begin(looker: Looker, filters: Filters, *, cursor: str = "", size: int = PAGE_SIZE) -> Found:
    """As ``find``, for people: a cursor that is none of this list's begins at the first page."""
    try:
        return find(looker, filters, cursor=cursor, size=size)
    except CursorInvalid:
        return find(looker, filters, size=size)


def card_of(looker: Looker, public_id: str) -> FoundCard | None:
    """The card of one product, if the list would show it."""
    search = Search(looker, EVERYTHING)
    named = Condition("listing.public_id = %s", (public_id,))
    way = EVERYTHING.way
    rows = [row for each in search.branches for row in gather(each, [*search.conditions, named], way, None, 1)]
    return next(iter(dressed(rows, looker, search.overlay)), None)


def _cursor(rows: Sequence[dict[str, Any]], size: int, filters: Filters, looker: Looker) -> str | None:
    if len(rows) <= size:
        return None
    last = rows[size - 1]
    return cursor_after(Place(last["match"], last["sorted_by"], last["product_id"]), filters, looker.streamer.pk)


def _with_the_nearest(found: Found, search: Search) -> Found:
    """With what to loosen: each filter, and each word of a query of several."""
    tries = [*_without_a_filter(search), *_without_a_word(search)]
    loosened = [(Loosened(name, word, less.filters, less.total()), less) for name, word, less in tries]
    loosened = sorted((each for each in loosened if each[0].total), key=lambda each: -each[0].total)
    nearest = loosened[0][1].page(None, NEAREST) if loosened else []
    cards = dressed(nearest, search.looker, search.overlay)
    return replace(found, loosened=tuple(each for each, _search in loosened), nearest=tuple(cards))


def _without_a_filter(search: Search) -> Iterator[tuple[str, str, Search]]:
    for name in search.filters.in_force:
        if name != "q":
            less = search.filters.without(name)
            yield name, "", Search(search.looker, less, search.overlay, search.understood)


def _without_a_word(search: Search) -> Iterator[tuple[str, str, Search]]:
    """A query of one word is left out as a whole, where filters remain."""
    terms = search.understood.terms[:TRIED_WORDS]
    if len(terms) < 2 and not search.filters.without("q").in_force:
        return
    for term in terms:
        others = [each for each in search.understood.terms if each is not term]
        words = " ".join(each.text for each in others)
        understood = replace(search.understood, terms=others, phrase="", fewest=0)
        yield "q", term.text, Search(search.looker, replace(search.filters, q=words), search.overlay, understood)
