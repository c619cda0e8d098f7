"""The leaders of the demo: which products stand in whose activity, at what rates, and who sells them through it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from haowu.management.retail.lots import lot
from haowu.management.retail.names import LEADERS

CARRIED = 6
"""One product in so many stands in an activity."""


def activity_of(code: str) -> str | None:
    """The activity that carries a product; None: none does."""
    if lot("carried", code) % CARRIED:
        return None
    return f"a-{list(LEADERS)[lot('leader', code) % len(LEADERS)]}"


def picked_through(streamer: str, code: str) -> str | None:
    """The activity through which ``streamer`` sells the product: every other one who sells it does."""
    return activity_of(code) if lot("through", streamer, code) % 2 == 0 else None


def item(merchant: str, code: str, normal_bps: int) -> dict[str, Any]:
    """A product in its activity: better paid than by its normal plan, one in three with a second leader."""
    entry = {
        "product": {"merchant": merchant, "code": code},
        "commission_bps": normal_bps + 100 + lot("better", code) % 5 * 50,
        "service_fee_bps": 300 + lot("fee", code) % 6 * 100,
    }
    if lot("second", code) % 3 == 0:
        own = list(LEADERS).index(activity_of(code).removeprefix("a-"))
        other = list(LEADERS)[(own + 1 + lot("partner", code) % (len(LEADERS) - 1)) % len(LEADERS)]
        entry["second"] = {"leader": other, "bps": 100 + lot("part", code) % 2 * 100}
    return entry


def activities(opened: str, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One normal activity a leader, from ``opened`` on without an end, with those of ``items`` that are its."""
    carried = defaultdict(list)
    for entry in items:
        carried[activity_of(entry["product"]["code"])].append(entry)
    return [
        {
            "code": f"a-{code}",
            "leader": code,
            "type": "normal",
            "title": f"{name} · 家居百货长期招商",
            "begins_at": opened,
            "min_commission_bps": 500,
            "min_service_fee_bps": 100,
            "items": carried[f"a-{code}"],
        }
        for code, name in LEADERS.items()
    ]
