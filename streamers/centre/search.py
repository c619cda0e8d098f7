"""The door of the selection centre: what a streamer finds, as cards, with a total and the way on.

    found = find(looker, filters, cursor=…)

Best match first: goods whose title holds the query as it was typed, then goods that hold every word of it as a word of
title, brand or category, then goods that hold every word in letters (the shop's name counts here). Goods that match
alike come by popularity (``rows.popularity``), then the newer first. Any other sort takes all that match, by itself.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haowu.ground import days
from streamers.centre import for_you
from streamers.centre.cards import FoundCard, dressed
from streamers.centre.conditions import Looker, branches_of, conditions_of, open_branches, words_of
from streamers.centre.filters import EVERYTHING, FOR_YOU, Filters
from streamers.centre.memory import remembered
from streamers.centre.paging import CursorInvalid, cursor_after, place_of
from streamers.centre.statements import (
    ALIKE,
    WALK,
    Branch,
    Condition,
    Place,
    Select,
    Words,
    count,
    count_unless,
    found_by,
    gather,
    walk,
    walk_or_gather,
)
from streamers.centre.understanding import Understood, understand
from streamers.modules.membership import members_of

PAGE_SIZE = 24
COUNT_LIMIT = 1_000
MOST_OWN = 300
"""For a streamer for whom more goods are decided alone, what is found is always counted."""
ENOUGH = COUNT_LIMIT + 1 + MOST_OWN
KEPT_SECONDS = 60
NEAREST = 12
TRIED_WORDS = 6
LEEWAY = 3
"""How many times as far as it should take a walk goes on: goods do not come evenly, and some match less well."""


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
    readings: tuple[tuple[str, str], ...] = ()
    loosened: tuple[Loosened, ...] = ()
    nearest: tuple[FoundCard, ...] = ()


class Search:
    """One search of one streamer: what was asked for, as statements take it."""

    def __init__(self, looker: Looker, filters: Filters, understood: Understood | None = None) -> None:
        self.looker, self.filters = looker, filters
        self.understood = understood or (understand(filters.q) if filters.q else Understood([]))
        self.words: Words | None = words_of(self.understood)
        self.conditions: list[Condition] = [*conditions_of(filters, looker), *members_of(filters.module, looker)]
        self.branches: list[Branch] = branches_of(looker.overlay, filters.plan_type)

    @property
    def matching(self) -> list[Condition]:
        """Every filter, and the words loosely: all that is found in any order."""
        return [*self.conditions, *([self.words.loose] if self.words else [])]

    def page(self, after: Place | None, size: int) -> list[dict[str, Any]]:
        """The first ``size`` rows after a place, in the order that was asked for."""
        return for_you.page(self, after, size) if self.filters.sort == FOR_YOU else self.rows(after, size)

    def rows(self, after: Place | None, size: int) -> list[dict[str, Any]]:
        """The first ``size`` rows after a place, of all branches."""
        is_descending = not self.filters.way.is_ascending
        found = self._found_by(self._select(branch, after, size) for branch in self.branches)
        found.sort(key=lambda row: (row["sorted_by"], row["product_id"]), reverse=is_descending)
        found.sort(key=lambda row: row["match"], reverse=True)
        return found[:size]

    def total(self) -> int:
        """How many are found, up to one more than COUNT_LIMIT.

        That enough is open to everybody for it to be more, whatever is decided for one streamer, holds for a minute.
        """
        overlay, filters = self.looker.overlay, self.filters
        is_own = bool(filters.not_on_shelf or filters.module or overlay.shops)
        if is_own or len(overlay.products) > MOST_OWN:
            return count(self.branches, self.matching, COUNT_LIMIT + 1)
        asked = f"{self.looker.tech_bps}:{filters.without('sort').query_string()}"
        total = remembered(
            f"total:{hashlib.sha256(asked.encode()).hexdigest()}",
            lambda: count_unless(
                open_branches(filters.plan_type), ENOUGH, self.branches, self.matching, COUNT_LIMIT + 1
            ),
            seconds=KEPT_SECONDS,
            is_worth=lambda total: total is None,
        )
        return COUNT_LIMIT + 1 if total is None else total

    def named(self, public_id: str) -> list[dict[str, Any]]:
        """The row of one product, where it is found at all."""
        asked = [*self.conditions, Condition("listing.public_id = %s", (public_id,))]
        return self._found_by(gather(branch, asked, self.filters.way, None, 1) for branch in self.branches)

    def _select(self, branch: Branch, after: Place | None, size: int) -> Select:
        """Walked where that may fill the page. By words, it looks for the best match that is still to come alone."""
        way, ranked = self.filters.way, self.words if self.filters.sort == EVERYTHING.sort else None
        gathered = gather(branch, self.matching, way, after, size, ranked)
        steps = self._steps(size) if branch.may_walk else 0
        if not steps:
            return gathered
        match = (after.match if after else ranked.best) if ranked else ALIKE
        asked = [*self.conditions, *ranked.exactly(match)] if ranked else self.matching
        return walk_or_gather(walk(branch, asked, way, after, size, steps=steps, match=match), gathered, size)

    def _found_by(self, selects: Iterable[Select]) -> list[dict[str, Any]]:
        return found_by([*selects], self.looker.streamer.pk, days.next_midnight(self.looker.at))

    def _steps(self, size: int) -> int:
        """How many rows to walk along at most; 0: gather at once. Never more than gathering would look at."""
        understood = self.understood
        if not understood.terms:
            return WALK
        steps = int(LEEWAY * size * understood.total / (understood.likely or 1))
        return steps if steps < understood.likely else 0


def find(
    looker: Looker, filters: Filters, *, cursor: str = "", size: int = PAGE_SIZE, is_counted: bool = True
) -> Found:
    """What ``filters`` find for ``looker``. Within a transaction. Raises CursorInvalid.

    Without ``is_counted`` the total is that of the page: a list that goes on has been counted on its first page.
    """
    after = place_of(cursor, filters, looker.streamer.pk)
    search = Search(looker, filters)
    rows = search.page(after, size + 1)
    is_whole = after is None and len(rows) <= size
    total = len(rows) if is_whole or not is_counted else search.total()
    found = Found(
        for_you.with_reasons(dressed(rows[:size], looker), rows[:size]),
        _cursor(rows, size, filters, looker),
        min(total, COUNT_LIMIT),
        total > COUNT_LIMIT,
        search.understood.readings,
    )
    return found if rows or after else _with_the_nearest(found, search)


def find_or_begin(looker: Looker, filters: Filters, *, cursor: str = "", **options: Any) -> Found:
    """As ``find``, for people: a cursor that is none of this list's begins at the first page."""
    try:
        return find(looker, filters, cursor=cursor, **options)
    except CursorInvalid:
        return find(looker, filters, **options)


def card_of(looker: Looker, public_id: str) -> FoundCard | None:
    """The card of one product, if the list would show it."""
    search = Search(looker, EVERYTHING)
    return next(iter(dressed(search.named(public_id), looker)), None)


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
    cards = dressed(nearest, search.looker)
    return replace(found, loosened=tuple(each for each, _search in loosened), nearest=tuple(cards))


def _without_a_filter(search: Search) -> Iterator[tuple[str, str, Search]]:
    for name in search.filters.in_force:
        if name != "q":
            less = search.filters.without(name)
            yield name, "", Search(search.looker, less, search.understood)


def _without_a_word(search: Search) -> Iterator[tuple[str, str, Search]]:
    """A query of one word is left out as a whole, where filters remain."""
    terms = search.understood.terms[:TRIED_WORDS]
    if len(terms) < 2 and not search.filters.without("q").in_force:
        return
    for term in terms:
        others = [each for each in search.understood.terms if each is not term]
        words = " ".join(each.text for each in others)
        understood = replace(search.understood, terms=others, phrase="", fewest=0, likely=0)
        yield "q", term.text, Search(search.looker, replace(search.filters, q=words), understood)
