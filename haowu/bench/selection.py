"""``bench selection``: a streamer's looks through a large catalogue, beside the bare statements and a naive list."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from random import Random

import psycopg2
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from haowu.bench import goods
from haowu.bench.house import processor_seconds, processor_seconds_of, superuser
from haowu.bench.report import Figures
from haowu.bench.titles import COMMONEST, Trade
from haowu.bench.visitors import AT_ONCE, SHEET, SUGGESTIONS, Look, mixed_looks, percentile, sign_in, timed, visit
from haowu.embedded.places import run_dir
from haowu.embedded.programs import Programs
from haowu.ground import days
from haowu.ground.garbage import collected_seldom
from haowu.tenants.models import Tenant
from haowu.tenants.scope import enter_scope
from merchants.models import Product, Sku
from streamers.centre import lexicon, sync
from streamers.centre.conditions import Looker
from streamers.centre.facets import facets_of
from streamers.centre.filters import Filters
from streamers.centre.search import Search, find
from streamers.centre.suggest import suggestions
from streamers.models import Word

Seen = list[tuple[str, float]]
SECONDS = 20.0
LOOKS = 2_000
CHANGES_PER_SECOND = 1_000
TURNS_PER_SECOND = 5


def measure(figures: Figures, size: int) -> None:
    """``size`` products. Seconds of a look are those of its slowest hundredth; ``n`` counts looks."""
    trade = Trade(goods.BRANDS)
    with superuser() as cursor:
        started = time.monotonic()
        goods.stock_shelves(cursor, trade, size)
        figures.progress(f"{size:,} products written in {time.monotonic() - started:.0f} s")
    _build(figures, size)
    looks, cookies = mixed_looks(trade, LOOKS), sign_in(50)
    with Programs() as programs:
        port = programs.start_web(workers=2, threads=2)
        visit(port, cookies, looks, SECONDS)
        used, of_web = processor_seconds(), processor_seconds_of(programs.pid("web"))
        seen = visit(port, cookies, looks, SECONDS)
        used, of_web = processor_seconds() - used, processor_seconds_of(programs.pid("web")) - of_web
        floor = _bare(looks[:500])
        naive = _naive(trade)
        _add(figures, "mixed looks", seen, floor_seconds=percentile([each for _kind, each in floor], 0.99), peer=naive)
        figures.progress(f"processor seconds a look: {used / len(seen):.4f} PostgreSQL, {of_web / len(seen):.4f} web")
        for kind in sorted({kind for kind, _seconds in seen}):
            _add(figures, f"  of these: {kind}", [each for each in seen if each[0] == kind])
        for kind, words in (("common", [COMMONEST]), ("rare", _rare_words())):
            searches = [Look("words", Filters(q=word)) for word in words]
            _add(figures, f"{kind} words", visit(port, cookies, searches, SECONDS / 2))
        with _changes(size) as made:
            _add(figures, "mixed looks beside changes", visit(port, cookies, looks, SECONDS))
        figures.add("listing changes beside them", made[0], SECONDS)


def _add(figures: Figures, case: str, seen: Seen, *, peer: float | None = None, **more) -> None:
    seconds = [each for _kind, each in seen]
    figures.progress(
        f"{case}: {len(seconds) * AT_ONCE / sum(seconds):.0f}/s, median {percentile(seconds, 0.5) * 1000:.1f} ms,"
        f" p99 {percentile(seconds, 0.99) * 1000:.1f} ms"
    )
    named = {"peer": "icontains, order_by, offset, count()", "peer_per_s": peer} if peer else {}
    figures.add(case, len(seconds), sum(seconds) / AT_ONCE, **named)
    figures.add(f"{case}: slowest hundredth", 1, percentile(seconds, 0.99), **more)


def _rare_words() -> list[str]:
    return list(Word.objects.filter(listings__range=(5, 50)).order_by("word").values_list("word", flat=True)[:500])


def _bare(looks: list[Look]) -> Seen:
    """The statements of each look alone, as psycopg2 sends them, without Django and the web."""
    statements: dict[Look, list[str]] = {}
    streamer = Tenant.objects.filter(kind=Tenant.Kind.STREAMER).order_by("pk")[0]
    for look in looks:
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            enter_scope(streamer.pk)
            _answer(Looker(streamer, days.now(), 1000), look)
        statements[look] = [each["sql"] for each in captured.captured_queries]

    def visitor(_number: int):
        session = psycopg2.connect(host=str(run_dir()), user="haowu_app", dbname="haowu")

        def ask(look: Look) -> None:
            with session, session.cursor() as cursor:
                for sql in statements[look]:
                    if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
                        cursor.execute(sql)

        return ask

    return timed(visitor, looks, SECONDS / 2)


def _answer(looker: Looker, look: Look) -> None:
    """What the page asks the selection centre for."""
    if look.page == SUGGESTIONS:
        suggestions(looker.streamer, look.typed, looker.at)
    elif look.page == SHEET:
        Search(looker, look.filters).total()
        facets_of(looker, look.filters)
    else:
        find(looker, look.filters)


def _naive(trade: Trade) -> float:
    """Looks a second at what a list was before it had a machine: a substring, sorted, by offset, counted."""
    chance, done, started = Random(9), 0, time.monotonic()
    while time.monotonic() - started < SECONDS / 2:
        noun = chance.choice(chance.choice(trade.leaves).nouns)
        rows = Product.objects.listed().filter(title__icontains=noun).order_by("-listed_at", "-pk")
        start = chance.choice((0, 24, 480))
        list(rows[start : start + 24]), rows.count()
        done += 1
    return done / (time.monotonic() - started)


@contextmanager
def _changes(size: int) -> Iterator[list[int]]:
    """While it is open, prices change and the listing is brought in step; how many products were."""
    made, over = [0], threading.Event()

    def change() -> None:
        chance, each = Random(11), CHANGES_PER_SECOND // TURNS_PER_SECOND
        with closing(connection):
            next_turn = time.monotonic()
            while not over.is_set():
                picked = [goods.PRODUCT_ID + chance.randrange(size) for _change in range(each)]
                with transaction.atomic():
                    enter_scope("platform")
                    Sku.objects.filter(product__any_of=picked).update(price_fen=chance.randrange(1_000, 90_000))
                    made[0] += sync.in_step()
                next_turn += 1 / TURNS_PER_SECOND
                over.wait(max(0.0, next_turn - time.monotonic()))

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        over.set()
        thread.join()


def _build(figures: Figures, size: int) -> None:
    started, used = time.monotonic(), processor_seconds()
    done = 0
    with collected_seldom():
        for count in sync.rebuild(days.now()):
            done += count
            if done % 50_000 == 0:
                figures.progress(f"{done:,} products in {time.monotonic() - started:.0f} s")
    figures.add("the listing built anew", size, time.monotonic() - started)
    figures.progress(f"PostgreSQL's processor seconds for it: {processor_seconds() - used:.0f}")
    started = time.monotonic()
    words = lexicon.recount()
    figures.add("words counted", words, time.monotonic() - started)
    with superuser() as cursor:
        cursor.execute("VACUUM ANALYZE streamers_listing, streamers_word")
        cursor.execute(_SIZES)
        figures.progress(", ".join(f"{name} {size >> 20} MB" for name, size in cursor.fetchall()))


_SIZES = """
SELECT 'table', pg_table_size('streamers_listing')
UNION ALL SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
WHERE relname = 'streamers_listing'
"""
