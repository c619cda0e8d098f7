"""``bench market``: a market file of many products, with plans, listed streamers, later rates, activities and picks."""

import time
from random import Random
from typing import Any

from haowu.bench.report import Figures
from haowu.market import loading

MERCHANTS, STREAMERS, LEADERS, LEAVES = 300, 400, 3, 300
PICKS = 40
"""A streamer's."""
AT = "2024-01-01T00:00:00+08:00"
RATES = [{"bps": 2800, "at": "2024-03-01T10:00:00+08:00"}, {"bps": 900, "at": "2024-05-01T10:00:00+08:00"}]


def measure(figures: Figures, size: int) -> None:
    """A market of ``size`` products, loaded, and loaded again: every entry is then refused by name."""
    file = market(size)
    for case in ("a market", "the same market again"):
        figures.progress(case)
        started = time.monotonic()
        answer = loading.load(file)
        figures.add(f"{case}: products, with their plans and picks", size, time.monotonic() - started)
        figures.progress(f"{dict(answer.as_json()['loaded'])}, {len(answer.refusals)} refused")


def market(size: int) -> dict[str, Any]:
    """One product in twelve changes its rate twice, one in five has a targeted plan, one in four is in an activity."""
    products = [{"merchant": f"m{number % MERCHANTS}", "code": f"p{number}"} for number in range(size)]
    chance = Random(5)
    return {
        "merchants": _merchants(products),
        "streamers": [{"code": f"s{number}", "fans": 1000 * number} for number in range(STREAMERS)],
        "leaders": [{"code": f"l{number}"} for number in range(LEADERS + 1)],
        "plans": [plan for number, product in enumerate(products) for plan in _plans(number, product)],
        "activities": [_activity(leader, products[leader * 4 :: LEADERS * 4]) for leader in range(LEADERS)],
        "picks": [
            {"pid": f"x{streamer}-{number}", "streamer": f"s{streamer}", "product": product}
            for streamer in range(STREAMERS)
            for number, product in enumerate(chance.sample(products, min(PICKS, size)))
        ],
    }


def _merchants(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    goods: dict[str, list[dict[str, Any]]] = {f"m{number}": [] for number in range(MERCHANTS)}
    for number, product in enumerate(products):
        path = f"一{number % 12}/二{number % 60}/三{number % LEAVES}"
        goods[product["merchant"]].append({"code": product["code"], "category": path, "price_fen": 990 + number})
    return [{"code": code, "products": mine} for code, mine in goods.items()]


def _plans(number: int, product: dict[str, Any]) -> list[dict[str, Any]]:
    base = {"merchant": product["merchant"], "product": product["code"]}
    rates = [{"bps": 1000 + number % 10 * 100, "at": AT}, *(RATES if number % 12 == 0 else [])]
    plans = [base | {"type": "normal", "rates": rates}]
    if number % 5 == 0:
        listed = {f"s{(number + next) % STREAMERS}": 2600 for next in range(5)}
        plans.append(base | {"type": "item_targeted", "streamers": listed})
    return plans


def _activity(leader: int, products: list[dict[str, Any]]) -> dict[str, Any]:
    """One item in three has a second leader."""
    second = {"leader": f"l{LEADERS}", "bps": 100}
    return {
        "code": f"a{leader}",
        "leader": f"l{leader}",
        "type": "normal",
        "begins_at": AT,
        "items": [
            {"product": product, "commission_bps": 2500, "service_fee_bps": 300}
            | ({"second": second} if number % 3 == 0 else {})
            for number, product in enumerate(products)
        ],
    }
