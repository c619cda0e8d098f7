"""Promises 3, 4, 5 with whole programs: commands, Celery workers and their pool children, beats, signals."""

import signal
import subprocess
import sys

import psycopg2
import pytest
from django.db import IntegrityError, connection

from commissions.models import Run, Settlement, Shard
from commissions.nights import night
from commissions.nights.partitions import open_partition
from commissions.tasks import settle_night
from haowu.ground import days
from tests.faults.market import DAY, DAY_DATE, night_complaints
from tests.faults.processes import (
    command_of,
    edit,
    end,
    kill,
    kill_with_children,
    patched_worker,
    run_code,
    start,
    wait_for,
    waiting_backends,
    working,
)
from tests.faults.rows import catches, row, seeds, whole_campaign

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.campaign,
    pytest.mark.usefixtures("due_day"),
]
AFTER_COMMIT = "after the commit of a shard, before its task is acknowledged"
WORKER_KILLED = "whole worker killed in the middle of a shard"
SIGTERM = "SIGTERM in the middle of a shard"
BEATS = "two and three beats"


def is_closed() -> bool:
    return Run.objects.closed().filter(day=DAY).exists()


def closes_within(seconds: float) -> bool:
    try:
        wait_for(is_closed, seconds)
    except AssertionError:
        return False
    return True


class Blocked:
    """Nobody writes settlement rows as long as the block lasts. Their partition is there: a night can be opened."""

    def __enter__(self) -> None:
        open_partition(DAY_DATE, lines=1)
        self.blocker = psycopg2.connect(**connection.get_connection_params())
        self.blocker.cursor().execute("LOCK TABLE commissions_settlement IN SHARE MODE")

    def __exit__(self, *_error: object) -> None:
        self.blocker.close()


def until_claimed() -> None:
    wait_for(lambda: Shard.objects.filter(status="claimed").exists())


def test_three_commands_settle_one_day_and_it_pays_once(environment, record_property):
    with row(record_property, "three commands settle one day") as case:
        processes = [start(environment, "manage.py", "settle", "--day", DAY) for _ in range(3)]
        assert [process.wait(240) for process in processes] == [0, 0, 0]
        assert Shard.objects.filter(status="done").count() == 6
        case.holds(*night_complaints())


DIE_AFTER_COMMIT = """
import os
from commissions.nights import night
settle_shard = night.settle_shard
def dying(run, shard):
    settle_shard(run, shard)
    try:
        os.close(os.open({mark!r}, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), 9)
night.settle_shard = dying
"""


def test_a_pool_child_killed_after_commit_and_before_ack(environment, tmp_path, record_property):
    """A night of one shard wakes no helpers: nobody but the lost task itself can close it."""
    environment |= {"NIGHT_SHARD_LINES": "100"}
    with row(record_property, AFTER_COMMIT) as case:
        process = patched_worker(environment, DIE_AFTER_COMMIT.format(mark=str(tmp_path / "died")))
        try:
            settle_night.delay(DAY)
            wait_for(is_closed)
        finally:
            end(process)
        assert (tmp_path / "died").exists()
        case.holds(*night_complaints())


@whole_campaign
def test_tasks_acknowledged_early_would_be_noticed(environment, tmp_path, record_property):
    environment |= {"NIGHT_SHARD_LINES": "100"}
    mark = str(tmp_path / "died")
    early = "app.conf.task_acks_late = False\n"
    process = patched_worker(environment, early + DIE_AFTER_COMMIT.format(mark=mark))
    try:
        settle_night.delay(DAY)
        wait_for((tmp_path / "died").exists)
        assert not closes_within(20)
        catches(record_property, AFTER_COMMIT, "acks_early", night_complaints()[0])
    finally:
        end(process)


@seeds(1, 3)
def test_a_worker_killed_in_the_middle_of_a_shard(seed, environment, record_property):
    """Its task comes back to another worker when the broker's time-out is over, though nobody asks again."""
    environment |= {"BROKER_VISIBILITY_SECONDS": "3"}
    with row(record_property, WORKER_KILLED, seed) as case, working(environment) as first:
        with Blocked():
            settle_night.delay(DAY)
            until_claimed()
            kill_with_children(first)
        wait_for(lambda: not waiting_backends())
        assert Settlement.objects.count() == 0
        with working(environment):
            wait_for(is_closed)
        assert Shard.objects.filter(attempts=2).count() == 1
        case.holds(*night_complaints())


@whole_campaign
def test_a_task_that_never_comes_back_would_be_noticed(environment, record_property):
    with working(environment) as first, Blocked():
        settle_night.delay(DAY)
        until_claimed()
        kill_with_children(first)
    wait_for(lambda: not waiting_backends())
    with working(environment):
        assert not closes_within(20)
        catches(record_property, WORKER_KILLED, "a time-out of ten minutes and no sweep", night_complaints()[0])


@seeds(1, 3)
def test_a_worker_told_to_end_finishes_its_shard_and_another_goes_on(seed, environment, record_property):
    with row(record_property, SIGTERM, seed) as case, working(environment) as first:
        with Blocked():
            settle_night.delay(DAY)
            until_claimed()
            first.terminate()
        assert first.wait(120) == 0
        assert not Shard.objects.filter(status="claimed").exists()
        assert run_code(environment, SETTLE).wait(120) == 0
        case.holds(*night_complaints())


SETTLE = f"from commissions.nights import night; night.settle(night.date.fromisoformat('{DAY}'), now=night.days.now())"


def test_a_command_told_to_end_leaves_its_shard_free_at_once(environment, record_property):
    """The lease of an hour need not run out."""
    environment |= {"NIGHT_LEASE_SECONDS": "3600"}
    ended = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
    with row(record_property, SIGTERM) as case:
        with Blocked():
            process = run_code(environment, ended + SETTLE)
            until_claimed()
            process.terminate()
        assert process.wait(120) == 143
        assert run_code(environment, SETTLE).wait(120) == 0
        case.holds(*night_complaints())


@whole_campaign
def test_a_claim_that_is_left_behind_would_be_noticed(environment, record_property):
    environment |= {"NIGHT_LEASE_SECONDS": "3600"}
    with Blocked():
        process = run_code(environment, SETTLE)
        until_claimed()
        kill(process.pid)
        process.wait()
    wait_for(lambda: not waiting_backends())
    other = run_code(environment, SETTLE)
    try:
        assert not closes_within(10)
        catches(record_property, SIGTERM, "a claim without a lease", night_complaints()[0])
    finally:
        end(other)


BEAT = """
from haowu.celery import app
app.conf.beat_schedule = {{
    "settle": {{"task": "commissions.tasks.settle_night", "schedule": 1.0, "args": ["{day}"]}},
    "sweep": {{"task": "commissions.tasks.sweep", "schedule": 0.5}},
}}
app.Beat(loglevel="ERROR", schedule={file!r}, pidfile=None).run()
"""


@pytest.mark.parametrize("beats", [2, pytest.param(3, marks=whole_campaign)])
def test_several_beats_ask_for_the_same_night(beats, environment, tmp_path, record_property):
    with row(record_property, BEATS) as case:
        asking = [
            run_code(environment, BEAT.format(day=DAY, file=str(tmp_path / f"beat-{number}")))
            for number in range(beats)
        ]
        try:
            with working(environment, concurrency=2):
                wait_for(is_closed)
        finally:
            for beat in asking:
                end(beat)
        case.holds(*night_complaints())


def test_settling_a_closed_day_again_without_its_guard_would_be_noticed(record_property):
    """What a second beat does is settle a closed day again: nothing, unless the guard is gone."""
    night.settle(DAY_DATE, now=days.now())
    edit("commissions_run", "UPDATE commissions_run SET status = 'settling'")
    with pytest.raises(IntegrityError):
        night.settle(DAY_DATE, now=days.now())
    catches(record_property, BEATS, "a closed night opened again", night_complaints()[0])


DEMO = """
import os
from haowu.embedded.programs import Programs
programs = Programs()
programs._start("sleeper", "sleep", "600")
print(programs._running[0][1].pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_what_the_demo_started_ends_with_it_though_it_was_killed(environment):
    demo = run_code(environment, DEMO, stdout=subprocess.PIPE, text=True)
    child = int(demo.communicate(timeout=120)[0])
    assert demo.returncode == -signal.SIGKILL
    wait_for(lambda: "sleep" not in command_of(child))
