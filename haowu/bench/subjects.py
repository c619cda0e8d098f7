"""What ``bench partitions`` measures: a table with history, and the product's own statements to it.

Rows are computed from their number, so that every twin holds the same ones.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from haowu.bench.twins import Twin

FIRST, TODAY = date(2025, 6, 1), date(2026, 6, 15)
DAYS = (TODAY - FIRST).days
BATCH = 500
SOURCE = 5_000_000
Reads = dict[str, Callable[[Random], Any]]


class Subject(ABC):
    """One table. ``size`` rows lie behind, spread evenly over the ``DAYS`` before ``TODAY``."""

    table: str
    columns: dict[str, str]
    """What each form is parted by."""
    history: str
    """One INSERT into ``{table}`` for all rows behind."""
    needs = ""
    """Statements that make the rows of other tables that these need."""

    def __init__(self, size: int) -> None:
        self.per_day = max(6, size // DAYS)
        self.size = self.per_day * DAYS

    @abstractmethod
    def batches(self, twin: Twin, day: int) -> Iterator[Callable[[], Any]]:
        """Acts that together add the rows of ``day`` (``DAYS`` is the first one not there)."""

    @abstractmethod
    def reads(self, day: int) -> Reads:
        """The product's hot reads by what they are called."""

    def changes(self, day: int) -> Iterator[Callable[[], Any]]:
        """Acts that bring earlier rows to what they become on ``day``."""
        yield from ()

    def at(self, number: int) -> datetime:
        return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number / self.per_day)

    def parameters(self) -> dict[str, Any]:
        return {"first": FIRST, "size": self.size, "per_day": self.per_day, "source": SOURCE}


def in_transactions(acts: Iterator[Callable[[], Any]]) -> None:
    """Each act in a transaction of its own, as a batch of the intake is."""
    for act in acts:
        with transaction.atomic():
            act()
