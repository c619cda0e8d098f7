"""Promise 9: a repeated request with the same key has one effect and the same answer."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from commissions.models import OrderEvent, OrderLine
from haowu.partners.models import ApiClient, IdempotentAnswer
from haowu.partners.tasks import forget
from haowu.tenants.scope import enter_scope
from tests.build import bought, event, merchant, paid, product, source

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods():
    return product(merchant("m1"), "p1")


@pytest.fixture
def body(goods):
    return {"events": [paid("o1", "2024-06-01 10:00", [bought(goods)], event_id="a")]}


def test_the_same_request_gets_the_same_answer_and_acts_once(calling, body):
    caller = calling(source())
    first = caller.post("/order-events", body, Idempotency_Key="k1")
    again = caller.post("/order-events", body, Idempotency_Key="k1")
    assert first.json()["results"][0]["status"] == "accepted"
    assert "Idempotency-Hit" not in first
    assert (again.status_code, again["Content-Type"], again["Idempotency-Hit"]) == (200, "application/json", "true")
    assert again.content == first.content
    assert OrderEvent.objects.count() == 1


def test_without_a_key_the_second_is_a_duplicate_by_its_event(calling, body):
    caller = calling(source())
    caller.post("/order-events", body)
    assert caller.post("/order-events", body).json()["results"][0]["status"] == "duplicate"
    assert not IdempotentAnswer.objects.exists()


def test_another_body_under_the_same_key_is_refused_and_has_no_effect(calling, body):
    caller = calling(source())
    caller.post("/order-events", body, Idempotency_Key="k1")
    other = {"events": [event("shipped", "o1", "2024-06-02 10:00", event_id="b")]}
    answer = caller.post("/order-events", other, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert "Idempotency-Hit" not in answer
    assert not OrderEvent.objects.filter(event_id="b").exists()
    assert caller.post("/order-events", other, Idempotency_Key="k2").json()["results"][0]["status"] == "accepted"


def test_keys_of_different_clients_do_not_meet(calling, body):
    one, other = calling(source("a")), calling(source("b"))
    for caller in (one, other):
        answer = caller.post("/order-events", body, Idempotency_Key="k1")
        assert (answer.status_code, "Idempotency-Hit" in answer) == (200, False)
    assert OrderEvent.objects.count() == 2


def test_a_refusal_is_an_answer_too(calling):
    caller = calling(source())
    first = caller.post("/order-events", {"events": []}, Idempotency_Key="k1")
    again = caller.post("/order-events", {"events": []}, Idempotency_Key="k1")
    assert (first.status_code, first.json()["code"]) == (422, "BODY_INVALID")
    assert (again.status_code, again["Content-Type"], again["Idempotency-Hit"]) == (
        422, "application/problem+json", "true",
    )  # fmt: skip
    assert again.content == first.content


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "键", "a b"])
def test_a_key_that_is_none_is_refused(calling, body, key):
    caller = calling(source())
    answer = caller.post("/order-events", body, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_INVALID")
    assert not OrderEvent.objects.exists()


def test_an_answer_with_a_lone_surrogate_is_kept_and_repeated(calling):
    caller = calling(source())
    raw = rb'{"events": [{"event_id": "\ud800\u0000", "type": "shipped"}]}'
    first = caller.post("/order-events", raw, Idempotency_Key="k1")
    again = caller.post("/order-events", raw, Idempotency_Key="k1")
    assert json.loads(first.content)["results"][0]["event_id"] == "\ud800\0"
    assert again.content == first.content


def test_answers_are_hidden_from_other_tenants(calling, body):
    here, there = source("a"), source("b")
    calling(here).post("/order-events", body, Idempotency_Key="k1")
    enter_scope(there.pk)
    assert not IdempotentAnswer.objects.exists()
    enter_scope(here.pk)
    assert IdempotentAnswer.objects.count() == 1


def test_answers_are_forgotten_after_thirty_days(calling, body):
    calling(source()).post("/order-events", body, Idempotency_Key="k1")
    stored = IdempotentAnswer.objects.get()
    forget()
    assert IdempotentAnswer.objects.count() == 1
    IdempotentAnswer.objects.update(created_at=stored.created_at - timedelta(days=30, seconds=1))
    forget()
    assert IdempotentAnswer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_while_one_runs_the_other_is_told_to_wait(calling, body):
    caller = calling(source())
    client = ApiClient.objects.get()
    with transaction.atomic():
        with connection.cursor() as cursor:  # as another process holds the key
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{client.pk}:k1"])
        with ThreadPoolExecutor(1) as elsewhere:
            answer = elsewhere.submit(_post, caller.token, body, "k1").result()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "IDEMPOTENCY_KEY_RUNNING", "1")
    assert not OrderEvent.objects.exists()
    assert caller.post("/order-events", body, Idempotency_Key="k1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect(calling, goods):
    caller = calling(source())
    events = [paid(f"o{number}", "2024-06-01 10:00", [bought(goods)]) for number in range(50)]
    start = threading.Barrier(8)

    def race(_number: int):
        start.wait()
        return _post(caller.token, {"events": events}, "k1")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(race, range(8)))
    fresh = [answer for answer in answers if answer.status_code == 200 and "Idempotency-Hit" not in answer]
    hits = [answer for answer in answers if answer.status_code == 200 and "Idempotency-Hit" in answer]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert (len(fresh), len(fresh) + len(hits) + len(waiting)) == (1, 8)
    assert len(waiting) >= 1
    assert {each["status"] for each in fresh[0].json()["results"]} == {"accepted"}
    assert all(hit.content == fresh[0].content for hit in hits)
    assert (OrderEvent.objects.count(), OrderLine.objects.count(), IdempotentAnswer.objects.count()) == (50, 50, 1)
    assert _post(caller.token, {"events": events}, "k1").content == fresh[0].content


def _post(token: str, body: dict, key: str):
    try:
        return Client().post(
            "/api/v1/order-events",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()
