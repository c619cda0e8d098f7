"""The words that listings hold, each with its pinyin and how many listings hold it. Counted anew, never kept in step:
a word that is missing or miscounted costs speed or a suggestion, not a result.
"""

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
    known = set(Word.objects.values_list("word", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        cursor.execute("SELECT word, listings FROM counted")
        counted: list[tuple[str, int]] = cursor.fetchall()
        for start in range(0, len(counted), CHUNK):
            chunk = counted[start : start + CHUNK]
            _write([(word, listings) for word, listings in chunk if word not in known])
        cursor.execute(_UPDATE)
    return len(counted)


def _write(words: list[tuple[str, int]]) -> None:
    insert_rows(Word, [_row(word, listings) for word, listings in words])


def _row(word: str, listings: int) -> dict[str, str | int]:
    spelt = lazy_pinyin(word, style=Style.NORMAL, errors="ignore") if is_han(word) else []
    initials = "".join(syllable[:1] for syllable in spelt)
    return {"word": word, "pinyin": "".join(spelt), "initials": initials, "listings": listings}


_COUNT = f"""
    CREATE TEMP TABLE counted ON COMMIT DROP AS
    SELECT word, count(*)::integer AS listings
    FROM streamers_listing, unnest(words) AS word
    WHERE valid_until = '2200-01-01 00:00Z' AND length(word) <= 128 AND word NOT LIKE '{LOOSE}%'
    GROUP BY word
    UNION ALL SELECT '{TOTAL}', count(*) FROM streamers_listing WHERE valid_until = '2200-01-01 00:00Z'
"""
_UPDATE = """
    UPDATE streamers_word AS known SET listings = counted.listings FROM counted
    WHERE counted.word = known.word AND counted.listings <> known.listings;
    DELETE FROM streamers_word AS known WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = known.word);
    DROP TABLE counted;
"""
