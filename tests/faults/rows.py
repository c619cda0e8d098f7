"""The table of the campaign: fault, seeds, cases, invariants, seconds, and the broken variant that the check caught.

Tests record under ``fault`` what they did; ``conftest.py`` prints the rows at the end of a run.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.campaign import SCALE, SEED, parts

whole_campaign = pytest.mark.skipif(SCALE == 0, reason="of the whole campaign only: make faults")


def seeds(share: int, full: int) -> pytest.MarkDecorator:
    """One test for each seed: ``share`` of them in ``make test``, ``full`` in ``make faults``."""
    return pytest.mark.parametrize("seed", [SEED + number for number in parts(share, full)])


@dataclass
class Row:
    fault: str
    cases: int = 0
    invariants: int = 0

    def holds(self, complaints: list[str], checks: int) -> None:
        """``complaints`` of one case must be none; ``checks`` is how many ways it was looked at."""
        assert complaints == []
        self.cases += 1
        self.invariants += checks


@contextmanager
def row(record_property, fault: str, seed: int | None = None) -> Iterator[Row]:
    made, started = Row(fault), time.monotonic()
    yield made
    counts = {"cases": made.cases, "invariants": made.invariants, "seconds": time.monotonic() - started}
    record_property("fault", {"fault": fault, "seeds": [] if seed is None else [seed], "caught": ""} | counts)


def catches(record_property, fault: str, variant: str, complaints: list[str]) -> None:
    """The check of ``fault`` must complain of the broken ``variant``."""
    assert complaints, f"{fault}: nothing noticed {variant}"
    record_property(
        "fault",
        {"fault": fault, "seeds": [], "caught": variant, "cases": 0, "invariants": 0, "seconds": 0.0},
    )


def summary(reports: Iterable) -> Iterator[str]:
    """A sentence for each fault in ``reports``."""
    by_fault: dict[str, dict] = {}
    for report in (each for each in reports if getattr(each, "when", "") == "call"):
        for key, part in report.user_properties:
            if key == "fault":
                sums = by_fault.setdefault(
                    part["fault"], {"cases": 0, "invariants": 0, "seconds": 0.0, "seeds": [], "caught": []}
                )
                for name in ("cases", "invariants", "seconds", "seeds"):
                    sums[name] += part[name]
                sums["caught"] += [part["caught"]] if part["caught"] else []
    for fault, sums in sorted(by_fault.items()):
        numbers = sorted(set(sums["seeds"]))
        yield (
            f"{fault}: seeds {f'{numbers[0]}–{numbers[-1]}' if numbers else '–'}, {sums['cases']} cases,"
            f" {sums['invariants']:,} invariants, {sums['seconds']:.0f} s; caught: {'; '.join(sums['caught']) or '–'}"
        )
