"""The words that listings hold, each with its pinyin and how many listings hold it. Counted anew, never kept in step:
a word that is missing or miscounted costs speed or a suggestion, not a result.
"""

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from pypinyin import Style, lazy_pinyin

from haowu.ground.bulk import insert_rows
from streamers.centre.words import LOOSE, is_han
from streamers.models import Word

CHUNK = 5_000
TOTAL = ""
"""The word of no letters: its count is that of all listings."""


@transaction.atomic
def recount() -> int:
    """Count all words anew; how many there are. Platform scope."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        cursor.execute("SELECT word, listings FROM counted")
        counted: list[tuple[str, int]] = cursor.fetchall()
        cursor.execute("DROP TABLE counted")
    known = set(Word.objects.values_list("word", flat=True))
    for chunk in _chunks(counted):
        rows = [_row(word, listings, is_known=word in known) for word, listings in chunk]
        for same in (True, False):
            alike = [row for row in rows if (row["word"] in known) is same]
            insert_rows(Word, alike, conflict=["word"], update=["listings"])
    Word.objects.exclude(word__any_of=[word for word, _listings in counted]).delete()
    return len(counted)


def _row(word: str, listings: int, *, is_known: bool) -> dict[str, str | int]:
    """A known word keeps its pinyin: spelling it out takes longer than all else here."""
    spelt = lazy_pinyin(word, style=Style.NORMAL, errors="ignore") if is_han(word) and not is_known else []
    initials = "".join(syllable[:1] for syllable in spelt)
    return {"word": word, "pinyin": "".join(spelt), "initials": initials, "listings": listings}


def _chunks(rows: list[tuple[str, int]]) -> Iterator[Iterable[tuple[str, int]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


_COUNT = f"""
    CREATE TEMP TABLE counted ON COMMIT DROP AS
    SELECT word, count(*)::integer AS listings
    FROM streamers_listing, unnest(words) AS word
    WHERE valid_until = '2200-01-01 00:00Z' AND length(word) <= 128 AND word NOT LIKE '{LOOSE}%'
    GROUP BY word
    UNION ALL SELECT '{TOTAL}', count(*) FROM streamers_listing WHERE valid_until = '2200-01-01 00:00Z'
"""
