"""Promise 9: a repeated request with the same key has one effect and the same answer."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from commissions.models import OrderEvent, OrderLine, Withdrawal
from haowu.partners.models import ApiClient, IdempotentAnswer
from haowu.partners.tasks import forget
from haowu.tenants.scope import enter_scope
from merchants.models import Product
from tests.build import (
    activity,
    bank_account,
    bought,
    event,
    leader,
    merchant,
    money,
    paid,
    policy,
    product,
    source,
    streamer,
)
from tuanzhang.models import Enrolment

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


def hits(answers) -> list[bool]:
    return ["Idempotency-Hit" in answer for answer in answers]


def test_a_refusal_uses_no_key_up(calling, body):
    caller = calling(source())
    for _ in range(2):
        answer = caller.post("/order-events", {"events": []}, Idempotency_Key="k1")
        assert (answer.status_code, answer.json()["code"]) == (422, "BODY_INVALID")
        assert "Idempotency-Hit" not in answer
    mended = [caller.post("/order-events", body, Idempotency_Key="k1") for _ in range(2)]
    assert [answer.json()["results"][0]["status"] for answer in mended] == ["accepted", "accepted"]
    assert (hits(mended), OrderEvent.objects.count()) == ([False, True], 1)


def test_an_event_refused_for_an_unknown_product_is_judged_anew_once_the_product_is_there(calling):
    caller, shop = calling(source()), merchant("m2")
    sent = {"events": [paid("o1", "2024-06-01 10:00", [bought(Product(merchant=shop, code="later"))], event_id="a")]}
    answers = [caller.post("/order-events", sent, Idempotency_Key="k1")]
    product(shop, "later")
    answers += [caller.post("/order-events", sent, Idempotency_Key="k1") for _ in range(2)]
    results = [(each["status"], each["code"]) for answer in answers for each in answer.json()["results"]]
    assert results == [("rejected", "PRODUCT_UNKNOWN"), ("accepted", ""), ("accepted", "")]
    assert (hits(answers), OrderEvent.objects.count()) == ([False, False, True], 1)


def test_an_event_that_is_rejected_and_kept_gets_its_answer_again(calling, body):
    caller = calling(source())
    caller.post("/order-events", body)
    refund = event("refunded", "o1", "2024-06-04 10:00", event_id="e", refund_no="r1", goods_fen=10_001)
    answers = [caller.post("/order-events", {"events": [refund]}, Idempotency_Key="k1") for _ in range(2)]
    assert answers[0].json()["results"][0]["code"] == "REFUND_EXCEEDS_PAYMENT"
    assert answers[1].content == answers[0].content
    assert hits(answers) == [False, True]


def test_a_batch_of_which_one_item_had_an_effect_keeps_its_answer_whole(calling, body):
    caller = calling(source())
    sent = {"events": [*body["events"], {"event_id": "b", "type": "teleported"}]}
    answers = [caller.post("/order-events", sent, Idempotency_Key="k1") for _ in range(2)]
    assert [each["status"] for each in answers[0].json()["results"]] == ["accepted", "rejected"]
    assert answers[1].content == answers[0].content
    assert hits(answers) == [False, True]


def test_a_withdrawal_refused_for_its_balance_is_made_under_the_same_key_once_there_is_money(calling):
    seller = streamer("s1")
    policy(min_withdrawal_fen=1)
    bank_account(seller)
    caller = calling(seller)
    sent = {"number": "w1", "amount_fen": 300}
    poor = caller.post("/withdrawals", sent, Idempotency_Key="k1")
    assert (poor.status_code, poor.json()["code"]) == (409, "BALANCE_TOO_LOW")
    money(seller, 500)
    answers = [caller.post("/withdrawals", sent, Idempotency_Key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (hits(answers), [row.amount_fen for row in Withdrawal.objects.all()]) == ([False, True], [300])
    other = caller.post("/withdrawals", {"number": "w2", "amount_fen": 100}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Withdrawal.objects.count() == 1


def test_an_enrolment_refused_for_an_activity_that_is_not_there_is_judged_anew(calling, goods):
    caller, lead = calling(goods.merchant), leader("l1")
    wish = {"activity": "a1", "product": "p1", "commission_bps": 2000, "service_fee_bps": 500}
    answers = [caller.post("/enrolments", {"enrolments": [wish]}, Idempotency_Key="k1")]
    activity(lead, code="a1")
    answers += [caller.post("/enrolments", {"enrolments": [wish]}, Idempotency_Key="k1") for _ in range(2)]
    statuses = [answer.json()["results"][0]["status"] for answer in answers]
    assert (statuses, hits(answers)) == (["rejected", "accepted", "accepted"], [False, False, True])
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "键", "a b"])
def test_a_key_that_is_none_is_refused(calling, body, key):
    caller = calling(source())
    answer = caller.post("/order-events", body, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_INVALID")
    assert not OrderEvent.objects.exists()


def test_an_answer_that_echoes_a_lone_surrogate_is_kept_and_repeated(calling, body):
    caller = calling(source())
    good = json.dumps(body["events"][0]).encode()
    raw = rb'{"events": [{"event_id": "\ud800\u0000", "type": "shipped"}, ' + good + b"]}"
    first = caller.post("/order-events", raw, Idempotency_Key="k1")
    again = caller.post("/order-events", raw, Idempotency_Key="k1")
    assert json.loads(first.content)["results"][0]["event_id"] == "\\ud800\\x00"
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
