"""``bench clicks``: what a second of clicks takes, from the browser's request to the counts.

Two halves: the door, beside a bare WSGI redirect in the same kind of server; and the storing of what waits, beside one
COPY of the same rows into a table of the same columns and key.
"""

import contextlib
import http.client
import io
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

from django.db import connections, transaction

from haowu.bench.house import processor_seconds, processor_seconds_of
from haowu.bench.report import Figures
from haowu.embedded.programs import WORKER_CLASS, Programs
from haowu.ground import days
from haowu.market import loading as market
from haowu.tenants.models import Tenant
from streamers.clicks import storing, waiting
from streamers.clicks.storing import NewClick
from streamers.links import making
from streamers.models import Link, LinkDay, Pick

LINKS = 200
BROWSERS = 2_000
AT_ONCE = 4
SECONDS = 15.0
REPEATED_ONE_IN = 5
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{} like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.{}"


def measure(figures: Figures, size: int) -> None:
    """``size`` clicks are stored; the door is asked for SECONDS by AT_ONCE clients, each over a kept connection."""
    links = _links()
    _store(figures, links, size)
    with Programs() as programs:
        programs.start_worker()
        programs.start_beat()
        port = programs.start_web(workers=2, threads=4)
        paths = [f"/s/{link.code}" for link in links]
        _ask(port, paths, 3.0)  # every process has looked every link up
        before = _counted()
        used, of_web = processor_seconds(), processor_seconds_of(programs.pid("web"))
        asked = _ask(port, paths, SECONDS)
        used, of_web = processor_seconds() - used, processor_seconds_of(programs.pid("web")) - of_web
        waited = _until_stored()
        figures.add("clicks through the door", asked, SECONDS, floor_seconds=asked / _bare_per_s())
        figures.add("  until all of them are counted", asked, SECONDS + waited)
        thousands = asked / 1000
        figures.progress(
            f"a thousand clicks: {of_web / thousands:.2f} s of web, {used / thousands:.2f} s of PostgreSQL"
        )
        figures.progress(
            f"{_counted() - before:,} of {asked:,} count: a visitor's clicks on a link within half an hour once"
        )


def _bare_per_s() -> float:
    """Redirects a second of a program that does nothing else, in the same kind of server."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    hands = ("--workers", "2", "--threads", "4", "--worker-class", WORKER_CLASS, "--log-level", "error")
    command = (sys.executable, "-m", "gunicorn", "haowu.bench.redirecting", "--bind", f"127.0.0.1:{port}", *hands)
    server = subprocess.Popen(command)
    try:
        time.sleep(2)
        return _ask(port, ["/s/x"], SECONDS / 3) / (SECONDS / 3)
    finally:
        server.terminate()
        server.wait()


def _links() -> list[Link]:
    products = [
        {"code": f"p{n}", "title": f"p{n}", "category": "a/b/c", "price_fen": 9_900, "stock": 9} for n in range(LINKS)
    ]
    named = [{"merchant": "m0", "code": product["code"]} for product in products]
    market.load(
        {
            "merchants": [{"code": "m0", "name": "m0", "products": products}],
            "streamers": [{"code": "s0", "name": "s0", "fans": 1}],
            "plans": [
                {"merchant": "m0", "type": "normal", "product": product["code"], "rates": [{"bps": 1000}]}
                for product in products
            ],
            "picks": [{"pid": f"x{n}", "streamer": "s0", "product": each} for n, each in enumerate(named)],
        }
    )
    streamer = Tenant.objects.get(kind=Tenant.Kind.STREAMER, code="s0")
    pids = list(Pick.objects.filter(streamer=streamer).values_list("pid", flat=True))
    at = days.now()
    made = [
        answer
        for begin in range(0, len(pids), making.MOST)
        for answer in making.make_many(
            streamer, [making.NewLink(pid) for pid in pids[begin : begin + making.MOST]], at=at
        )
    ]
    return [link for link in made if isinstance(link, Link)]


def _store(figures: Figures, links: list[Link], size: int) -> None:
    """In sets as a worker reads them; one click in five is its visitor's second."""
    chance, begins_at = Random(7), days.start_of(days.day_of(days.now()))
    clicks = [
        NewClick(
            chance.choice(links).pk,
            number if number % REPEATED_ONE_IN else chance.randrange(size),
            begins_at + timedelta(seconds=chance.uniform(0, 60_000)),
        )
        for number in range(size)
    ]
    began = time.monotonic()
    for begin in range(0, size, waiting.SET):
        storing.store(clicks[begin : begin + waiting.SET])
    seconds = time.monotonic() - began
    merchant = links[0].product.merchant_id
    figures.add("clicks stored, counted and added up", size, seconds, floor_seconds=_copied(clicks, merchant))


def _copied(clicks: Iterable[NewClick], merchant: int) -> float:
    """The same rows by one COPY: nothing is known of earlier ones, nothing counted, no policy asked."""
    rows = io.StringIO("".join(f"{c.day}\t{c.link_id}\t{c.visitor}\t{c.clicked_at}\t{merchant}\tt\n" for c in clicks))
    with _floor_table():
        began = time.monotonic()
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.copy_expert("COPY click_floor FROM STDIN", rows)
        return time.monotonic() - began


@contextlib.contextmanager
def _floor_table() -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "DROP TABLE IF EXISTS click_floor; CREATE TABLE click_floor (LIKE streamers_click INCLUDING ALL)"
        )
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TABLE click_floor")


def _ask(port: int, paths: list[str], seconds: float) -> int:
    """How many answers AT_ONCE clients got, each asking again as soon as it is answered."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(AT_ONCE) as clients:
        return sum(clients.map(lambda number: _client(port, paths, until, number), range(AT_ONCE)))


def _client(port: int, paths: list[str], until: float, number: int) -> int:
    chance, asked = Random(number), 0
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while time.monotonic() < until:
        browser = chance.randrange(BROWSERS)
        headers = {"User-Agent": PHONE.format(browser % 8, browser // 8)}
        connection.request("GET", chance.choice(paths), headers=headers)
        connection.getresponse().read()
        asked += 1
    connection.close()
    return asked


def _until_stored() -> float:
    """Seconds until nothing waits any more."""
    began = time.monotonic()
    while waiting.client().xlen(waiting.STREAM) and time.monotonic() - began < 60:
        time.sleep(0.1)
    return time.monotonic() - began


def _counted() -> int:
    return sum(LinkDay.objects.values_list("clicks", flat=True))
