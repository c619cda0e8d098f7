"""Promises 3, 4, 5: any workers, any kill, no Redis: a day pays once and loses nothing. Real processes throughout."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection

from commissions import night
from commissions.models import Run, Settlement, Shard
from commissions.tasks import settle_night
from haowu.analytics.audit import run_audit
from haowu.ledger.models import Account, Posting
from tests.build import bought, event, merchant, normal_plan, paid, pick, product, push, source, streamer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
LINES = 60
DAY = "2024-06-09"


@pytest.fixture
def a_day_is_due():
    """Sixty lines of six streamers, due before 9 June."""
    goods, by = product(merchant("m1")), source()
    normal_plan(goods, 2000)
    for number in range(6):
        pick(streamer(f"s{number}"), goods, f"x{number}")
    lines = [bought(goods, f"x{number % 6}", line_no=number, price_fen=1000 + number) for number in range(1, LINES + 1)]
    push(by, [paid("o1", "2024-06-01 08:00", lines), event("received", "o1", "2024-06-01 12:00")])


@pytest.fixture
def environment(process_environment):
    return process_environment | {"NIGHT_SHARD_LINES": "10", "NIGHT_LEASE_SECONDS": "1"}


def start(environment, *command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def worker(environment) -> subprocess.Popen:
    return start(environment, "-m", "celery", "-A", "haowu", "worker", "--concurrency", "1", "--loglevel", "ERROR")


def wait_for(true, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def is_closed() -> bool:
    return Run.objects.closed().filter(day=DAY).exists()


def assert_the_day_paid_once() -> None:
    assert Settlement.objects.count() == LINES
    assert Run.objects.get(day=DAY).report["totals"]["settlement"]["merchant_cost_fen"] == sum(
        (2000 * (1000 + number) + 5000) // 10_000 for number in range(1, LINES + 1)
    )
    assert Account.objects.get(kind="clearing").balance_fen == 0
    assert [finding.code for finding in run_audit() if not finding.holds] == []


def test_four_processes_settle_one_day_and_it_pays_once(a_day_is_due, environment):
    processes = [start(environment, "manage.py", "settle", "--day", DAY) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert Shard.objects.filter(status="done").count() == 6
    assert_the_day_paid_once()


def test_a_worker_killed_in_the_middle_of_a_shard_changes_nothing_in_the_end(a_day_is_due, environment):
    first = worker(environment)
    blocker = psycopg2.connect(**connection.get_connection_params())
    try:
        blocker.cursor().execute("LOCK TABLE commissions_settlement IN SHARE MODE")
        settle_night.delay(DAY)
        wait_for(lambda: Shard.objects.filter(status="claimed").exists())
        kill_with_children(first)
    finally:
        blocker.close()
    assert Settlement.objects.count() == 0
    second = worker(environment)
    try:
        wait_for(lambda: not waiting_backends())
        settle_night.delay(DAY)
        wait_for(is_closed)
    finally:
        end(second)
    assert Shard.objects.filter(attempts=2).count() == 1
    assert_the_day_paid_once()


def test_redis_emptied_in_the_middle_of_a_night_delays_it_and_nothing_else(a_day_is_due, environment):
    night.open_run(night.date.fromisoformat(DAY), now=night.days.now())
    settle_night.delay(DAY)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    process = worker(environment)
    try:
        assert start(environment, "-c", SWEEP).wait(30) == 0
        wait_for(is_closed)
    finally:
        end(process)
    assert_the_day_paid_once()


SWEEP = "import django; django.setup(); from commissions.tasks import sweep; sweep()"


def test_a_process_that_dies_after_settling_and_before_closing_leaves_a_night_that_another_closes(
    a_day_is_due, environment
):
    dying = (
        "import django; django.setup(); import os, datetime; from commissions import night; from haowu import days;"
        "night.close_run = lambda run_id: os.kill(os.getpid(), 9);"
        f"night.settle(datetime.date.fromisoformat('{DAY}'), now=days.now())"
    )
    assert start(environment, "-c", dying).wait(30) == -signal.SIGKILL
    assert (Settlement.objects.count(), Posting.objects.count(), is_closed()) == (LINES, 0, False)
    assert start(environment, "manage.py", "settle", "--day", DAY).wait(30) == 0
    assert_the_day_paid_once()


def kill_with_children(process: subprocess.Popen) -> None:
    """SIGKILL to a worker and its pool children, as when a machine dies."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in [process.pid, *map(int, children)]:
        os.kill(pid, signal.SIGKILL)
    process.wait()


def waiting_backends() -> bool:
    """Whether PostgreSQL still runs a statement of a process that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        return cursor.fetchone()[0] > 0


def end(process: subprocess.Popen) -> None:
    """Ask a program to end, and see to it that it does: what it was asked for stands in the database by now."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        kill_with_children(process)
