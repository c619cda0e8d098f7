"""Promise 3: a day settled by a crowd at once, from a barrier, pays once."""

import multiprocessing
from contextlib import contextmanager

import pytest

from commissions.models import Settlement, Shard
from commissions.nights import night
from haowu.ground import days
from tests import database
from tests.faults.market import DAY_DATE, night_complaints
from tests.faults.processes import forked, owner
from tests.faults.rows import catches, row, seeds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.campaign,
    pytest.mark.usefixtures("due_day", "small_shards"),
]
CROWD = 8


def settle_at(barrier) -> None:
    barrier.wait(60)
    night.settle(DAY_DATE, now=days.now())


def crowd(act) -> list[int | None]:
    barrier = multiprocessing.get_context("fork").Barrier(CROWD)
    processes = [forked(act, barrier) for _ in range(CROWD)]
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


@seeds(1, 10)
def test_eight_processes_settle_one_day_from_a_barrier(seed, record_property):
    with row(record_property, "eight processes settle one day", seed) as case:
        assert crowd(settle_at) == [0] * CROWD
        assert Shard.objects.filter(status="done").count() == 6
        case.holds(*night_complaints())


def test_a_claim_without_a_lock_and_rows_without_a_key_would_be_noticed(record_property):
    def claim_what_is_not_done(run):
        return Shard.objects.filter(run=run).exclude(status="done").order_by("no").first()

    def settle_unguarded(run, shard):
        night.time.sleep(0.05)
        lines = night.sql.settle_lines(run, shard)
        Shard.objects.filter(pk=shard.pk).update(status="done", lines=lines)

    def broken(barrier) -> None:
        night.claim, night.settle_shard = claim_what_is_not_done, settle_unguarded
        settle_at(barrier)

    night.open_run(DAY_DATE, now=days.now())
    with without_the_key_of_rows():
        crowd(broken)
        complaints, _checks = night_complaints()
        assert Settlement.objects.count() > 60
        catches(record_property, "eight processes settle one day", "no lock, no guard, no unique key", complaints)


@contextmanager
def without_the_key_of_rows():
    """Drop the unique key of settlement rows for as long as the block lasts, as nobody could in production."""
    with owner() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'commissions_settlement'::regclass AND contype = 'u'"
        )
        keys = cursor.fetchall()
        for name, _definition in keys:
            cursor.execute(f"ALTER TABLE commissions_settlement DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        database.clean()
        with owner() as cursor:
            for name, definition in keys:
                cursor.execute(f"ALTER TABLE commissions_settlement ADD CONSTRAINT {name} {definition}")
