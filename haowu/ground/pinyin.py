"""Names by the sound of their characters: ``lxm``, ``linxiaoman`` and ``lin xiao m`` all find 林小满.

What is typed becomes a regular expression over the characters that it may stand for, so that names need no second
column that must follow every change of theirs.
"""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 45 MB of phrases that only reading whole sentences needs

from pypinyin.pinyin_dict import pinyin_dict

LONGEST = 32
CUTS = 12
"""Ways to cut what is typed into syllables that are tried, those with the longest syllables first."""
_TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}
_LETTERS = re.compile(r"[a-z]+")


def pattern(typed: str) -> str:
    """A regular expression for names whose characters sound like ``typed``; empty where it is no pinyin.

    Every syllable may be cut short, down to its first letter. The characters of GB 2312 are known.
    """
    letters = typed.lower().replace("ü", "v")
    if len(letters) > LONGEST or not _LETTERS.fullmatch(letters):
        return ""
    cuts = [cut for cut, _number in zip(_cuts(letters), range(CUTS), strict=False)]
    return "|".join("".join(f"[{_characters()[piece]}]" for piece in cut) for cut in cuts)


def _cuts(letters: str) -> Iterator[list[str]]:
    if not letters:
        yield []
        return
    for length in range(min(len(letters), 6), 0, -1):
        piece = letters[:length]
        if piece in _characters():
            for rest in _cuts(letters[length:]):
                yield [piece, *rest]


@cache
def _characters() -> dict[str, str]:
    """``{beginning of a syllable: the characters that are read so}``"""
    found: dict[str, set[str]] = defaultdict(set)
    for number, readings in pinyin_dict.items():
        character = chr(number)
        if not _is_common(character):
            continue
        for reading in readings.split(","):
            syllable = _plain(reading)
            for length in range(1, len(syllable) + 1):
                found[syllable[:length]].add(character)
    return {piece: "".join(sorted(characters)) for piece, characters in found.items()}


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _plain(reading: str) -> str:
    """``lǜ`` → ``lv``"""
    marks = [mark for mark in unicodedata.normalize("NFD", reading) if mark not in _TONES]
    return unicodedata.normalize("NFC", "".join(marks)).replace("ü", "v")
