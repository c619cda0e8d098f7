"""``words.txt`` read: what each word or phrase of a description means, and what it says of the goods."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
NOUN, COLOUR, MATERIAL, MOTIF, STYLE, SIZE, DROP = "noun", "colour", "material", "motif", "style", "size", "drop"


@dataclass(frozen=True)
class Word:
    """``chinese`` as a noun or before one, ``before`` where a noun stands before another; ``drawn``: name of a motif.

    ``rank`` says which of several nouns the goods are: 0 seldom (LACE), 2 nearly always (LUNCH BAG).
    """

    role: str
    chinese: str
    before: str = ""
    kind: str = ""
    drawn: str = ""
    rank: int = 1


@cache
def words() -> dict[tuple[str, ...], Word]:
    """Each phrase as its words."""
    entries: dict[str, Word] = {}
    ranks: dict[str, int] = {}
    role = kind = ""
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            role, kind = NOUN, line[2:]
        elif line.startswith("@ "):
            role, kind = line[2:], ""
        elif not line.startswith("#"):
            for entry in line.split():
                if role in ("weak", "strong"):
                    ranks[entry] = 0 if role == "weak" else 2
                else:
                    english, _equals, chinese = entry.partition("=")
                    entries[english] = _word(role, kind, chinese)
    ranked = {
        english: Word(word.role, word.chinese, word.before, word.kind, word.drawn, ranks.get(english, word.rank))
        for english, word in entries.items()
    }
    return {tuple(english.split("_")): word for english, word in ranked.items()}


@cache
def longest() -> int:
    return max(map(len, words()))


def _word(role: str, kind: str, text: str) -> Word:
    if role == NOUN:
        chinese, bar, before = text.partition("|")
        return Word(role, chinese, before if bar else chinese, kind)
    chinese, _slash, drawn = text.partition("/")
    return Word(role, chinese, drawn=drawn)
