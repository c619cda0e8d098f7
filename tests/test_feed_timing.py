"""The bench's measure of a snapshot works at any size; its figures are for ``manage.py bench feed``."""

import pytest

from bases.models import Stock
from haowu.bench import feed
from haowu.bench.report import Figures

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_each_case_is_timed_beside_its_floor():
    figures = Figures("feed", {}, lambda text: None)
    feed.measure(figures, 300)
    assert [(row.case, row.n) for row in figures.rows] == [
        ("feed: first snapshot", 300), ("feed: 1 % changed", 300), ("feed: every row changed", 300),
    ]  # fmt: skip
    assert all(row.seconds > 0 and row.floor_seconds > 0 for row in figures.rows)
    assert Stock.objects.count() == 300
    assert sorted(Stock.objects.values_list("quantity", flat=True))[:4] == [3, 3, 3, 3]
