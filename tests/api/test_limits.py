"""Rate limits hold under concurrency, and losing Redis loses nothing else."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
import requests
from django.conf import settings as project

from haowu.partners import limits
from tests.build import merchant

LIMIT = 25


@pytest.fixture
def tight(settings):
    settings.LIMITS = settings.LIMITS | {"requests": (LIMIT, 60)}


@pytest.mark.django_db(transaction=True)
def test_exactly_the_limit_passes_when_all_come_at_once(tight, calling, live_server):
    token = calling(merchant()).token
    start = threading.Barrier(8)

    def hammer(_number: int) -> list[requests.Response]:
        start.wait()
        url, bearer = f"{live_server.url}/api/v1/orders", {"Authorization": f"Bearer {token}"}
        return [requests.get(url, headers=bearer, timeout=30) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for batch in pool.map(hammer, range(8)) for answer in batch]
    passed = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert (len(passed), len(refused)) == (LIMIT, 64 - LIMIT)
    assert sorted(int(answer.headers["RateLimit-Remaining"]) for answer in passed) == list(range(LIMIT))
    for answer in refused:
        assert answer.json()["code"] == "RATE_LIMITED"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["RateLimit-Remaining"] == "0"


@pytest.mark.django_db
def test_every_answer_says_where_the_client_stands(tight, calling):
    shop = merchant()
    one, other = calling(shop), calling(shop)
    answer = one.get("/orders")
    assert (answer["RateLimit-Limit"], answer["RateLimit-Remaining"]) == ("25", "24")
    assert answer["RateLimit-Policy"] == "25;w=60"
    assert 1 <= int(answer["RateLimit-Reset"]) <= 60
    assert one.get("/orders/none/lines/1")["RateLimit-Remaining"] == "23"
    assert other.get("/orders")["RateLimit-Remaining"] == "24"


@pytest.mark.django_db
def test_a_window_ends(settings, calling):
    settings.LIMITS = settings.LIMITS | {"requests": (1, 1)}
    caller = calling(merchant())
    first = caller.get("/orders")
    assert [first.status_code, caller.get("/orders").status_code] == [200, 429]
    with redis.Redis.from_url(project.REDIS_URL) as server:
        (key,) = server.keys("rate:requests:*")
        assert 0 < server.pttl(key) <= 1000
        server.delete(key)  # as its expiry will
    assert caller.get("/orders").status_code == 200


@pytest.mark.django_db
def test_a_counter_without_an_end_gets_one(settings):
    with redis.Redis.from_url(project.REDIS_URL) as server:
        server.set("rate:requests:7", 3)
        rate = limits.REQUESTS.count("7")
        assert (rate.used, 0 < server.pttl("rate:requests:7") <= 60_000) == (4, True)


@pytest.mark.django_db
def test_without_redis_requests_pass_and_a_warning_is_logged(settings, calling, caplog):
    caller = calling(merchant())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = caller.get("/orders")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer
    assert "no rate limit while Redis does not answer" in caplog.text


@pytest.mark.django_db
class TestWrongTokens:
    @pytest.fixture(autouse=True)
    def three_a_minute(self, settings):
        settings.LIMITS = settings.LIMITS | {"wrong-tokens": (3, 60)}

    @pytest.mark.parametrize("header", ["Bearer junk", "Bearer", "Basic YTpi", "junk", ""])
    def test_an_address_that_guesses_tokens_is_slowed_down(self, anonymous, header):
        answers = [anonymous.get("/orders", Authorization=header) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert answers[-1].json()["code"] == "RATE_LIMITED"
        assert 1 <= int(answers[-1]["Retry-After"]) <= 60

    def test_right_tokens_pass_from_there_as_before(self, anonymous, calling):
        caller = calling(merchant())
        statuses = [anonymous.get("/orders", Authorization="Bearer junk").status_code for _ in range(5)]
        assert (statuses[-1], caller.get("/orders").status_code) == (429, 200)

    def test_each_address_has_its_own_count_and_cannot_choose_it(self, anonymous):
        def guess(address: str, forwarded: str) -> int:
            headers = {"Authorization": "Bearer junk", "X-Forwarded-For": forwarded}
            return anonymous.http.get("/api/v1/orders", headers=headers, REMOTE_ADDR=address).status_code

        assert [guess("192.0.2.1", f"198.51.100.{number}") for number in range(4)] == [401, 401, 401, 429]
        assert guess("192.0.2.2", "192.0.2.1") == 401

    def test_who_sends_no_token_is_told_to_get_one_however_often(self, anonymous):
        assert {anonymous.get("/orders").status_code for _ in range(5)} == {401}
