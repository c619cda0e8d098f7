"""What an operator does to a night: pause, resume, retry, skip a shard, backfill a day. Each with who, when and why.

Acts on a night stand in its trail, acts on a shard in the shard's. Whoever calls these wakes the
workers afterwards (``commissions.tasks.wake``).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg2.errors import LockNotAvailable

from commissions.cases.casework import act, locked, note
from commissions.models import Run, Shard
from commissions.nights import night
from commissions.nights.postponing import postpone
from commissions.orders.calendar import lock_frontier
from haowu.approvals.rules import require_reason, require_staff
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.errors import NotFound, Refused
from haowu.tenants.models import User


class NightUnknown(NotFound):
    code = "NIGHT_UNKNOWN"
    text = _("没有 {day} 的结算批次。请查看 manage.py night status；要补结算请用 backfill。")


class NoNightOpen(NotFound):
    code = "NO_NIGHT_OPEN"
    text = _("没有未关账的结算夜。")


class ShardUnknown(NotFound):
    code = "SHARD_UNKNOWN"
    text = _("{day} 的结算批次没有分片 #{no}。请查看 manage.py night status {day}。")


class ShardRunning(Refused):
    code = "SHARD_RUNNING"
    text = _("分片 {shard} 正由 {worker} 执行。请等它结束，或等租约（至 {until}）到期后再操作。")
    status = 409


class NothingToRetry(Refused):
    code = "NOTHING_TO_RETRY"
    text = _("{day} 的结算夜没有失败或等待再试的分片，没有任何改动。")
    status = 409


class SkipOutOfTurn(Refused):
    code = "SKIP_OUT_OF_TURN"
    text = _("{day} 的结算夜还没有轮到：请先处理 {oldest} 的结算夜。")
    status = 409


@dataclass(frozen=True)
class Backfill:
    """``run`` takes ``days_taken``, oldest first; ``is_new`` unless the night had been opened before."""

    run: Run
    days_taken: list[date]
    is_new: bool


def night_of(day: date | None) -> Run:
    """The run of ``day``; without one the oldest that is not closed."""
    run = Run.objects.filter(day=day).first() if day else Run.objects.unfinished().first()
    if run is None:
        raise NightUnknown(day=day) if day else NoNightOpen
    return run


def shard_of(run: Run, no: int) -> Shard:
    shard = run.shards.filter(no=no).first()
    if shard is None:
        raise ShardUnknown(day=run.day, no=no)
    return shard


@act
def pause(run: Run, reason: str, *, by: User, at: datetime) -> None:
    """No worker takes a further shard of ``run``, nor closes it; what is running ends. Later nights wait for it."""
    _require(by, reason)
    run.move("pause")
    note(run, Act.PAUSED, by=by, at=at, reason=reason)


@act
def resume(run: Run, reason: str, *, by: User, at: datetime) -> None:
    """Let the workers go on."""
    _require(by, reason)
    run.move("resume")
    note(run, Act.RESUMED, by=by, at=at, reason=reason)


@act
def retry(run: Run, reason: str, *, by: User, at: datetime) -> list[Shard]:
    """Give every failed or pausing shard of ``run``, and a failed closing, all their tries again, at once."""
    _require(by, reason)
    current = locked(run)
    failed = run.shards.filter(failures__gt=0).exclude(status=Shard.Status.CLAIMED)
    stopped = list(failed.not_over().select_for_update().order_by("pk"))
    if current.status == Run.Status.CLOSED or not (stopped or current.failures):
        raise NothingToRetry(day=run.day)
    Run.objects.filter(pk=run.pk).update(failures=0, retry_at=None)
    for shard in stopped:
        _retry(shard, reason, by=by, at=at)
    note(run, Act.RETRIED, by=by, at=at, reason=reason)
    return stopped


@act
def retry_shard(shard: Shard, reason: str, *, by: User, at: datetime) -> None:
    """Give ``shard`` all its tries again, at once. Refuses one in a worker's hands, and one that is done or skipped."""
    _require(by, reason)
    _retry(_locked(shard, at), reason, by=by, at=at)


@act
def skip(shard: Shard, reason: str, *, by: User, at: datetime) -> int:
    """Close the night without ``shard``: its lines are left to the next night that is not sealed. Returns how many.

    Refuses a shard in a worker's hands, one that is done or skipped, and one of a night whose turn has not come.
    Intake waits meanwhile, a few seconds for each 10,000 lines; a failing shard has mostly been cut down to one.
    """
    _require(by, reason)
    held = _locked(shard, at)
    held.move("skip", lines=0, retry_at=None)
    oldest = Run.objects.unfinished().first()
    if oldest != held.run:
        raise SkipOutOfTurn(day=held.run.day, oldest=oldest)
    frontier = lock_frontier()
    assert frontier is not None, "every night that is open has moved it"
    postponed = postpone(held.run, held, frontier)
    note(held, Act.SKIPPED, by=by, at=at, reason=reason)
    return postponed


@act
def backfill(day: date, reason: str, *, by: User, at: datetime) -> Backfill:
    """Open the night of a ``day`` that was never run: it takes that day and all missing days before it.

    Refuses a day that has not begun, and one that a later night has covered. A night that is open or closed already
    is answered as it is.
    """
    _require(by, reason)
    existing = Run.objects.filter(day=day).first()
    if existing is not None:
        return Backfill(existing, days_settled_by(existing), is_new=False)
    run = night.open_run(day, now=at)
    note(run, Act.BACKFILLED, by=by, at=at, reason=reason)
    return Backfill(run, days_settled_by(run), is_new=True)


def days_settled_by(run: Run) -> list[date]:
    """The days that ``run`` settles; of the very first night its own day, though it settles all before as well."""
    return days.days_between(run.covers_after + days.ONE_DAY if run.covers_after else run.day, run.day)


def missing_days(today: date) -> list[date]:
    """The days up to ``today`` that no night has settled. Empty before the first night."""
    frontier = Run.objects.frontier()
    return days.days_between(frontier + days.ONE_DAY, today) if frontier else []


def _require(by: User, reason: str) -> None:
    require_staff(by)
    require_reason(reason)


def _locked(shard: Shard, at: datetime) -> Shard:
    """``shard``, locked, and no worker's at the moment."""
    try:
        with transaction.atomic():
            rows = Shard.objects.select_for_update(nowait=True, of=("self",)).select_related("run")
            held = rows.get(pk=shard.pk)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise _running(shard) from error
    if held.status == Shard.Status.CLAIMED and held.lease_until and held.lease_until > at:
        raise _running(held)
    return held


def _running(shard: Shard) -> ShardRunning:
    until = shard.lease_until.astimezone(days.SHANGHAI).strftime("%H:%M:%S") if shard.lease_until else "–"
    return ShardRunning(shard=shard, worker=shard.worker or "–", until=until)


def _retry(shard: Shard, reason: str, *, by: User, at: datetime) -> None:
    shard.move("retry", failures=0, retry_at=None)
    note(shard, Act.RETRIED, by=by, at=at, reason=reason)
