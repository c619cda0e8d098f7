"""Promise 5: Redis emptied, or killed and started again empty, in the middle of a night delays it and nothing else."""

import subprocess
import tempfile

import pytest
import redis
from celery import current_app
from django.conf import settings

from commissions.models import Run, Shard
from commissions.nights import night
from commissions.tasks import settle_night
from haowu.embedded.redis import program as server_program
from haowu.ground import days
from tests.faults.market import DAY, DAY_DATE, night_complaints
from tests.faults.processes import end, kill, patched_worker, run_code, wait_for, worker, working
from tests.faults.rows import catches, row, seeds, whole_campaign
from tests.faults.test_nights_under_fire import Blocked, closes_within, until_claimed

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.campaign,
    pytest.mark.slow,
    pytest.mark.usefixtures("due_day"),
]
EMPTIED = "Redis FLUSHALL in the middle of a night"
RESTARTED = "Redis killed and started empty"
SWEEP = "from commissions.tasks import sweep; sweep()"


def is_closed() -> bool:
    return Run.objects.closed().filter(day=DAY).exists()


@seeds(1, 3)
def test_redis_emptied_in_the_middle_of_a_night(seed, environment, record_property):
    with row(record_property, EMPTIED, seed) as case:
        night.open_run(DAY_DATE, now=days.now())
        settle_night.delay(DAY)
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
        with working(environment):
            assert run_code(environment, SWEEP).wait(120) == 0
            wait_for(is_closed)
        case.holds(*night_complaints())


ONE_TASK_A_SHARD = """
from celery import shared_task
from commissions.nights import night
from commissions.models import Run, Shard
@shared_task(name="one_shard")
def one_shard(run_id, no):
    run = Run.objects.get(pk=run_id)
    shard = night.claim(run)
    if shard:
        night.settle_shard(run, shard)
    if not run.shards.not_over().exists():
        night.close_run(run.pk)
"""


@whole_campaign
def test_a_work_list_in_redis_would_be_noticed(environment, record_property):
    run = night.open_run(DAY_DATE, now=days.now())
    for shard in run.shards.all():
        current_app.send_task("one_shard", [run.pk, shard.no])
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    process = patched_worker(environment, ONE_TASK_A_SHARD)
    try:
        assert not closes_within(15)
        catches(record_property, EMPTIED, "the work list in Redis", night_complaints()[0])
    finally:
        end(process)


class OwnRedis:
    """A server of the test's own on a socket; killed and started again it has forgotten everything."""

    def __init__(self, home: str) -> None:
        self.socket = f"{home}/redis.sock"
        self.url = f"unix://{self.socket}?db=0"
        self.command = [str(server_program()), "--port", "0", "--unixsocket", self.socket]
        self.command += ["--save", "", "--dir", home]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL)
        wait_for(self.answers)

    def kill(self) -> None:
        kill(self.process.pid)
        self.process.wait()

    def answers(self) -> bool:
        try:
            return redis.Redis.from_url(self.url).ping()
        except redis.exceptions.ConnectionError:
            return False


@pytest.fixture
def own_redis():
    with tempfile.TemporaryDirectory(prefix="hw-") as home:
        server = OwnRedis(home)
        server.start()
        yield server
        server.kill()


@seeds(1, 3)
def test_redis_killed_and_started_empty_while_a_worker_settles(seed, environment, own_redis, record_property):
    """The same worker, in the middle of a shard, comes back to the new server by itself."""
    environment |= {"REDIS_URL": own_redis.url}
    ask = f"from commissions.tasks import settle_night; settle_night.delay('{DAY}')"
    with row(record_property, RESTARTED, seed) as case:
        process = worker(environment)
        try:
            assert run_code(environment, ask).wait(120) == 0
            with Blocked():
                until_claimed()
                own_redis.kill()
            wait_for(lambda: not Shard.objects.not_over().exists() or Shard.objects.filter(status="done").exists())
            own_redis.start()
            later = night.open_run(DAY_DATE + days.ONE_DAY, now=days.now())
            wait_for(lambda: asked_until(environment, lambda: later_is_closed(later)), 240)
        finally:
            end(process)
        case.holds(*night_complaints())


def later_is_closed(run: Run) -> bool:
    run.refresh_from_db()
    return run.status == Run.Status.CLOSED


def asked_until(environment, true) -> bool:
    """Sweep once, as beat does every ten seconds, and see."""
    if not true():
        assert run_code(environment, SWEEP).wait(120) == 0
        try:
            wait_for(true, 10)
        except AssertionError:
            return False
    return True


@whole_campaign
def test_a_worker_that_gives_redis_up_would_be_noticed(environment, own_redis, record_property):
    environment |= {"REDIS_URL": own_redis.url}
    gives_up = "app.conf.broker_connection_retry = False; app.conf.broker_connection_max_retries = 1\n"
    process = patched_worker(environment, gives_up)
    try:
        run_code(environment, "from commissions.tasks import sweep; sweep()").wait(120)
        own_redis.kill()
        process.wait(60)
        own_redis.start()
        night.open_run(DAY_DATE, now=days.now())
        run_code(environment, SWEEP).wait(120)
        assert not closes_within(5)
        catches(record_property, RESTARTED, "a worker that gives Redis up", night_complaints()[0])
    finally:
        end(process)
