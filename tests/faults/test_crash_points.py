"""Promise 4: a process killed at any named point of a night loses nothing and pays nobody twice."""

import os
import random
import signal

import pytest

from commissions.models import Run, Settlement, Shard
from commissions.nights import failing, night, sql
from haowu.ground import days
from tests.faults.market import DAY_DATE, night_complaints
from tests.faults.processes import forked
from tests.faults.rows import catches, row, seeds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.campaign,
    pytest.mark.usefixtures("due_day", "small_shards"),
]


class Killer:
    """Kills its own process by SIGKILL when asked for the ``at``-th time."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, module, name: str) -> None:
        self._around(module, name, lambda act, *arguments, **named: (self(), act(*arguments, **named))[1])

    def after(self, module, name: str) -> None:
        self._around(module, name, lambda act, *arguments, **named: (act(*arguments, **named), self())[0])

    def _around(self, module, name: str, how) -> None:
        act = getattr(module, name)
        setattr(module, name, lambda *arguments, **named: how(act, *arguments, **named))


def closing_written(kill: Killer) -> None:
    """Everything of the closing is written, and not committed."""
    kill.after(Run, "save")


def giving_back(kill: Killer) -> None:
    """A shard has failed and is about to be given back."""
    settle_lines, failed = sql.settle_lines, []

    def fail_once(run, shard):
        if not failed:
            failed.append(shard)
            raise sql.connection.Database.OperationalError("connection lost")
        return settle_lines(run, shard)

    sql.settle_lines = fail_once
    kill.left = 1
    kill.before(failing, "fail")


POINTS = {
    "night laid out, not sealed": lambda kill: kill.after(sql, "shard_bounds"),
    "shard claimed": lambda kill: kill.before(night, "settle_shard"),
    "rows written, not committed": lambda kill: kill.after(sql, "settle_lines"),
    "shard committed": lambda kill: kill.after(night, "settle_shard"),
    "shard failed, not given back": giving_back,
    "before closing": lambda kill: kill.before(night, "close_run"),
    "closing written, not committed": closing_written,
    "night closed": lambda kill: kill.after(night, "close_run"),
}
ONCE_A_NIGHT = {"night laid out, not sealed", "before closing", "closing written, not committed", "night closed"}


def settle() -> None:
    night.settle(DAY_DATE, now=days.now())


def die_at(point: str, seed: int) -> None:
    POINTS[point](Killer(1 if point in ONCE_A_NIGHT else random.Random(seed).randint(1, 6)))
    settle()


@seeds(1, 8)
@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_a_named_point(point, seed, record_property):
    with row(record_property, "process killed at a named point", seed) as case:
        dying = forked(die_at, point, seed)
        dying.join(60)
        assert dying.exitcode == -signal.SIGKILL
        others = [forked(settle), forked(settle)]
        for other in others:
            other.join(60)
        assert [other.exitcode for other in others] == [0, 0]
        case.holds(*night_complaints())


def test_a_shard_marked_done_before_its_rows_are_committed_would_be_noticed(record_property):
    def settle_in_two_steps(run, shard):
        Shard.objects.filter(pk=shard.pk).update(status="done", lines=10)
        night.os.kill(os.getpid(), signal.SIGKILL)

    def broken() -> None:
        night.settle_shard = settle_in_two_steps
        settle()

    forked(broken).join(60)
    forked(settle).join(60)
    complaints, _checks = night_complaints()
    assert Settlement.objects.count() == 50
    catches(record_property, "process killed at a named point", "done committed before its rows", complaints)
