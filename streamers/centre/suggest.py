"""Words while somebody types: what he searched for before, what is popular, brands, categories, words of titles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from bases.models import Brand
from haowu.tenants.models import Tenant
from merchants.models import Category
from streamers.centre.filters import EVERYTHING
from streamers.centre.memory import history_of, popular_queries
from streamers.centre.words import LOOSE, normal
from streamers.models import Word

HISTORY, POPULAR, NAMED, WORDS = 5, 5, 3, 6


@dataclass(frozen=True)
class Suggestion:
    """``kind``: history, popular, brand, category or word. ``query``: the page's query string that it leads to."""

    kind: str
    text: str
    query: str


def suggestions(streamer: Tenant, typed: str, at: datetime) -> list[Suggestion]:
    """At most some of each kind, each text once; without ``typed`` the history and what is popular."""
    begun = normal(typed).strip()
    found: dict[str, Suggestion] = {}
    for each in _all(streamer, begun, at):
        found.setdefault(each.text, each)
    return list(found.values())


def _all(streamer: Tenant, begun: str, at: datetime) -> Iterator[Suggestion]:
    yield from _typed("history", _beginning(history_of(streamer), begun, HISTORY))
    yield from _typed("popular", _beginning(popular_queries(at), begun, POPULAR))
    if not begun:
        return
    for category in Category.objects.filter(name__istartswith=begun).order_by("level", "code")[:NAMED]:
        yield Suggestion("category", category.name, EVERYTHING.query_string(category=category.code))
    for brand in Brand.objects.filter(normal_name__startswith=begun).order_by("normal_name")[:NAMED]:
        yield Suggestion("brand", brand.name, EVERYTHING.query_string(brand=brand.code))
    yield from _typed("word", _words(begun))


def _typed(kind: str, texts: Iterable[str]) -> Iterator[Suggestion]:
    return (Suggestion(kind, text, EVERYTHING.query_string(q=text)) for text in texts)


def _beginning(texts: Iterable[str], begun: str, limit: int) -> list[str]:
    return [text for text in texts if normal(text).startswith(begun)][:limit]


def _words(begun: str) -> list[str]:
    """The most common words that begin so, in characters, pinyin or initials."""
    spelt = Q(word__startswith=begun)
    if begun.isascii() and begun.isalpha():
        spelt |= Q(pinyin__startswith=begun) | Q(initials__startswith=begun) & ~Q(initials="")
    words = Word.objects.filter(spelt).exclude(word__startswith=LOOSE).exclude(word="")
    return list(words.order_by("-listings", "word").values_list("word", flat=True)[:WORDS])
