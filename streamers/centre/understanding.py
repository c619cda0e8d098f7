"""From what somebody typed to the words that listings hold: pinyin, its initials, and Latin names with a typo.

A Latin word that any listing holds is what it says; only one that none holds is read in another way.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from streamers.centre.lexicon import TOTAL
from streamers.centre.words import LOOSE, Term, letters, query_terms
from streamers.models import Word

ALTERNATIVES = 5
WORDS_OF_A_CHARACTER = 12
LONGEST_PINYIN = 30
SHORTEST_TYPO = 4
LIKE_ENOUGH = 0.75
"""One letter in four of a Latin name may be wrong, missing, too many, or changed with its neighbour."""
PHRASE_WORDS = 20_000
"""A word that more listings hold has no rank of its own for titles that hold the query as it stands: to find them all
would take longer than the page may."""
VOCABULARY_SECONDS = 600


@dataclass(frozen=True)
class Understood:
    """``phrase``: the letters that a title holds side by side if it matches best; "" where that is not asked.

    ``readings``: what was typed, and the words it was taken for. ``fewest``: how many listings the rarest word has.
    ``total``: how many listings there are.
    """

    terms: Sequence[Term]
    phrase: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    fewest: int = 0
    total: int = 0


def understand(query: str) -> Understood:
    """``query`` read with what listings hold now."""
    counts = _counts(query_terms(query))
    terms: list[Term] = []
    readings: list[tuple[str, str]] = []
    asked = query_terms(query)
    unknown = _unknown([term for term in asked if not term.is_han and term.text not in counts])
    for term in asked:
        if term.text in unknown and (read := _read(term.text)):
            terms += read
            readings.append((term.text, " ".join(each.whole[0] for each in read)))
        else:
            terms.append(_opened(term) if term.is_open else term)
    if readings:
        counts = _counts(terms)
    fewest = min((_frequency(term, counts) for term in terms), default=0)
    phrase = letters(query) if not readings and fewest <= PHRASE_WORDS else ""
    return Understood(terms, phrase, tuple(readings), fewest, counts.get(TOTAL, 0))


def _counts(terms: Iterable[Term]) -> dict[str, int]:
    words = {word for term in terms for word in term.whole} | {TOTAL}
    return dict(Word.objects.filter(word__any_of=words).values_list("word", "listings"))


def _frequency(term: Term, counts: dict[str, int]) -> int:
    return sum(counts.get(word, 0) for word in term.whole)


def _unknown(terms: Sequence[Term]) -> set[str]:
    """The words of ``terms`` that no listing holds, not even loosely: asked of the index, which is always in step."""
    if not terms:
        return set()
    tokens = {group[0]: term.text for term in terms for group in term.loose}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT token FROM unnest(%s) AS token"
            " WHERE NOT EXISTS (SELECT FROM streamers_listing WHERE words @> ARRAY[token])",
            [list(tokens)],
        )
        return {tokens[token] for (token,) in cursor.fetchall()}


def _read(word: str) -> list[Term]:
    """The terms that an unknown Latin ``word`` was perhaps meant for; none: it cannot be read otherwise."""
    if not word.isascii() or not word.isalpha():
        return []
    return _of_pinyin(word) or _of_typo(word) or _of_initials(word)


def _of_pinyin(spelt: str) -> list[Term]:
    """``shoujike`` → 手机, 壳: the fewest words that spell all of it."""
    if not 2 <= len(spelt) <= LONGEST_PINYIN:
        return []
    size = len(spelt)
    pieces = {spelt[start:end] for start in range(size) for end in range(start + 1, size + 1)}
    words = _words_by("pinyin", pieces)
    fewest: list[list[str] | None] = [[], *[None] * size]
    for end in range(1, size + 1):
        ways = [
            [*before, spelt[start:end]]
            for start in range(end)
            if (before := fewest[start]) is not None and spelt[start:end] in words
        ]
        fewest[end] = min(ways, key=len, default=None)
    return [_any_of(words[piece]) for piece in fewest[size] or []]


def _of_initials(typed: str) -> list[Term]:
    found = _words_by("initials", {typed}) if len(typed) >= 2 else {}
    return [_any_of(words) for words in found.values()]


def _of_typo(typed: str) -> list[Term]:
    """``adiddas`` → adidas."""
    if len(typed) < SHORTEST_TYPO:
        return []
    near = process.extract(
        typed,
        _latin_words(int(time.monotonic() // VOCABULARY_SECONDS)),
        scorer=OSA.normalized_similarity,
        score_cutoff=LIKE_ENOUGH,
        limit=ALTERNATIVES,
    )
    closest = [word for word, score, _place in near if score == near[0][1]]
    return [_any_of(closest)] if closest else []


@lru_cache(maxsize=1)
def _latin_words(_turn: int) -> list[str]:
    """Those that could be a name, the most common first. Read again every ten minutes."""
    names = Word.objects.filter(pinyin="", word__regex=f"^[a-z]{{{SHORTEST_TYPO},24}}$")
    return list(names.order_by("-listings", "word").values_list("word", flat=True))


def _words_by(column: str, spelt: Collection[str]) -> dict[str, list[str]]:
    """The most common words of each of ``spelt``."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = Word.objects.filter(**{f"{column}__any_of": list(spelt)}).exclude(**{column: ""})
    for spelling, word in rows.order_by("-listings", "word").values_list(column, "word"):
        if len(found[spelling]) < ALTERNATIVES:
            found[spelling].append(word)
    return found


def _any_of(words: Sequence[str]) -> Term:
    return Term(words[0], tuple(words), (tuple(words),))


def _opened(term: Term) -> Term:
    """One Chinese character: held loosely by what holds any common word with it."""
    rows = Word.objects.filter(word__contains=term.text).exclude(word__startswith=LOOSE)
    words = rows.order_by("-listings", "word").values_list("word", flat=True)[:WORDS_OF_A_CHARACTER]
    return replace(term, loose=(tuple({term.text, *words}),))
