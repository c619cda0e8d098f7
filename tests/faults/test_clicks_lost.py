"""Clicks while Redis is stopped, and a worker that is killed in the middle of a set: none that was taken is lost."""

import tempfile
from contextlib import suppress

import pytest
from django.test import Client
from redis import ResponseError

from streamers.clicks import door, visitors, waiting
from streamers.clicks.storing import LOCK
from streamers.links import making
from streamers.models import LinkDay
from tests import build
from tests.faults.processes import kill, owner, run_code, wait_for
from tests.faults.test_redis_lost import OwnRedis

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0"
STORE = "from streamers.clicks import waiting; waiting.store_waiting()"


@pytest.fixture
def link(transactional_db):
    goods = build.product(build.merchant("m1"), "nut")
    build.normal_plan(goods, 2000)
    seller = build.streamer("s1")
    pick = build.pick(seller, goods)
    door._kept.clear()
    visitors._secret_of.cache_clear()
    return making.make(seller, pick.pid, at=build.moment("2024-06-20 12:00"))


@pytest.fixture
def own_redis(settings, monkeypatch):
    """A server of the test's own, which it may stop."""
    with tempfile.TemporaryDirectory(prefix="hw-") as home:
        server = OwnRedis(home)
        server.start()
        settings.REDIS_URL = server.url
        monkeypatch.setattr(waiting, "_away_until", 0.0)
        yield server
        server.kill()


def click(link, address: str) -> int:
    return Client(headers={"user-agent": PHONE}).get(f"/s/{link.code}", REMOTE_ADDR=address).status_code


def counted() -> int:
    return sum(LinkDay.objects.values_list("clicks", flat=True))


def in_hand() -> int:
    """Clicks that a worker has read and not acknowledged; the first one to read makes the group."""
    with suppress(ResponseError):
        return waiting.client().xpending(waiting.STREAM, waiting.GROUP)["pending"]
    return 0


def test_clicks_go_on_while_redis_is_stopped_and_after_it_is_back(link, own_redis, monkeypatch):
    assert click(link, "1.1.1.1") == 302
    assert (counted(), waiting.store_waiting(), counted()) == (0, 1, 1)
    own_redis.kill()
    assert [click(link, f"1.1.1.{n}") for n in (2, 3)] == [302, 302]
    assert counted() == 3
    own_redis.start()
    monkeypatch.setattr(waiting, "_away_until", 0.0)
    assert click(link, "1.1.1.4") == 302
    assert (counted(), waiting.store_waiting(), counted()) == (3, 1, 4)


def test_a_worker_killed_in_the_middle_of_a_set_loses_none(link, own_redis, process_environment, monkeypatch):
    for number in range(20):
        click(link, f"1.1.2.{number}")
    environment = process_environment | {"REDIS_URL": own_redis.url}
    with owner() as cursor:  # holds the lock for which the worker waits, its set in hand
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        worker = run_code(environment, STORE)
        wait_for(lambda: in_hand() == 20)
        kill(worker.pid)
        worker.wait()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert counted() == 0
    assert waiting.store_waiting() == 0, "still the lost worker's"
    monkeypatch.setattr(waiting, "ABANDONED_MS", 0)
    assert (waiting.store_waiting(), counted()) == (20, 20)
    assert waiting.client().xlen(waiting.STREAM) == 0
