"""The bench's measure of a snapshot works at any size; its figures are for ``manage.py bench``."""

import pytest

from bases.models import Stock
from haowu.management.feed_timing import time_snapshots

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def test_each_case_is_timed_beside_its_floor():
    timings = time_snapshots(300)
    assert [(timing.case, timing.rows) for timing in timings] == [
        ("first snapshot", 300), ("1 % changed", 300), ("every row changed", 300),
    ]  # fmt: skip
    assert all(timing.seconds > 0 and timing.floor_seconds > 0 for timing in timings)
    assert Stock.objects.count() == 300
    assert sorted(Stock.objects.values_list("quantity", flat=True))[:4] == [3, 3, 3, 3]
