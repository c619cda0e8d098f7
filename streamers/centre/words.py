"""Words of titles and of queries. No rows here.

A *whole word* is what the segmenter finds, or a run of Latin letters and digits; it stands in the index as it is. A
*loose* token begins with ``~``: each two neighbouring Chinese characters, so that any two-character word is found by
index wherever the segmenter cuts; a Latin word's stem; the letters and the digits of a model number.
Everything is written in one way first: NFKC (full width, ligatures), small letters, simplified characters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import opencc
import rjieba
import snowballstemmer

LOOSE = "~"
MAX_TERMS = 12
STOP_WORDS = frozenset("的了和与及在是给用吗呢啊把被也都又再很")
"""Left out of a query that has other words: no title needs them."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|\d+(?:\.\d+)+[^\W_{_HAN}]*|[^\W_{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")
_COMPOUND = re.compile(r"[a-z0-9]+(?:[-/._][a-z0-9]+)+")
_PARTS = re.compile(r"[a-z]+|\d+")
_simplified = opencc.OpenCC("t2s").convert
_stemmer = snowballstemmer.stemmer("english")


def normal(text: str) -> str:
    """``text`` as it is indexed: ``"Ｈａｉｅｒ 無線"`` → ``"haier 无线"``."""
    return _simplified(unicodedata.normalize("NFKC", text).lower())


def letters(text: str) -> str:
    """The letters and digits of ``text`` alone, for finding a phrase: ``"iPhone-15 手机壳"`` → ``"iphone15手机壳"``."""
    return "".join(_RUN.findall(normal(text))).replace(".", "")


def index_words(title: str, brand: str, categories: Iterable[str], shop: str) -> list[str]:
    """The tokens of a product, sorted: whole words of title, brand and categories; loose ones of the shop too."""
    found = set(_tokens(normal(title)))
    for name in (brand, *categories):
        found |= _tokens_of_name(name)
    if brand:
        found.add(letters(brand))
    found.update(token for token in _tokens_of_name(shop) if token.startswith(LOOSE))
    return sorted(found - {""})


@dataclass(frozen=True)
class Term:
    """One word of a query. A product has it as a whole word if it holds any of ``whole``, loosely if it holds one of
    each of ``loose``.
    """

    text: str
    whole: tuple[str, ...]
    loose: tuple[tuple[str, ...], ...]

    @property
    def is_han(self) -> bool:
        return is_han(self.text)

    @property
    def is_open(self) -> bool:
        """One Chinese character by itself: found loosely only through the words that hold it."""
        return not self.loose


def query_terms(query: str) -> list[Term]:
    """The words of ``query`` in their order, each once."""
    found: dict[str, Term] = {}
    for run, before in _runs(normal(query)):
        place = 0
        for word in rjieba.cut(run) if is_han(run) else [run]:
            found.setdefault(word, term(word, _beside(run, place, before)))
            place += len(word)
    asked = [each for each in found.values() if each.text not in STOP_WORDS]
    return (asked or list(found.values()))[:MAX_TERMS]


def term(word: str, beside: str = "") -> Term:
    """``word`` (normal, one segment) as a term. ``beside``: the token of one character with what it was typed beside,
    as in ``30包``; "" where it was typed by itself.
    """
    if not is_han(word):
        return Term(word, (word,), ((LOOSE + stem(word),),))
    if len(word) == 1:
        return Term(word, (word,), ((beside, word),) if beside else ())
    return Term(word, (word,), tuple((pair,) for pair in _pairs(word)))


def is_han(text: str) -> bool:
    return bool(_IS_HAN.match(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return _stemmer.stemWord(word) if word.isascii() and word.isalpha() else word


@lru_cache(maxsize=20_000)
def _tokens_of_name(name: str) -> frozenset[str]:
    """Of a brand, a category or a shop: thousands of goods have it."""
    return frozenset(_tokens(normal(name)))


def _tokens(text: str) -> set[str]:
    """Whole and loose tokens of normal ``text``."""
    found: set[str] = set()
    for run, before in _runs(text):
        found.update(_of_han(run) if is_han(run) else _of_latin(run))
        if before:
            found.add(LOOSE + before + run[0])
    for compound in _COMPOUND.findall(text):
        found.add(LOOSE + re.sub("[-/._]", "", compound))
    return found


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Each run of one script, and for Chinese the Latin letters or digits that stand right before it."""
    end, before = -1, ""
    for match in _RUN.finditer(text):
        run = match[0]
        yield run, before if match.start() == end and is_han(run) else ""
        end, before = match.end(), "" if is_han(run) else run


def _beside(run: str, place: int, before: str) -> str:
    """The token of the character at ``place`` with its neighbour: the one before it, else the one after."""
    if place:
        return LOOSE + run[place - 1 : place + 1]
    if before:
        return LOOSE + before + run[0]
    return LOOSE + run[:2] if len(run) > 1 else ""


def _of_han(run: str) -> Iterator[str]:
    yield from rjieba.cut_for_search(run)
    yield from _pairs(run)


def _pairs(run: str) -> Iterator[str]:
    return (LOOSE + run[place : place + 2] for place in range(len(run) - 1))


def _of_latin(run: str) -> Iterator[str]:
    yield run
    yield LOOSE + stem(run)
    parts = _PARTS.findall(run)
    if len(parts) > 1:
        yield from (LOOSE + stem(part) for part in parts)
