"""Search across one's own things. Each app says in its ``finders.py`` what of its nouns a tenant can find.

A finder gets the tenant and the words typed, each of which must occur, and answers with at most ``LIMIT`` hits.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

LIMIT = 6
MAX_WORDS = 6


@dataclass(frozen=True)
class Hit:
    """``mark`` is what a tag draws beside it: a tenant, or a product with its images."""

    title: str
    note: str
    url: str
    mark: Any = None
    is_product: bool = False


@dataclass(frozen=True)
class Found:
    label: str | Promise
    hits: list[Hit]


Finder = Callable[[Any, list[str]], Iterable[Hit]]

_finders: list[tuple[frozenset[str], str | Promise, Finder]] = []


def finder(label: str | Promise, *kinds: str) -> Callable[[Finder], Finder]:
    """Marks a function that finds things under ``label`` for the ``kinds`` of tenant."""

    def add(function: Finder) -> Finder:
        _finders.append((frozenset(map(str, kinds)), label, function))
        return function

    return add


def find(tenant: Any, typed: str) -> Iterator[Found]:
    """By kind of thing, those that have hits. One query a kind, and what its hits need."""
    words = typed.split()[:MAX_WORDS]
    if not words:
        return
    for kinds, label, function in _finders:
        if tenant.kind in kinds and (hits := list(function(tenant, words))[:LIMIT]):
            yield Found(label, hits)
