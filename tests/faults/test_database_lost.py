"""Sessions terminated, statements timed out, PostgreSQL stopped at once and started: a night goes on and pays once."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection

from commissions.models import Run
from commissions.nights import failing, night, sql
from haowu.celery import app
from haowu.ground import days
from haowu.ground.transient import RETRIES, is_transient
from tests.faults.market import DAY, DAY_DATE, night_complaints
from tests.faults.processes import ROOT, end, forked, kill, owner, wait_for
from tests.faults.rows import catches, row, seeds, whole_campaign

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.campaign]
TERMINATED = "all backends terminated"
TIMED_OUT = "statement time-outs"
STOPPED = "PostgreSQL stopped immediately and started"


def settle_through_transient_errors() -> None:
    """As Celery's retries do."""
    while True:
        try:
            night.settle(DAY_DATE, now=days.now())
            return
        except DatabaseError as error:
            if not is_transient(error):
                raise
            connection.close()
            time.sleep(0.1)


def settle_slowly() -> None:
    """Long enough to be cut off."""
    settle_lines = sql.settle_lines
    sql.settle_lines = lambda run, shard: (settle_lines(run, shard), time.sleep(0.15))[0]
    settle_through_transient_errors()


def terminate_all() -> int:
    """Every other session of this database; how many."""
    with owner() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> %s",
            [connection.connection.info.backend_pid],
        )
        return cursor.fetchone()[0]


def is_closed() -> bool:
    return Run.objects.closed().filter(day=DAY).exists()


@seeds(1, 10)
def test_every_backend_is_terminated_again_and_again(due_day, small_shards, seed, record_property):
    chance, terminated = random.Random(seed), 0
    with row(record_property, TERMINATED, seed) as case:
        workers = [forked(settle_slowly) for _ in range(2)]
        for _ in range(4):
            time.sleep(chance.uniform(0.05, 0.6))
            terminated += terminate_all()
        for each in workers:
            each.join(120)
        assert [each.exitcode for each in workers] == [0, 0]
        assert terminated
        case.holds(*night_complaints())


def test_a_lost_shard_that_nobody_takes_over_would_be_noticed(due_day, settings, record_property):
    settings.NIGHT_SHARD_LINES, settings.NIGHT_LEASE_SECONDS = 10, 3600

    def broken() -> None:
        failing.give_back = lambda shard, error: connection.close()
        settle_slowly()

    worker = forked(broken)
    try:
        wait_for(lambda: Run.objects.filter(shards__status="claimed").exists())
        terminate_all()
        worker.join(4)
        assert not is_closed()
        catches(record_property, TERMINATED, "a shard kept by a lost connection", night_complaints()[0])
    finally:
        kill(worker.pid)
        worker.join()


def time_out(shots: int) -> None:
    """The first ``shots`` shards run into PostgreSQL's statement time-out after their rows were written."""
    settle_lines, left = sql.settle_lines, [shots]

    def slow(run, shard):
        lines = settle_lines(run, shard)
        if left[0]:
            left[0] -= 1
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")
        return lines

    sql.settle_lines = slow
    settle_through_transient_errors()


@seeds(1, 10)
def test_statements_time_out(due_day, small_shards, seed, record_property):
    with row(record_property, TIMED_OUT, seed) as case:
        workers = [forked(time_out, random.Random(seed + number).randint(1, 4)) for number in range(2)]
        for each in workers:
            each.join(120)
        assert [each.exitcode for each in workers] == [0, 0]
        case.holds(*night_complaints())


def test_a_shard_that_is_done_whatever_came_of_its_rows_would_be_noticed(due_day, small_shards, record_property):
    def broken() -> None:
        def settle_shard(run, shard):
            try:
                with night.transaction.atomic(), connection.cursor() as cursor:
                    sql.settle_lines(run, shard)
                    cursor.execute("SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)")
            except OperationalError:
                pass
            run.shards.filter(pk=shard.pk).update(status="done", lines=10)

        night.settle_shard = settle_shard
        night.settle(DAY_DATE, now=days.now())

    forked(broken).join(60)
    catches(record_property, TIMED_OUT, "an error that is passed over", night_complaints()[0])


def stopped(seed: int, *variant: str) -> dict:
    """What ``stopped.py`` tells of a night on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="hw-") as home:
        environment = {"HAOWU_HOME": home, "PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "haowu.settings"}
        command = [sys.executable, "-m", "tests.faults.stopped", str(seed), *variant]
        environment |= {"HAOWU_SCOPE": "platform"}
        driver = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            said, _errors = driver.communicate(timeout=500)
        finally:
            end(driver)
    return json.loads(said.splitlines()[-1])


@whole_campaign
@seeds(1, 3)
def test_postgresql_stopped_immediately_in_the_middle_of_a_night(seed, record_property):
    with row(record_property, STOPPED, seed) as case:
        report = stopped(seed)
        assert report["stops"] == 2
        case.holds(report["complaints"], report["checks"])


@whole_campaign
def test_rows_lost_with_a_stopped_server_would_be_noticed(record_property):
    catches(record_property, STOPPED, "done committed before its rows", stopped(1, "broken")["complaints"])


@pytest.mark.parametrize(
    ("error", "will_pass"),
    [
        (OperationalError("deadlock detected"), True),
        (InterfaceError("connection already closed"), True),
        (DatabaseError("server closed the connection unexpectedly"), True),
        (IntegrityError("duplicate key"), False),
        (ValueError("a bug"), False),
    ],
)
def test_a_task_tries_again_after_what_may_pass_also_where_it_has_no_name_of_its_own(error, will_pass):
    tried = []

    @app.task(name="tests.fails", shared=False, **RETRIES | {"max_retries": 2})
    def fails() -> None:
        tried.append(1)
        raise error

    try:
        fails.apply()
    finally:
        app.tasks.unregister("tests.fails")
    assert is_transient(error) is will_pass
    assert len(tried) == (3 if will_pass else 1)
