"""The leaders of the demo: which products stand in whose activity, at what rates and from when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from haowu.demo import cast
from haowu.demo.retail.sample import sample_number
from haowu.ground import days

CARRIED = 2
"""One product in so many stands in an activity."""


@cache
def activity_of(code: str) -> str | None:
    """The activity that carries a product; None: none does. Some leaders carry more than others."""
    if sample_number("carried", code) % CARRIED:
        return None
    place = sample_number("leader", code) / 2**64
    return f"a-{_leaders()[int(place * place * len(_leaders()))]}"


def item(merchant: str, code: str, normal_bps: int, first: date) -> dict[str, Any]:
    """A product in its activity: better paid than by its normal plan, one in three with a second leader.

    A leader wins its shops month by month: some from the beginning, others in one of the six months after ``first``.
    """
    entry: dict[str, Any] = {
        "product": {"merchant": merchant, "code": code},
        "commission_bps": normal_bps + 50 + sample_number("better", code) % 4 * 50,
        "service_fee_bps": 300 + sample_number("fee", code) % 6 * 50,
    }
    leader = activity_of(code).removeprefix("a-")
    if sample_number("second", code) % 3 == 0:
        others = [other for other in _leaders() if other != leader]
        entry["second"] = {
            "leader": others[sample_number("partner", code) % len(others)],
            "bps": 100 + sample_number("part", code) % 2 * 100,
        }
    if months := sample_number("joined", leader, merchant) % 7:
        year, month = divmod(first.month - 1 + months, 12)
        entry["from"] = days.start_of(date(first.year + year, month + 1, 1)).isoformat()
    return entry


def activities(opened: date, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One normal activity a leader, from ``opened`` on without an end, with those of ``items`` that are its."""
    carried = defaultdict(list)
    for entry in items:
        carried[activity_of(entry["product"]["code"])].append(entry)
    return [
        {
            "code": f"a-{code}",
            "leader": code,
            "type": "normal",
            "title": f"{leader.name} · 家居好物",
            "begins_at": days.start_of(opened).isoformat(),
            "min_commission_bps": 500,
            "min_service_fee_bps": 100,
            "items": carried[f"a-{code}"],
        }
        for code, leader in cast.players("leader").items()
    ]


@cache
def _leaders() -> list[str]:
    return list(cast.players("leader"))
