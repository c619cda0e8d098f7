"""What becomes of a shard that fails: it waits, is cut in two, and at last waits for a person.

So an outage costs a pause, and a line that poisons its shard holds up nothing but itself.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from commissions.cases.casework import note
from commissions.models import Run, Shard
from commissions.nights import sql
from haowu.approvals.words import Act
from haowu.ground import days
from haowu.ground.transient import is_transient

TRIES = 5
"""How often in a row a shard, or the closing of a night, may fail before it is left to a person."""
MOST_CUT_AT_ONCE = 16
"""Where so many shards of a night stand with an error, it is not for some line's sake, and none is cut any more."""
LONGEST_PAUSE = timedelta(minutes=5)


def pause_after(failures: int) -> timedelta:
    """1 s after the first failure, then twice as long after each."""
    return min(timedelta(seconds=2 ** (failures - 1)), LONGEST_PAUSE)


def give_back(shard: Shard, error: Exception) -> None:
    """Record what happened to ``shard`` in this worker's hands, unless another has taken it over meanwhile."""
    _reconnect()
    with transaction.atomic():
        held = Shard.objects.select_for_update(of=("self",)).select_related("run").get(pk=shard.pk)
        if held.is_same_claim(shard):
            fail(held, f"{type(error).__name__}: {error}", at=days.now(), is_transient=is_transient(error))


def free(shard: Shard) -> None:
    """This worker has to end: let another claim ``shard`` at once, unless one has already. Counts as no failure."""
    with transaction.atomic():
        held = Shard.objects.select_for_update().get(pk=shard.pk)
        if held.is_same_claim(shard):
            held.move("try_again")


def fail(shard: Shard, error: str, *, at: datetime, is_transient: bool) -> None:
    """Count a failure of ``shard``, which the caller has locked, and decide how it goes on.

    A transient error is tried again first; others come again with the same rows, so the shard is cut at once.
    """
    shard.failures += 1
    shard.error = error[:2000]
    is_last = shard.failures >= TRIES
    middle = sql.middle(shard.run, shard) if (is_last or not is_transient) and _is_alone(shard) else None
    if middle is not None:
        _cut(shard, *middle, at=at)
    elif is_last:
        shard.move_in_memory("fail")
        note(shard, Act.FAILED, by=None, at=at, reason=shard.error[:500])
    else:
        shard.move_in_memory("try_again", retry_at=at + pause_after(shard.failures))
    shard.save(update_fields=["status", "end_id", "failures", "retry_at", "error"])


def fail_closing(run: Run, error: Exception) -> None:
    """Count a failed closing of ``run``; the last one is left to a person."""
    _reconnect()
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        if held.status == Run.Status.CLOSED:
            return
        now = days.now()
        held.failures += 1
        held.error = f"{type(error).__name__}: {error}"[:2000]
        held.retry_at = now + pause_after(held.failures)
        held.save(update_fields=["failures", "error", "retry_at"])
        if held.failures == TRIES:
            note(held, Act.FAILED, by=None, at=now, reason=held.error[:500])


def _reconnect() -> None:
    """After a lost connection: the next statement opens another."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _is_alone(shard: Shard) -> bool:
    others = Shard.objects.not_over().filter(run=shard.run_id).exclude(pk=shard.pk).exclude(error="")
    return others.count() < MOST_CUT_AT_ONCE


def _cut(shard: Shard, middle_id: int, lines: int, *, at: datetime) -> None:
    """Cut ``shard`` before ``middle_id``. A half of one line has all its tries before it; others are cut again."""
    Run.objects.select_for_update().get(pk=shard.run_id)  # one cut at a time: each takes the next number
    last_no = Shard.objects.filter(run=shard.run_id).order_by("-no").values_list("no", flat=True)[0]
    rest = Shard.objects.create(
        run_id=shard.run_id,
        no=last_no + 1,
        first_id=middle_id,
        end_id=shard.end_id,
        failures=0 if lines - lines // 2 == 1 else shard.failures,
    )
    shard.move_in_memory("try_again", end_id=middle_id, retry_at=None)
    shard.failures = 0 if lines // 2 == 1 else shard.failures
    note(shard, Act.CUT, by=None, at=at, reason=f"#{shard.no} + #{rest.no}: {shard.error}"[:500])
