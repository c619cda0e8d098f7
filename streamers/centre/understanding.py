"""From what somebody typed to the words that listings hold: pinyin, its initials, and Latin names with a typo.

A Latin word that any listing holds is what it says; only one that none holds is read in another way.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from streamers.centre.lexicon import TOTAL
from streamers.centre.words import Term, letters, query_terms, term
from streamers.models import Word

ALTERNATIVES = 5
WORDS_OF_A_CHARACTER = 12
LONGEST_PINYIN = 30
SHORTEST_TYPO = 4
SEVERAL_WORDS = 3
"""So many characters may be words that the segmenter took for one."""
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
    ``likely``: how many would have all words if these came independently; ``total``: how many listings there are.
    """

    terms: Sequence[Term]
    phrase: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    fewest: int = 0
    likely: float = 0
    total: int = 0


def understand(query: str) -> Understood:
    """``query`` read with what listings hold now."""
    asked = query_terms(query)
    counts = _counts(asked)
    unknown = _unknown([one for one in asked if _may_be_unknown(one, counts)])
    terms: list[Term] = []
    readings: list[tuple[str, str]] = []
    for one in asked:
        read = _read(one) if one.text in unknown else []
        if read and not one.is_han:
            readings.append((one.text, " ".join(each.whole[0] for each in read)))
        terms += [_opened(each) if each.is_open else each for each in read or [one]]
    if unknown:
        counts = _counts(terms)
    frequencies, total = [_frequency(one, counts) for one in terms], counts.get(TOTAL, 0)
    fewest = min(frequencies, default=0)
    likely = total * prod(min(1.0, each / total) for each in frequencies) if total else 0
    typed = letters(query)
    phrase = typed if not readings and fewest <= PHRASE_WORDS and len(typed) > 1 else ""
    return Understood(terms, phrase, tuple(readings), fewest, likely, total)


def _may_be_unknown(one: Term, counts: dict[str, int]) -> bool:
    """A Latin word, or a Chinese one that could be several."""
    return one.text not in counts and (not one.is_han or len(one.text) >= SEVERAL_WORDS)


def _counts(terms: Iterable[Term]) -> dict[str, int]:
    words = {word for one in terms for word in one.whole} | {TOTAL}
    return dict(Word.objects.filter(word__any_of=words).values_list("word", "listings"))


def _frequency(one: Term, counts: dict[str, int]) -> int:
    return sum(counts.get(word, 0) for word in one.whole)


def _unknown(terms: Sequence[Term]) -> set[str]:
    """The words of ``terms`` that no listing holds, not even loosely: asked of the index, which is always in step.

    Materialized, since PostgreSQL would else look at row after row for one that it believes to come soon.
    """
    found: set[str] = set()
    with connection.cursor() as cursor:
        for one in terms:
            tokens = [group[0] for group in one.loose]
            cursor.execute(
                "WITH held AS MATERIALIZED (SELECT FROM streamers_listing WHERE words @> %s::text[])"
                " SELECT EXISTS (SELECT FROM held)",
                [tokens],
            )
            if not cursor.fetchone()[0]:
                found.add(one.text)
    return found


def _read(one: Term) -> list[Term]:
    """The terms that an unknown one was perhaps meant for; none: it cannot be read otherwise."""
    word = one.text
    if one.is_han:
        return _recut(word)
    if not word.isascii() or not word.isalpha():
        return []
    return _spelt(word, "pinyin") or _of_typo(word) or _spelt(word, "initials", shortest=2)


def _recut(word: str) -> list[Term]:
    """碎花裙 → 碎花, 裙: the fewest words that listings hold, and single characters for the rest."""
    known = set(_counts([Term(word, tuple(_pieces(word)), ())])) - {TOTAL}
    pairs = {word[place : place + 2] for place in range(len(word) - 1)}
    known |= pairs - _unknown([term(pair) for pair in pairs])
    pieces = _fewest(word, known | set(word)) if known else None
    return [term(piece) for piece in pieces or []]


def _spelt(typed: str, column: str, shortest: int = 1) -> list[Term]:
    """``shoujike`` → 手机, 壳: the fewest words whose pinyin (or initials) in a row is all of it."""
    if not 2 <= len(typed) <= LONGEST_PINYIN:
        return []
    words = _words_by(column, {piece for piece in _pieces(typed) if len(piece) >= shortest})
    return [_any_of(words[piece]) for piece in _fewest(typed, words) or []]


def _pieces(text: str) -> set[str]:
    size = len(text)
    return {text[start:end] for start in range(size) for end in range(start + 1, size + 1)}


def _fewest(text: str, known: Collection[str]) -> list[str] | None:
    """The fewest pieces among ``known`` that make up ``text``; None where none do."""
    ways: list[list[str] | None] = [[], *[None] * len(text)]
    for end in range(1, len(text) + 1):
        found = [
            [*before, text[start:end]]
            for start in range(end)
            if (before := ways[start]) is not None and text[start:end] in known
        ]
        ways[end] = min(found, key=len, default=None)
    return ways[-1]


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


def _opened(one: Term) -> Term:
    """One Chinese character: held by what holds any common word with it, the better where the word ends with it.

    What a word ends with says what a thing is: 绿茶 is a tea, 茶轴 is none.
    """
    rows = Word.objects.filter(word__contains=one.text).order_by("-listings", "word")
    words = [one.text, *rows.values_list("word", flat=True)[:WORDS_OF_A_CHARACTER]]
    ending = [word for word in words if word.endswith(one.text)]
    return replace(one, whole=tuple(dict.fromkeys(ending)), loose=(tuple(dict.fromkeys(words)),))
