import pytest

from tests.faults import market


@pytest.fixture
def due_day(transactional_db):
    """``(product, source)`` of sixty lines that the night of 9 June is to settle."""
    return market.make_due_day()


@pytest.fixture
def environment(process_environment):
    """For programs of the test: six shards a night, leases of a second."""
    return process_environment | {"NIGHT_SHARD_LINES": "10", "NIGHT_LEASE_SECONDS": "1"}


@pytest.fixture
def small_shards(settings):
    """The same for processes that are forked from the test."""
    settings.NIGHT_SHARD_LINES, settings.NIGHT_LEASE_SECONDS = 10, 1
