"""Closing a night: what its settlement rows add up to becomes postings, daily balances and a report, all at once."""

import hashlib
import json

from django.db import connection, transaction

from commissions.cases.casework import note
from commissions.models import Run
from commissions.nights.partitions import index_partition
from commissions.nights.report import make_report
from commissions.nights.stepping import apply_steps
from commissions.postings import freezing, reserves
from commissions.postings.transfers import NightTransfers
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ledger.books import close_day


@transaction.atomic
def close_run(run_id: int) -> None:
    """Close a run whose shards are all done or skipped. One that is closed, paused or not ready stays as it is.

    Raises ProofFailed, and changes nothing, where the night does not add up.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.status != Run.Status.SETTLING or run.shards.not_over().exists():
        return
    _use_memory()
    stepped = apply_steps(run)
    freezing.release_for_clawbacks(run.day)  # first, since it locks holds and disputes, which come before accounts
    reserves.release_for_night(run.day)
    postings = NightTransfers(run).post()
    reserves.keep(run.day)
    freezing.collect(run.day)
    freezing.freeze_missing(run.day)
    close_day(run.day, after=run.covers_after)
    index_partition(run.day)
    report = make_report(run, postings=postings, stepped=stepped)
    checksum = hashlib.sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()
    now = days.now()
    run.move("close", report=report, checksum=checksum, closed_at=now, error="")
    note(run, Act.CLOSED, by=None, at=now, reason="", after={"postings": postings, "checksum": checksum})


@transaction.atomic
def make_indexes(run: Run) -> bool:
    """Make the page indexes of a settled night; False where another worker is at it: closing goes on beside it."""
    _use_memory()
    return index_partition(run.day, waits=False)


def _use_memory() -> None:
    """Sums and indexes may use memory that shards do not. A worker keeps to one processor: others close beside it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL max_parallel_maintenance_workers = 0;"
            "SET LOCAL work_mem = '64MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL hash_mem_multiplier = 4"
        )
