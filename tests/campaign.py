"""How much of a random campaign is run: a share in ``make test``, all of it in ``make faults`` (CAMPAIGN=1).

``CAMPAIGN=0.1`` runs a tenth of it, ``CAMPAIGN_SEED`` another one. A campaign is cut into parts, so that two workers
share it; each part says under ``campaign`` what it did, and ``conftest.py`` prints that at the end.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

SCALE = float(os.environ.get("CAMPAIGN", "0"))
SEED = int(os.environ.get("CAMPAIGN_SEED", "2024"))


def parts(share: int, full: int) -> range:
    return range(max(share, int(full * SCALE)))


def some(cases: Iterable[Any], share: int) -> list[Any]:
    """``share`` of ``cases``, evenly spread and always the same; all of them in the whole campaign."""
    found = list(cases)
    if SCALE or share >= len(found):
        return found
    return [found[number * len(found) // share] for number in range(share)]


class Tally:
    """What a part of a campaign did, in counts by name."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def count(self, what: str, times: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + times


@contextmanager
def tallied(record_property, name: str) -> Iterator[Tally]:
    """Record seed, counts and seconds of a part of the campaign ``name``."""
    tally, started = Tally(), time.monotonic()
    yield tally
    record_property("campaign", {"name": name, "counts": tally.counts, "seconds": time.monotonic() - started})


def summary(reports) -> Iterator[str]:
    """One sentence for each campaign in ``reports``, its parts added up."""
    by_name: dict[str, dict] = {}
    for report in (each for each in reports if getattr(each, "when", "") == "call"):
        for key, part in report.user_properties:
            if key == "campaign":
                sums = by_name.setdefault(part["name"], {"parts": 0, "seconds": 0.0})
                sums["parts"] += 1
                sums["seconds"] += part["seconds"]
                for what, times in part["counts"].items():
                    sums[what] = sums.get(what, 0) + times
    for name, sums in sorted(by_name.items()):
        counts = ", ".join(f"{times:,} {what}" for what, times in sums.items() if what not in {"parts", "seconds"})
        yield f"{name}: seed {SEED}, {counts}, {sums['parts']} parts, {sums['seconds']:.0f} s of one core"
