"""The night: seal a day, settle its shards, close it. Any number of workers, any number of times (rulebook §8).

``open_run`` seals: from then on nothing new becomes due on that day. Each shard is one transaction that inserts
settlement rows and nothing else. ``close_run`` books what the rows add up to, per account, through the run's own
clearing account, and writes the report. The work list is in PostgreSQL; Celery only wakes workers.
"""

import logging
import os
import socket
import time
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commissions.cases.casework import note
from commissions.models import Run, Shard
from commissions.nights import failing, sql
from commissions.nights.closing import close_run, make_indexes
from commissions.nights.partitions import open_partition
from commissions.orders.calendar import lock_frontier
from commissions.postings.funding import hold_what_deposits_cannot_pay
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import Refused
from haowu.ledger.posting_partitions import make_partition

log = logging.getLogger(__name__)


class DayNotEnded(Refused):
    code = "DAY_NOT_ENDED"
    text = _("{day} 的结算夜要到 {day} 00:00（北京时间）才开始。请到时再结算。")
    status = 409


class DayCovered(Refused):
    code = "DAY_COVERED"
    text = _("{day} 已包含在 {run} 的结算批次里，没有要结算的。请查看该批次的报告；补到的事件会进入下一个结算夜。")
    status = 409


class NightPaused(Refused):
    code = "NIGHT_PAUSED"
    text = _("{day} 的结算夜已暂停，之后的结算夜也在等它。请先恢复：manage.py night resume {day}。")
    status = 409


class NightStuck(Refused):
    code = "NIGHT_STUCK"
    text = _("{day} 的结算夜多次失败，在等人工处理（{what}）。请查看 manage.py night status {day}，再重试或跳过。")
    status = 409


def settle(day: date, *, now: datetime) -> Run:
    """Settle ``day`` in this process, sharing its shards with whoever else is at it; returns the closed run.

    Nights go in order: one that an earlier worker left open is finished first. A closed day is returned as it is.
    Refuses a day whose 00:00 has not come, and one that a later run has covered; stops with a refusal where a person
    has to act first.
    """
    run = open_run(day, now=now)
    make_partition(day)
    while run.status != Run.Status.CLOSED:
        oldest = Run.objects.unfinished().first()
        if oldest is None or not work_on(oldest):
            if oldest is not None:
                require_workable(oldest)
            time.sleep(0.05)  # the last shards are in other hands, or pause after a failure; both end
        run.refresh_from_db()
    return run


@transaction.atomic
def open_run(day: date, *, now: datetime) -> Run:
    """Seal ``day`` and lay out its shards; the existing run where there is one."""
    if now < days.start_of(day):
        raise DayNotEnded(day=day)
    existing = Run.objects.filter(day=day).first()
    if existing:
        return existing
    frontier = lock_frontier()
    existing = Run.objects.filter(day=day).first()
    if existing:
        return existing
    if frontier is not None and day < frontier:
        raise DayCovered(day=day, run=Run.objects.filter(day__gt=day).order_by("day")[0].day)
    hold_what_deposits_cannot_pay(frontier, day, at=now)
    run = Run.objects.create(day=day, covers_after=frontier)
    bounds = sql.shard_bounds(run, settings.NIGHT_SHARD_LINES)
    open_partition(day, lines=len(bounds) * settings.NIGHT_SHARD_LINES)
    Shard.objects.bulk_create(
        Shard(run=run, no=no, first_id=first_id, end_id=end_id) for no, (first_id, end_id) in enumerate(bounds, start=1)
    )
    note(run, Act.OPENED, by=None, at=now, reason="", after={"covers_after": frontier, "shards": len(bounds)})
    return run


def work_on(run: Run) -> bool:
    """Settle one shard of ``run``, or close it when all are done or skipped. False when there was nothing to do.

    A shard that fails is given back and stops nobody. An error of the closing is recorded and raised.
    """
    shard = claim(run)
    if shard is not None:
        settle_shard(run, shard)
        return True
    if not _may_close(run):
        return False
    try:
        make_indexes(run)
        close_run(run.pk)
    except Exception as error:
        failing.fail_closing(run, error)
        raise
    return True


def require_workable(run: Run) -> None:
    """Refuses a night that no worker can bring on: paused, or failed so often that it waits for a person."""
    run.refresh_from_db()
    if run.status == Run.Status.PAUSED:
        raise NightPaused(day=run.day)
    if run.status == Run.Status.CLOSED:
        return
    failed = list(run.shards.filter(status=Shard.Status.FAILED).order_by("no").values_list("no", flat=True))
    if failed and not run.shards.in_hands().exists():
        raise NightStuck(day=run.day, what=_("分片 {numbers}").format(numbers=", ".join(f"#{no}" for no in failed)))
    if run.failures >= failing.TRIES:
        raise NightStuck(day=run.day, what=run.error)


@transaction.atomic
def claim(run: Run) -> Shard | None:
    """A shard of a night that is not paused which waits, or whose worker let its lease run out; None for none.

    A lost lease counts as a failure: a shard that kills its workers is cut or given up like any other.
    """
    now, lease = days.now(), timedelta(seconds=settings.NIGHT_LEASE_SECONDS)
    waiting = Q(status=Shard.Status.WAITING) & (Q(retry_at=None) | Q(retry_at__lte=now))
    lost = Q(status=Shard.Status.CLAIMED, lease_until__lt=now)
    free = Shard.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
    free = free.filter(waiting | lost, run=run, run__status=Run.Status.SETTLING).order_by("no")
    while (shard := free.first()) is not None and shard.status == Shard.Status.CLAIMED:
        failing.fail(shard, f"lease of {shard.worker} ran out", at=now, is_transient=True)
    if shard is None:
        return None
    attempts = shard.attempts + 1
    shard.move("claim", worker=worker_name(), lease_until=now + lease, retry_at=None, attempts=attempts)
    return shard


def settle_shard(run: Run, shard: Shard) -> None:
    """Insert the settlement rows of ``shard`` and mark it done, in one transaction.

    Where another worker took the shard over meanwhile, nothing is written. After an error it waits, is cut or is
    given up (``commissions.nights.failing``); where this process has to end, it is free at once.
    """
    try:
        with transaction.atomic():
            started = time.monotonic()
            held = Shard.objects.select_for_update().get(pk=shard.pk)
            if not held.is_same_claim(shard):
                return
            lines = sql.settle_lines(run, held)
            held.move("finish", lines=lines, seconds=time.monotonic() - started, failures=0, error="")
    except Exception as error:
        log.exception("shard %s failed", shard)
        failing.give_back(shard, error)
    except BaseException:
        failing.free(shard)
        raise


def _may_close(run: Run) -> bool:
    run.refresh_from_db()
    is_its_turn = run.retry_at is None or run.retry_at <= days.now()
    is_settled = run.status == Run.Status.SETTLING and not run.shards.not_over().exists()
    return is_settled and is_its_turn and run.failures < failing.TRIES


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
