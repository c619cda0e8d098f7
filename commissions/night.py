"""The night: seal a day, settle its shards, close it. Any number of workers, any number of times (rulebook §8).

``open_run`` seals: from then on nothing new becomes due on that day. Each shard is one transaction that inserts
settlement rows and nothing else. ``close_run`` books what the rows add up to, per account, through the run's own
clearing account, and writes the report. The work list is in PostgreSQL; Celery only wakes workers.
"""

import os
import socket
import time
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commissions import night_sql
from commissions.calendar import take_frontier
from commissions.closing import close_run
from commissions.funding import hold_what_deposits_cannot_pay
from commissions.models import Run, Shard
from commissions.partitions import open_partition
from haowu import days
from haowu.errors import Refused


class DayNotEnded(Refused):
    code = "DAY_NOT_ENDED"
    text = _("{day} 的结算夜要到 {day} 00:00（北京时间）才开始。请到时再结算。")
    status = 409


class DayCovered(Refused):
    code = "DAY_COVERED"
    text = _("{day} 已包含在 {run} 的结算批次里，没有要结算的。请查看该批次的报告。")
    status = 409


def settle(day: date, *, now) -> Run:
    """Settle ``day`` in this process, sharing its shards with whoever else is at it; returns the closed run.

    Nights go in order: one that an earlier worker left open is finished first. A closed day is returned as it is.
    Refuses a day whose 00:00 has not come, and one that a later run has covered.
    """
    run = open_run(day, now=now)
    while run.status != Run.Status.CLOSED:
        oldest = Run.objects.unfinished().first()
        if oldest is None or not work_on(oldest):
            time.sleep(0.05)  # the last shards are in other hands; their leases bound this wait
        run.refresh_from_db()
    return run


@transaction.atomic
def open_run(day: date, *, now) -> Run:
    """Seal ``day`` and lay out its shards; the existing run where there is one."""
    if now < days.start_of(day):
        raise DayNotEnded(day=day)
    existing = Run.objects.filter(day=day).first()
    if existing:
        return existing
    frontier = take_frontier()
    existing = Run.objects.filter(day=day).first()
    if existing:
        return existing
    if frontier is not None and day < frontier:
        raise DayCovered(day=day, run=Run.objects.filter(day__gt=day).order_by("day")[0].day)
    hold_what_deposits_cannot_pay(frontier, day, at=now)
    run = Run.objects.create(day=day, covers_after=frontier)
    bounds = night_sql.shard_bounds(run, settings.NIGHT_SHARD_LINES)
    open_partition(day, lines=len(bounds) * settings.NIGHT_SHARD_LINES)
    Shard.objects.bulk_create(
        Shard(run=run, no=no, first_id=first_id, end_id=end_id) for no, (first_id, end_id) in enumerate(bounds, start=1)
    )
    return run


def work_on(run: Run) -> bool:
    """Settle one shard of ``run``, or close it when all are done. False when there was nothing to take."""
    shard = claim(run)
    if shard is not None:
        settle_shard(run, shard)
        return True
    if Shard.objects.filter(run=run).exclude(status=Shard.Status.DONE).exists():
        return False
    close_run(run.pk)
    return True


@transaction.atomic
def claim(run: Run) -> Shard | None:
    """A shard that waits, or whose worker let its lease run out; None where all are done or in hands."""
    now, lease = days.now(), timedelta(seconds=settings.NIGHT_LEASE_SECONDS)
    free = Q(status=Shard.Status.WAITING) | Q(status=Shard.Status.CLAIMED, lease_until__lt=now)
    shard = Shard.objects.select_for_update(skip_locked=True).filter(free, run=run).order_by("no").first()
    if shard is None:
        return None
    shard.status, shard.worker, shard.lease_until = Shard.Status.CLAIMED, worker_name(), now + lease
    shard.attempts += 1
    shard.save(update_fields=["status", "worker", "lease_until", "attempts"])
    return shard


def settle_shard(run: Run, shard: Shard) -> None:
    """Insert the settlement rows of ``shard`` and mark it done, in one transaction.

    Where another worker took the shard over meanwhile, nothing is written. An error is kept on the shard, which
    becomes free at once.
    """
    try:
        with transaction.atomic():
            started = time.monotonic()
            held = Shard.objects.select_for_update().get(pk=shard.pk)
            if held.status == Shard.Status.DONE or held.attempts != shard.attempts:
                return
            lines = night_sql.settle_lines(run, shard)
            held.status, held.lines, held.seconds = Shard.Status.DONE, lines, time.monotonic() - started
            held.error = ""
            held.save(update_fields=["status", "lines", "seconds", "error"])
    except Exception as error:
        Shard.objects.filter(pk=shard.pk, attempts=shard.attempts).exclude(status=Shard.Status.DONE).update(
            status=Shard.Status.WAITING, error=f"{type(error).__name__}: {error}"[:2000]
        )
        raise


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
