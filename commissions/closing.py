"""Closing a night: what its settlement rows add up to becomes postings, daily balances and a report, all at once."""

import hashlib
import json

from django.db import transaction

from commissions import freezing, reserves
from commissions.models import Run, Shard
from commissions.report import make_report
from commissions.stepping import apply_steps
from commissions.transfers import NightTransfers
from haowu import days
from haowu.ledger.books import close_day, post


@transaction.atomic
def close_run(run_id: int) -> None:
    """Close a run whose shards are all done. Closing one that is closed, or not ready, changes nothing.

    Raises ProofFailed, and changes nothing, where the night does not add up.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.status == Run.Status.CLOSED or run.shards.exclude(status=Shard.Status.DONE).exists():
        return
    stepped = apply_steps(run)
    thawed = reserves.release_for_night(run.day)
    freezing.thaw_for_clawbacks(run.day)
    transfers = NightTransfers(run).made()
    post(transfers, day=run.day)
    reserves.keep(run.day, thawed)
    freezing.collect(run.day)
    freezing.cover(run.day)
    close_day(run.day, after=run.covers_after)
    run.report = make_report(run, postings=len(transfers), stepped=stepped)
    run.checksum = hashlib.sha256(json.dumps(run.report, sort_keys=True).encode()).hexdigest()
    run.status, run.closed_at = Run.Status.CLOSED, days.now()
    run.save(update_fields=["report", "checksum", "status", "closed_at"])
