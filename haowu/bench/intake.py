"""``bench intake``: order events over HTTP through the real stack, beside bare COPY and merge of the rows they left."""

import http.client
import io
import json
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from commissions.models import OrderLine
from haowu.bench.house import processor_seconds, processor_seconds_of, superuser
from haowu.bench.report import Figures
from haowu.embedded.programs import Programs
from haowu.ground import days
from haowu.market import loading as market
from haowu.partners.clients import register_client
from haowu.tenants.models import Tenant

BATCH = 500
CLIENTS = 4
MERCHANTS, PRODUCTS, STREAMERS = 100, 10, 200
BEGAN = datetime(2026, 6, 1, 12, tzinfo=days.SHANGHAI)


def measure(figures: Figures, size: int) -> None:
    """About ``size`` events of orders of one to three lines: all paid, then all shipped, then all received."""
    figures.progress("the market")
    market.load(_market())
    orders = size // 3
    waves = {"paid": _paid(orders), "shipped": _later("shipped", orders, 1), "received": _later("received", orders, 3)}
    bodies = {name: _bodies(list(wave)) for name, wave in waves.items()}
    partner = Tenant.objects.create(kind=Tenant.Kind.PARTNER, code="bench", name="bench")
    client = register_client(partner, "bench", ["order-events:write"])
    os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
    with Programs() as programs, ThreadPoolExecutor(CLIENTS) as pool:
        port = programs.start_web(workers=2, threads=4)
        caller = Caller(port, client)
        waits: list[float] = []
        total = 0.0
        before = _processors(programs)
        for name, wave in bodies.items():
            figures.progress(name)
            started = time.monotonic()
            answered = list(pool.map(caller.push, wave))
            seconds = time.monotonic() - started
            figures.add(f"intake over HTTP: {name}", orders, seconds)
            waits += answered
            total += seconds
        used = {program: after - before[program] for program, after in _processors(programs).items()}
    lines = OrderLine.objects.count()
    figures.add("intake over HTTP: all events", 3 * orders, total, floor_seconds=_bare())
    figures.add("order lines attributed, priced and stored", lines, total)
    for program, seconds in used.items():
        figures.add(f"processor seconds: {program}", 3 * orders, seconds)
    figures.add("a batch of 500: p50", BATCH, statistics.median(waits))
    figures.add(
        "a batch of 500: p99",
        BATCH,
        statistics.quantiles(waits, n=100)[98] if len(waits) > 1 else waits[0],
    )


class Caller:
    """An API client with a token, as a partner's programs are. Refuses to go on where an event is not accepted."""

    def __init__(self, port: int, client: tuple[str, str]) -> None:
        self.port = port
        fields = {"grant_type": "client_credentials", "client_id": client[0], "client_secret": client[1]}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.token = self._post("/oauth/token/", urlencode(fields).encode(), headers)["access_token"]

    def push(self, body: bytes) -> float:
        """Seconds from sending the batch to having its answer."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        started = time.monotonic()
        results = self._post("/api/v1/order-events", body, headers)["results"]
        seconds = time.monotonic() - started
        refused = [result for result in results if result["status"] != "accepted"]
        if refused:
            raise RuntimeError(f"not accepted: {refused[0]}")
        return seconds

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:300]!r}")
        return json.loads(text)


def _market() -> dict[str, Any]:
    """Products with their plans; each streamer picked twenty of them."""
    products = [(f"m{m}", f"p{p}") for m in range(MERCHANTS) for p in range(PRODUCTS)]
    named = [{"merchant": merchant, "code": code} for merchant, code in products]
    chance = Random(7)
    picks = [
        {"pid": f"x{s}-{n}", "streamer": f"s{s}", "product": product}
        for s in range(STREAMERS)
        for n, product in enumerate(chance.sample(named, 20))
    ]
    return {
        "merchants": [
            {
                "code": f"m{m}",
                "name": f"m{m}",
                "products": [
                    {"code": f"p{p}", "title": f"p{p}", "price_fen": 9900, "stock": 10} for p in range(PRODUCTS)
                ],
            }
            for m in range(MERCHANTS)
        ],
        "streamers": [{"code": f"s{s}", "name": f"s{s}"} for s in range(STREAMERS)],
        "plans": _plans(named),
        "picks": picks,
    }


def _plans(named: list[dict[str, str]]) -> list[dict[str, Any]]:
    """A normal plan for each of the products ``named``, a targeted one for every fifth."""
    normal = [
        {
            "merchant": each["merchant"],
            "type": "normal",
            "product": each["code"],
            "rates": [{"bps": 1000 + 100 * (i % 10)}],
        }
        for i, each in enumerate(named)
    ]
    targeted = [
        {
            "merchant": each["merchant"],
            "type": "item_targeted",
            "product": each["code"],
            "streamers": {f"s{i % STREAMERS}": 2500},
        }
        for i, each in enumerate(named[::5])
    ]
    return normal + targeted


def _paid(orders: int) -> Iterator[dict[str, Any]]:
    picks = [(pick["pid"], pick["product"]) for pick in _market()["picks"]]
    chance = Random(11)
    for number in range(orders):
        lines = []
        for line_no in range(1, chance.choice((1, 1, 1, 2, 3)) + 1):
            pid, product = picks[int(len(picks) * chance.random() ** 3)]
            price = chance.randrange(100, 50_000)
            lines.append({"line_no": line_no, "product": product, "quantity": 1, "price_fen": price, "pid": pid})
        at = (BEGAN + timedelta(seconds=number % 86_400)).isoformat()
        yield _event("paid", number, at) | {
            "ordered_at": at,
            "buyer_ref": f"b{number}",
            "freight_fen": 0,
            "lines": lines,
        }


def _later(type: str, orders: int, after_days: int) -> Iterator[dict[str, Any]]:
    for number in range(orders):
        yield _event(type, number, (BEGAN + timedelta(days=after_days, seconds=number % 86_400)).isoformat())


def _bodies(events: list[dict[str, Any]]) -> list[bytes]:
    batches = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
    return [json.dumps({"events": batch}).encode() for batch in batches]


def _event(type: str, number: int, at: str) -> dict[str, Any]:
    return {"event_id": f"{type}-{number}", "type": type, "order_no": f"o{number}", "occurred_at": at}


def _processors(programs: Programs) -> dict[str, float]:
    """Processor seconds used so far by each of the three that share the machine's cores."""
    return {
        "client": time.process_time(),
        "web": processor_seconds_of(programs.pid("web")),
        "database": processor_seconds(),
    }


def _bare() -> float:
    """Seconds of COPY into a staging table and a merge by key, for the rows that the intake left, as they ended up."""
    tables = {"commissions_order": "id", "commissions_orderevent": "source_id, event_id", "commissions_orderline": "id"}
    with superuser() as cursor:
        held = {table: io.StringIO() for table in tables}
        for table, text in held.items():
            cursor.copy_expert(f"COPY {table} TO STDOUT", text)
            text.seek(0)
        for table, key in tables.items():
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table}); CREATE UNIQUE INDEX ON bare_{table} ({key})")
        started = time.monotonic()
        for table, key in tables.items():
            cursor.execute(f"CREATE TEMP TABLE staged_{table} (LIKE {table})")
            cursor.copy_expert(f"COPY staged_{table} FROM STDIN", held[table])
            cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM staged_{table} ON CONFLICT ({key}) DO NOTHING")
        seconds = time.monotonic() - started
        cursor.execute("DROP TABLE " + ", ".join(f"bare_{table}" for table in tables))
    return seconds
