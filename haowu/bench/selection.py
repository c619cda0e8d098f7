"""``bench selection``: the selection centre on a large catalogue."""

import time

from haowu.bench import goods
from haowu.bench.house import processor_seconds, superuser
from haowu.bench.report import Figures
from haowu.bench.titles import Trade
from haowu.ground import days
from haowu.ground.garbage import collected_seldom
from streamers.centre import lexicon, sync


def measure(figures: Figures, size: int) -> None:
    trade = Trade(goods.BRANDS)
    with superuser() as cursor:
        started = time.monotonic()
        goods.stock_shelves(cursor, trade, size)
        figures.tell(f"{size:,} products written in {time.monotonic() - started:.0f} s")
    _build(figures, size)


def _build(figures: Figures, size: int) -> None:
    started, used = time.monotonic(), processor_seconds()
    done = 0
    with collected_seldom():
        for count in sync.rebuild(days.now()):
            done += count
            if done % 50_000 == 0:
                figures.tell(f"{done:,} products in {time.monotonic() - started:.0f} s")
    figures.add("the listing built anew", size, time.monotonic() - started)
    figures.tell(f"PostgreSQL's processor seconds for it: {processor_seconds() - used:.0f}")
    started = time.monotonic()
    words = lexicon.recount()
    figures.add("words counted", words, time.monotonic() - started)
    with superuser() as cursor:
        cursor.execute("VACUUM ANALYZE streamers_listing, streamers_word")
        cursor.execute(_SIZES)
        figures.tell(", ".join(f"{name} {size >> 20} MB" for name, size in cursor.fetchall()))


_SIZES = """
SELECT 'table', pg_table_size('streamers_listing')
UNION ALL SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
WHERE relname = 'streamers_listing'
"""
