"""A description such as WHITE HANGING HEART T-LIGHT HOLDER as a Chinese seller's title: 白色心形挂式烛台.

Words before the noun are put in the order of a Chinese title. A word that is not known is left out; where no noun is
known, the goods are called after what they show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from haowu.demo.goods import glossary
from haowu.demo.goods.glossary import COLOUR, DROP, MATERIAL, MOTIF, NOUN, SIZE, STYLE, Word

_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9'-]*|[&+]")
_COUNT = re.compile(r"\b(SET|S|PACK|PKT|BOX|CARD|TUBE|BAG)\s*(?:/|OF|,)?\s*(?:OF\s*)?([0-9]{1,3})\b")
_TIERS = re.compile(r"\b([2-4]|ONE|TWO|THREE|FOUR|1)[ -]?(TIER|DRAWER|HOOK)S?\b")
_MEASURE = re.compile(r"\b([0-9]{1,3}(?:[.,][0-9])?(?:\s?X\s?[0-9]{1,3}(?:[.,][0-9])?)?)\s?(CM|G|ML)\b")
_LETTER = re.compile(r"LETTERS? [\"']?([A-Z])[\"']?(?=[ ,]|$)")
_FIRST_COUNT = re.compile(r"^\s*([0-9]{1,3})\s+(?=[A-Z])")
_UNITS = {"SET": "件套", "S": "件套", "BOX": "枚盒装"}
_DIGITS = {"1": "单", "2": "双", "3": "三", "4": "四", "ONE": "单", "TWO": "双", "THREE": "三", "FOUR": "四"}
_TIER_WORDS = {"TIER": "层", "DRAWER": "抽", "HOOK": "钩"}
_MEASURE_WORDS = {"CM": " cm", "G": " 克", "ML": " 毫升"}
_MOST = {COLOUR: 2, STYLE: 2, MOTIF: 2, SIZE: 1, MATERIAL: 1}
ELSE = Word(NOUN, "创意摆件", kind="figurine")


@dataclass(frozen=True)
class Title:
    """What a description says: the title, the kind of goods, and what a picture shows of them."""

    chinese: str
    kind: str
    colours: tuple[str, ...] = ()
    motif: str = ""
    themes: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class _Found:
    """The words of a description in order; ``unknown`` are those that the glossary lacks."""

    words: list[tuple[str, Word]]
    unknown: list[str]


@lru_cache(maxsize=10_000)
def title_of(description: str) -> Title:
    text, count, tier, measure = _numbers(description.upper())
    found = _find(text)
    head, nouns = _head(found.words)
    by_role = {role: _first_of(found.words, role) for role in _MOST}
    before = [
        _colours([word.chinese for word in by_role[COLOUR]]),
        *(word.chinese for word in by_role[STYLE]),
        *(word.chinese for word in by_role[MOTIF]),
        *(noun.before for noun in nouns[-1:]),
        tier,
        *(word.chinese for word in by_role[SIZE]),
        *(word.chinese for word in by_role[MATERIAL]),
    ]
    title = _joined(before, head.chinese)
    title = " ".join(filter(None, [title, measure.strip(), count]))
    return Title(
        title,
        head.kind,
        tuple(word.chinese for word in by_role[COLOUR]),
        next((word.drawn for word in by_role[MOTIF]), ""),
        frozenset(english for english, _word in found.words),
    )


def unknown(description: str) -> list[str]:
    """The words of a description that the glossary does not know."""
    return _find(_numbers(description.upper())[0]).unknown


def tokens(description: str) -> list[str]:
    """All words that the glossary is asked for."""
    return [token for token in _TOKEN.findall(_numbers(description.upper())[0]) if not token.isdigit()]


def _numbers(text: str) -> tuple[str, str, str, str]:
    """``text`` without its numbers, which are said after the noun (count, measure) or right before it (tiers)."""
    count = tier = measure = ""
    if match := _TIERS.search(text):
        tier = _DIGITS[match[1]] + _TIER_WORDS[match[2]]
        text = text.replace(match[0], " ")
    if match := _MEASURE.search(text):
        measure = match[1].replace(" ", "").replace("X", "×").replace(",", ".") + _MEASURE_WORDS[match[2]]
        text = text.replace(match[0], " ")
    if match := _LETTER.search(text):
        measure = f" {match[1]}"
        text = text.replace(match[0], "LETTER ", 1)
    if match := _COUNT.search(text) or _FIRST_COUNT.search(text):
        kind, number = match.groups() if match.re is _COUNT else ("", match[1])
        count = f"{int(number)} {_UNITS.get(kind, '件装')}" if int(number) > 1 else ""
        text = text.replace(match[0], " ", 1)
    return text, count, tier, measure


def _find(text: str) -> _Found:
    """The longest phrases first, from left to right."""
    parts = [token for token in _TOKEN.findall(text) if not token.isdigit()]
    words: list[tuple[str, Word]] = []
    missing: list[str] = []
    place = 0
    while place < len(parts):
        for length in range(min(glossary.longest(), len(parts) - place), 0, -1):
            if known := _known(tuple(parts[place : place + length])):
                words.append((" ".join(parts[place : place + length]), known))
                place += length
                break
        else:
            missing.append(parts[place])
            place += 1
    return _Found(words, missing)


def _known(phrase: tuple[str, ...]) -> Word | None:
    """The phrase, or its singular."""
    known = glossary.words()
    *first, last = phrase
    for form in _singulars(last):
        if word := known.get((*first, form)):
            return word
    return None


def _singulars(word: str) -> Iterator[str]:
    yield word
    if len(word) > 3 and word.endswith("S"):
        yield word[:-1]
        if word.endswith("IES"):
            yield f"{word[:-3]}Y"
        if word.endswith("ES"):
            yield word[:-2]


def _head(words: list[tuple[str, Word]]) -> tuple[Word, list[Word]]:
    """The noun that the goods are, and the nouns before it.

    Mostly the last, as in CAKE TIN; the first where a colour or pattern comes after it, as in CAKE TIN RED SPOTS.
    """
    nouns = _nouns(words[: _with(words)]) or _nouns(words)
    if not nouns:
        return _called_after(words), []
    best = max(word.rank for _place, word in nouns)
    candidates = [(place, word) for place, word in nouns if word.rank == best]
    place, head = candidates[0] if best == 2 or _is_described_after(candidates[0][0], words) else candidates[-1]
    return head, [word for at, word in nouns if at != place and word.chinese != head.chinese]


def _nouns(words: list[tuple[str, Word]]) -> list[tuple[int, Word]]:
    return [(place, word) for place, (_english, word) in enumerate(words) if word.role == NOUN]


def _with(words: list[tuple[str, Word]]) -> int:
    """Where what the goods come in or with begins: CANDLES | IN BOWL."""
    return next((place for place, (english, _word) in enumerate(words) if place and english in ("IN", "WITH", "W")), 99)


def _is_described_after(place: int, words: list[tuple[str, Word]]) -> bool:
    after = [word.role for _english, word in words[place + 1 : place + 2] if word.role != DROP]
    return bool(after) and after[0] in (COLOUR, MOTIF) and place <= 2


def _called_after(words: list[tuple[str, Word]]) -> Word:
    motifs = [english for english, word in words if word.role == MOTIF]
    return Word(NOUN, "挂饰", kind="ornament") if motifs else ELSE


def _colours(names: list[str]) -> str:
    """Two are said in one word, as 红白色; COLOURED says nothing beside a colour."""
    named = [name for name in names if name != "彩色"] or names[:1]
    if len(named) == 2 and all(len(name) == 2 and name.endswith("色") for name in named):
        return f"{named[0][0]}{named[1][0]}色"
    return "".join(named)


def _first_of(words: list[tuple[str, Word]], role: str) -> list[Word]:
    chosen: dict[str, Word] = {word.chinese: word for _english, word in words if word.role == role}
    return list(chosen.values())[: _MOST[role]]


def _joined(before: list[str], noun: str) -> str:
    """One text, in which nothing is said twice."""
    text = ""
    for word in filter(None, before):
        if word not in text and word not in noun:
            text += word
    return text + noun
