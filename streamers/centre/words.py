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
    found: set[str] = set()
    for text in (title, brand, *categories):
        found |= _tokens(normal(text))
    if brand:
        found.add(letters(brand))
    found |= {token for token in _tokens(normal(shop)) if token.startswith(LOOSE)}
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
        """One Chinese character: found loosely only through the words that hold it."""
        return self.is_han and len(self.text) == 1


def query_terms(query: str) -> list[Term]:
    """The words of ``query`` in their order, each once."""
    found: dict[str, Term] = {}
    for run in _RUN.findall(normal(query)):
        for word in rjieba.cut(run) if is_han(run) else [run]:
            found.setdefault(word, term(word))
    asked = [each for each in found.values() if each.text not in STOP_WORDS]
    return (asked or list(found.values()))[:MAX_TERMS]


def term(word: str) -> Term:
    """``word`` (normal, one segment) as a term."""
    if not is_han(word):
        return Term(word, (word,), ((LOOSE + stem(word),),))
    return Term(word, (word,), tuple((pair,) for pair in _pairs(word)))


def is_han(text: str) -> bool:
    return bool(_IS_HAN.match(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return _stemmer.stemWord(word) if word.isascii() and word.isalpha() else word


def _tokens(text: str) -> set[str]:
    """Whole and loose tokens of normal ``text``."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        found.update(_of_han(run) if is_han(run) else _of_latin(run))
    for compound in _COMPOUND.findall(text):
        found.add(LOOSE + re.sub("[-/._]", "", compound))
    return found


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
